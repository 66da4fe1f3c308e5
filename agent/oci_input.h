/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading what container runtimes and their managers wrote: bounded, and JSON. */
#ifndef BAILIFF_OCI_INPUT_H
#define BAILIFF_OCI_INPUT_H

#include <json-c/json.h>
#include <stddef.h>

#define OCI_STATE_MAX (1U << 20)   /* bytes of a container's state */
#define OCI_CONFIG_MAX (16U << 20) /* of a config.json */
#define OCI_STORE_MAX (64U << 20)  /* of a list of containers */

/* A text and a NUL behind it; all zero is none. */
struct input {
	char *data;
	size_t length;
};

/* Reads to the end: 0, -EFBIG for more than `max` bytes, or another negative errno. */
int input_read(int fd, size_t max, struct input *input);

/* The same for a regular file, below a directory descriptor or AT_FDCWD; -EINVAL for others. */
int input_read_file(int directory, const char *path, size_t max, struct input *input);

void input_free(struct input *input);

/* Parses a text that is one object and nothing else: 0 and the caller's reference, -EBADMSG. */
int input_parse(const char *text, size_t length, struct json_object **object);

/* For OWNED(). */
void input_put(struct json_object **object);

/* A member of that type; NULL if there is none. */
struct json_object *input_member(struct json_object *object, const char *key, enum json_type type);

/* A member that is a text of 1 to max - 1 bytes without a NUL; NULL if there is none. */
const char *input_text(struct json_object *object, const char *key, size_t max);

#endif
