/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/filter.h"

#include <errno.h>
#include <json-c/json.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(struct sock_filter) == sizeof(uint64_t), "an instruction is one number");

void filter_add(struct json_object *reply, const struct seccomp_program *filter)
{
	struct json_object *list;

	if (!filter->count)
		return;
	list = json_object_new_array_ext(filter->count);
	for (unsigned i = 0; i < filter->count; i++) {
		uint64_t word;

		memcpy(&word, &filter->code[i], sizeof(word));
		json_object_array_add(list, json_object_new_uint64(word));
	}
	json_object_object_add(reply, "seccomp", list);
}

int filter_get(struct json_object *reply, struct seccomp_program *filter)
{
	struct json_object *list;
	size_t n;

	*filter = (struct seccomp_program){ 0 };
	if (!json_object_object_get_ex(reply, "seccomp", &list))
		return 0;
	if (!json_object_is_type(list, json_type_array))
		return -EBADMSG;
	n = json_object_array_length(list);
	if (!n || n > BPF_MAXINSNS)
		return -EBADMSG;
	filter->code = calloc(n, sizeof(*filter->code));
	if (!filter->code)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		uint64_t word = json_object_get_uint64(item);

		if (!json_object_is_type(item, json_type_int)) {
			seccomp_program_clear(filter);
			return -EBADMSG;
		}
		memcpy(&filter->code[i], &word, sizeof(word));
	}
	filter->count = (uint16_t)n;
	return 0;
}

static int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int read_all(int fd, void *data, size_t size)
{
	char *at = data;

	while (size) {
		ssize_t n = read(fd, at, size);

		if (!n)
			return -ECANCELED;
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int filter_send(int fd, const struct seccomp_program *filter)
{
	int error = write_all(fd, &filter->count, sizeof(filter->count));

	return error ? error : write_all(fd, filter->code, filter->count * sizeof(*filter->code));
}

int filter_receive(int fd, struct seccomp_program *filter)
{
	int error;

	*filter = (struct seccomp_program){ 0 };
	error = read_all(fd, &filter->count, sizeof(filter->count));
	if (error)
		return error;
	filter->code = calloc(filter->count + 1U, sizeof(*filter->code));
	if (!filter->code)
		return -ENOMEM;
	return read_all(fd, filter->code, filter->count * sizeof(*filter->code));
}

int filter_install(const struct seccomp_program *filter)
{
	struct sock_fprog program = { .len = filter->count, .filter = filter->code };

	if (!filter->count)
		return 0;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &program))
		return -errno;
	return 0;
}
