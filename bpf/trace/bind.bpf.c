// SPDX-License-Identifier: GPL-2.0-or-later
/* The beginning of containers: a cgroup is bound because user space says so, or in the moment
 * that it is made, before anybody can see it, because a policy selects its path. */
#include "../container.bpf.h"
#include "../image.bpf.h"
#include "../verdict.bpf.h"

/* The file that the acting process has under a descriptor. */
static __always_inline struct file *bind_file(__u32 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;

	if (fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

/* -EBADF: no open directory. */
static __always_inline int bind_outside(struct outside *outside, __s32 root)
{
	struct file *file;
	struct mount *mount;

	if (root < 0)
		return 0;
	file = bind_file(root);
	if (!file)
		return -EBADF;
	mount = (void *)BPF_CORE_READ(file, f_path.mnt) - bpf_core_field_offset(struct mount, mnt);
	outside_fill(outside, BPF_CORE_READ(file, f_inode), BPF_CORE_READ(mount, mnt_ns));
	return outside->root ? 0 : -EBADF;
}

/* What is bound gets another policy, and what is known of the runtime now. */
static __always_inline int bind_anew(struct binding *binding, const struct outside *outside)
{
	__u64 id = binding->cgroup_id;
	__u32 *found = bpf_map_lookup_elem(&cgroups, &id);
	struct container *container;

	if (!found)
		return -ENOENT;
	binding->number = *found;
	container = bpf_map_lookup_elem(&containers, found);
	if (!container || container->cgroup_id != id)
		return -ENOENT;
	container_write(container, binding, outside);
	return 0;
}

/* Run by the agent. */
SEC("syscall")
int bind_cgroup(struct binding *given)
{
	struct binding binding = *given;
	struct outside outside = {};
	struct event e = {};
	int error = bind_outside(&outside, binding.root);

	if (error)
		return error;
	if (binding.replace)
		error = bind_anew(&binding, &outside);
	else
		error = container_bind(&binding, &outside);
	given->number = binding.number;
	if (error || binding.replace)
		return error;
	container_record_start(&e, &binding);
	if (e.version)
		emit_short(&e);
	return 0;
}

static __always_inline void refuse_task(struct event *e, __u32 pid)
{
	e->pid = e->tid = pid;
	e->start_time = 0;
	e->ppid = 0;
	e->cgroup_id = e->container_id;
	__builtin_memset(e->comm, 0, sizeof(e->comm));
}

/* Run by the agent: nothing is executed that the kernel could record. */
SEC("syscall")
int record_refusal(struct refusal *given)
{
	struct scratch *scratch = scratch_claim();
	__u32 length = given->length, number = given->container;
	struct container *container = bpf_map_lookup_elem(&containers, &number);
	struct binding binding = { .number = number };
	int error = -EAGAIN;

	if (!scratch || !container || !length || length >= BAILIFF_PATH_MAX)
		goto out;
	binding.cgroup_id = container->cgroup_id;
	container_record_start(&scratch->event, &binding);
	scratch->event.action = EVENT_EXEC;
	scratch->event.verdict = EVENT_DENIED;
	scratch->event.reason = given->rule == BAILIFF_RULE_NONE ? REASON_DEFAULT : REASON_RULE;
	scratch->event.rule = given->rule;
	scratch->event.access = ACCESS_EXEC;
	refuse_task(&scratch->event, given->pid);
	error = bpf_probe_read_user(scratch->path[0], length, (void *)given->path);
	scratch->event.path_len = length;
	scratch->start[0] = 0;
	count(COUNTER_DECIDED + EVENT_DENIED);
	if (!error)
		emit(scratch);
out:
	if (scratch)
		scratch_release(scratch);
	return error;
}

static __always_inline bool bind_above(struct cgroup *cgroup)
{
	struct ancestor_walk walk = {};
	struct cgroup_subsys_state *parent = cgroup->self.parent;

	if (!parent)
		return false;
	scope_near(parent->cgroup, &walk);
	if (walk.cgroup)
		bpf_loop(BAILIFF_MAX_CGROUP_DEPTH - NEAR_ANCESTORS, scope_ancestor, &walk, 0);
	return walk.found || walk.cgroup;
}

/* The policy that selects cgroups by path. */
static __always_inline struct policy_head *bind_watch(void)
{
	__u32 zero = 0, number;
	void *directory = bpf_map_lookup_elem(&directories, &zero);
	struct policy_head *first;

	if (!directory)
		return NULL;
	first = bpf_map_lookup_elem(directory, &zero);
	if (!first || !first->watch)
		return NULL;
	number = first->watch - 1;
	return bpf_map_lookup_elem(directory, &number);
}

/* The policy for the path in the scratch; CONTAINER_NONE: none. */
static __always_inline __u32 bind_choose(struct scratch *scratch, struct policy_head *watch,
					 __u32 length)
{
	void *image = image_of(watch);
	struct decision d;

	if (!image)
		return CONTAINER_NONE;
	image_run_name(scratch, watch, length);
	d = image_unpack(image_access(watch, scratch->state[0], ACCESS_READ));
	if (d.verdict != VERDICT_ALLOW || d.rule >= watch->rules_count)
		return CONTAINER_NONE;
	return (__u32)image_word(image, watch->rules_off + d.rule);
}

/* Runtimes whose cgroups can have any name. Whoever can call itself so is root outside of all
 * containers. */
static __always_inline bool bind_by_runtime(struct task_struct *task)
{
	char comm[16] = {};

	bpf_probe_read_kernel(comm, sizeof(comm), task->comm);
	return !bpf_strncmp(comm, sizeof(comm), "runc") ||
	       !bpf_strncmp(comm, sizeof(comm), "crun") ||
	       !bpf_strncmp(comm, sizeof("memfd:crun") - 1, "memfd:crun") || /* its copy */
	       !bpf_strncmp(comm, sizeof(comm), "youki") ||
	       !bpf_strncmp(comm, sizeof(comm), "lxc-start");
}

/* No room: what can't be confined shall not run. A user who is not root and has made so many would
 * fill the table with these too, and is counted only: what is in his cgroups is his. */
static __always_inline void bind_refuse(struct binding *binding)
{
	__u64 id = binding->cgroup_id;
	__u32 none = CONTAINER_NONE;

	if (container_by_root())
		bpf_map_update_elem(&cgroups, &id, &none, BPF_NOEXIST);
	count(COUNTER_UNJUDGED + REASON_CONTAINERS);
}

static __always_inline void bind_made(struct scratch *scratch, struct policy_head *watch,
				      struct binding *binding, __u32 length)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct outside outside = {};
	struct decision d = image_unpack(image_access(watch, scratch->state[0], ACCESS_WRITE));

	if (d.verdict == VERDICT_ALLOW || bind_by_runtime(task))
		outside_of_task(&outside, task);
	__sync_fetch_and_add(&shared.watched, 1);
	if (container_bind(binding, &outside)) {
		bind_refuse(binding);
		return;
	}
	container_record_start(&scratch->event, binding);
	scratch->event.path_len = length;
	scratch->start[0] = 0;
	emit(scratch);
}

/* The kernel tells it before it shows the cgroup to anybody (cgroup_mkdir() in
 * kernel/cgroup/cgroup.c). What is made below a container is the container's already. */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(bailiff_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	struct policy_head *watch = bind_watch();
	struct scratch *scratch;
	struct binding binding = {
		.origin = ORIGIN_WATCH,
		.same_root = 1,
	};
	long length;

	if (!watch || cgroup->root->hierarchy_id || bind_above(cgroup))
		return 0;
	scratch = scratch_claim();
	if (!scratch) {
		count(COUNTER_UNJUDGED + REASON_SCRATCH);
		return 0;
	}
	binding.cgroup_id = cgroup->kn->id;
	length = bpf_probe_read_kernel_str(scratch->path[0], BAILIFF_PATH_MAX, path);
	if (length > 1) {
		binding.policy = bind_choose(scratch, watch, length - 1);
		if (binding.policy != CONTAINER_NONE)
			bind_made(scratch, watch, &binding, length - 1);
	}
	scratch_release(scratch);
	return 0;
}

char _license[] SEC("license") = "GPL";
