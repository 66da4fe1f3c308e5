/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/kernel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/cleanup.h"
#include "agent/maps.h"

#include "tests/property/property.skel.h"

static struct property_bpf *skeleton;
static struct maps maps;

static bool needed(const struct bpf_map *map)
{
	static const char *const names[] = { "policy_images", "directories", "scratches",
					     "queries" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(bpf_map__name(map), names[i]))
			return true;
	return bpf_map__is_internal(map);
}

static char log_text[2048];

static int keep_log(enum libbpf_print_level level, const char *format, va_list args)
{
	size_t used = strlen(log_text);

	if (level == LIBBPF_WARN)
		vsnprintf(log_text + used, sizeof(log_text) - used, format, args);
	return 0;
}

/* Whether no program at all may be loaded here. */
static bool forbidden(void)
{
	const struct bpf_insn exit_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);
	OWNED(close_fd)
	int fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "nothing", "GPL", exit_0, 2, &options);

	return fd < 0;
}

int kernel_open(char *why, size_t size)
{
	struct bpf_map *map;
	int error;

	maps_init(&maps);
	libbpf_set_print(keep_log);
	if (forbidden()) {
		snprintf(why, size, "no BPF program of type syscall can be loaded: %s",
			 strerror(errno));
		return -EPERM;
	}
	skeleton = property_bpf__open();
	if (!skeleton)
		return -errno;
	bpf_object__for_each_map(map, skeleton->obj) if (!needed(map))
		bpf_map__set_autocreate(map, false);
	error = property_bpf__load(skeleton);
	if (error) {
		snprintf(why, size, "%s: %.900s", strerror(-error), log_text);
		return error == -EPERM ? -EACCES : error;
	}
	maps.fd[MAP_DIRECTORIES] = bpf_map__fd(skeleton->maps.directories);
	maps.fd[MAP_POLICY_IMAGES] = bpf_map__fd(skeleton->maps.policy_images);
	return 0;
}

void kernel_close(void)
{
	property_bpf__destroy(skeleton);
	skeleton = NULL;
}

int kernel_policies(struct policy_image *const *images, uint32_t count)
{
	struct policy_head heads[KERNEL_POLICIES];
	struct maps_image placed[KERNEL_POLICIES] = { { 0 } };
	uint32_t made = 0;
	int error = 0;

	for (; made < count && !error; made++) {
		heads[made] = images[made]->head;
		heads[made].in_use = 1;
		heads[made].slot = made;
		placed[made].slot = made;
		placed[made].fd =
			maps_make_image(images[made]->words, (uint32_t)images[made]->n_words);
		if (placed[made].fd < 0)
			error = placed[made].fd;
	}
	if (!error)
		error = maps_place_images(&maps, placed, count);
	if (!error)
		error = maps_publish_directory(&maps, heads, count);
	for (uint32_t i = 0; i < made; i++)
		close_fd(&placed[i].fd);
	return error;
}

static void fill_address(struct query *q, const struct simulate_action *action)
{
	static const uint8_t protocols[NET_PROTOS] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

	q->kind = QUERY_ADDRESS;
	memcpy(q->address, action->address, action->v6 ? 16 : 4);
	q->port = action->port;
	q->family = action->v6 ? AF_INET6 : AF_INET;
	q->protocol = protocols[action->proto];
	q->op = (uint8_t)action->op;
}

static void fill(struct query *q, const struct kernel_question *question)
{
	const struct simulate_action *action = question->action;

	memset(q, 0, offsetof(struct query, path));
	q->policy = question->policy;
	q->classes = action->classes;
	if (simulate_has_address(action)) {
		fill_address(q, action);
		return;
	}
	if (simulate_is_socket(action)) {
		q->kind = QUERY_SOCKET;
		q->want[0] = action->family;
		q->want[1] = action->type;
		q->length[0] = action->protocol;
		return;
	}
	if (simulate_has_number(action)) {
		bool capability = action->event == EVENT_CAPABILITY;

		q->kind = QUERY_NUMBER;
		q->want[0] = capability ? EVENT_CAPABILITY : EVENT_OPERATION;
		q->want[1] = capability ? action->capability : action->event - EVENT_OPERATION;
		return;
	}
	q->kind = simulate_has_pair(action)	  ? QUERY_PAIR
		  : action->event == EVENT_DEVICE ? QUERY_DEVICE
		  : action->event == EVENT_SYSCTL ? QUERY_SYSCTL
						  : QUERY_PATH;
	q->address[0] = action->type;
	q->address[1] = action->major;
	q->address[2] = action->minor;
	for (int i = 0; i < 2; i++) {
		q->want[i] = action->want[i];
		q->length[i] = (uint32_t)strlen(action->path[i]);
		memcpy(q->path[i], action->path[i], q->length[i]);
		q->flags |= action->keeps[i] ? QUERY_KEEPS(i) : 0;
		q->flags |= action->directory[i] ? QUERY_DIRECTORY(i) : 0;
	}
}

int kernel_ask(struct kernel_question *questions, uint32_t count)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	const size_t size = (sizeof(struct query) * QUERIES + 4095) & ~(size_t)4095;
	struct query *queries = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
				     bpf_map__fd(skeleton->maps.queries), 0);
	int error;

	if (queries == MAP_FAILED)
		return -errno;
	for (uint32_t i = 0; i < count; i++)
		fill(&queries[i], &questions[i]);
	error = bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.property_answer), &options);
	for (uint32_t i = 0; i < count && !error; i++) {
		questions[i].answer = queries[i].answer;
		if (!queries[i].answer.answered)
			error = -ENODATA;
	}
	munmap(queries, size);
	return error;
}
