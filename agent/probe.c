/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/probe.h"

#define LSM_LIST "/sys/kernel/security/lsm"

static void read_lsm_list(struct probe *probe)
{
	OWNED(close_file) FILE *file = fopen(LSM_LIST, "re");

	if (file && fgets(probe->lsm, sizeof(probe->lsm), file)) {
		probe->lsm[strcspn(probe->lsm, "\n")] = 0;
		return;
	}
	snprintf(probe->lsm_error, sizeof(probe->lsm_error), "cannot read " LSM_LIST ": %s",
		 strerror(errno));
}

void probe_open(struct probe *probe)
{
	*probe = (struct probe){ .kernel = btf__load_vmlinux_btf() };
	if (libbpf_get_error(probe->kernel))
		probe->kernel = NULL;
	read_lsm_list(probe);
}

void probe_close(struct probe *probe)
{
	btf__free(probe->kernel);
	*probe = (struct probe){ 0 };
}

static bool lists_bpf(const char *list)
{
	for (;; list++) {
		size_t length = strcspn(list, ",");

		if (length == 3 && !strncmp(list, "bpf", 3))
			return true;
		list += length;
		if (!*list)
			return false;
	}
}

/* The BTF id that a program of this attach type is loaded for; 0: it needs none. */
static int find_target(const struct probe *probe, enum bpf_attach_type attach, const char *hook)
{
	const char *prefix;
	uint32_t kind = BTF_KIND_FUNC;
	char name[128];

	if (attach == BPF_LSM_MAC)
		prefix = "bpf_lsm_";
	else if (attach == BPF_TRACE_ITER)
		prefix = "bpf_iter_";
	else if (attach == BPF_TRACE_RAW_TP)
		prefix = "btf_trace_";
	else if (attach == BPF_TRACE_FENTRY || attach == BPF_TRACE_FEXIT)
		prefix = "";
	else
		return 0;
	if (attach == BPF_TRACE_RAW_TP)
		kind = BTF_KIND_TYPEDEF;
	if (!probe->kernel)
		return -ENOENT;
	snprintf(name, sizeof(name), "%s%s", prefix, hook);
	return btf__find_by_name_kind(probe->kernel, name, kind);
}

static int describe(const char *section, enum bpf_prog_type *type, enum bpf_attach_type *attach,
		    const char **hook)
{
	*hook = strchr(section, '/') ? strchr(section, '/') + 1 : section;
	return libbpf_prog_type_by_name(section, type, attach) ? -EINVAL : 0;
}

bool probe_exists(const struct probe *probe, const char *section)
{
	enum bpf_attach_type attach;
	enum bpf_prog_type type;
	const char *hook;

	return !describe(section, &type, &attach, &hook) && find_target(probe, attach, hook) >= 0;
}

unsigned int probe_arguments(const char *function)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	const struct btf_type *type = NULL;
	unsigned int count = 0;
	int id;

	if (libbpf_get_error(kernel))
		return 0;
	id = btf__find_by_name_kind(kernel, function, BTF_KIND_FUNC);
	if (id > 0)
		type = btf__type_by_id(kernel, btf__type_by_id(kernel, (uint32_t)id)->type);
	if (type)
		count = btf_vlen(type);
	btf__free(kernel);
	return count;
}

static int try_load(enum bpf_prog_type type, enum bpf_attach_type attach, int target)
{
	struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
		  .dst_reg = BPF_REG_0,
		  .imm = type != BPF_PROG_TYPE_LSM && type != BPF_PROG_TYPE_TRACING },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach,
		    .attach_btf_id = (uint32_t)target,
		    .prog_flags = type == BPF_PROG_TYPE_SYSCALL ? BPF_F_SLEEPABLE : 0);
	OWNED(close_fd) int fd = bpf_prog_load(type, "bailiff_probe", "GPL", program, 2, &options);

	return fd < 0 ? fd : 0;
}

int probe_section(const struct probe *probe, const char *section, struct fault *fault)
{
	enum bpf_attach_type attach;
	enum bpf_prog_type type;
	const char *hook;
	int target, error;

	if (describe(section, &type, &attach, &hook))
		return fault_set(fault, -EOPNOTSUPP, "unknown kind of program");
	target = find_target(probe, attach, hook);
	if (target < 0 && !probe->kernel)
		return fault_set(fault, -EOPNOTSUPP, "the kernel has no BTF");
	if (target < 0)
		return fault_set(fault, -EOPNOTSUPP, "the kernel has no such hook");
	error = try_load(type, attach, target);
	if (error == -EINVAL)
		return fault_set(fault, -EOPNOTSUPP, "the kernel knows no such program");
	if (error)
		return fault_set(fault, error, "loading is refused: %s", strerror(-error));
	if (type == BPF_PROG_TYPE_LSM && *probe->lsm_error)
		return fault_set(fault, -EOPNOTSUPP, "%s", probe->lsm_error);
	if (type == BPF_PROG_TYPE_LSM && !lists_bpf(probe->lsm))
		return fault_set(fault, -EOPNOTSUPP,
				 "bpf is not in the list of security modules (%s)", probe->lsm);
	return 0;
}
