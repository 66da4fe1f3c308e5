/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/cleanup.h"
#include "agent/json_text.h"
#include "agent/oci_input.h"

#define INPUT_DEPTH 32
#define INPUT_STEP 16384

void input_free(struct input *input)
{
	free(input->data);
	*input = (struct input){ 0 };
}

static int read_some(int fd, struct input *input, size_t *room)
{
	ssize_t got;

	if (input->length + INPUT_STEP + 1 > *room) {
		size_t more = *room ? *room * 2 : (size_t)4 * INPUT_STEP;
		char *data = realloc(input->data, more);

		if (!data)
			return -ENOMEM;
		input->data = data;
		*room = more;
	}
	do {
		got = read(fd, input->data + input->length, *room - input->length - 1);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	input->length += (size_t)got;
	return got > 0;
}

/* `room`: the bytes that `taken` has already. */
static int read_all(int fd, size_t max, struct input taken, size_t room, struct input *input)
{
	int r;

	do {
		r = read_some(fd, &taken, &room);
		if (r >= 0 && taken.length > max)
			r = -EFBIG;
	} while (r > 0);
	if (r) {
		input_free(&taken);
		return r;
	}
	taken.data[taken.length] = 0;
	*input = taken;
	return 0;
}

int input_read(int fd, size_t max, struct input *input)
{
	return read_all(fd, max, (struct input){ 0 }, 0, input);
}

int input_read_file(int directory, const char *path, size_t max, struct input *input)
{
	OWNED(close_fd) int fd = openat(directory, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct input taken = { 0 };
	struct stat status;
	size_t room;

	if (fd < 0 || fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > (off_t)max)
		return -EFBIG;
	room = (size_t)status.st_size + INPUT_STEP + 2; /* as much as the end takes to be seen */
	taken.data = malloc(room);
	return taken.data ? read_all(fd, max, taken, room, input) : -ENOMEM;
}

int input_parse(const char *text, size_t length, struct json_object **object)
{
	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	return json_text_parse(text, length, OCI_STORE_MAX, INPUT_DEPTH, 0, object);
}

void input_put(struct json_object **object)
{
	json_object_put(*object);
	*object = NULL;
}

struct json_object *input_member(struct json_object *object, const char *key, enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *input_text(struct json_object *object, const char *key, size_t max)
{
	struct json_object *value = input_member(object, key, json_type_string);
	const char *text = value ? json_object_get_string(value) : "";
	size_t length = value ? (size_t)json_object_get_string_len(value) : 0;

	return length && length < max && strlen(text) == length ? text : NULL;
}
