/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/cleanup.h"
#include "agent/json_text.h"
#include "agent/proto.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int begin_text(struct proto_reader *reader)
{
	const uint8_t *h = reader->header;
	uint32_t length = (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3];

	if (!length || length > PROTO_MAX)
		return -EMSGSIZE;
	reader->text = malloc(length + 1);
	if (!reader->text)
		return -ENOMEM;
	reader->text[length] = 0;
	reader->length = length;
	return 0;
}

ssize_t proto_feed(struct proto_reader *reader, const void *data, size_t size)
{
	const char *from = data;
	size_t taken = least(size, sizeof(reader->header) - reader->header_have);
	size_t body;
	int error;

	memcpy(reader->header + reader->header_have, from, taken);
	reader->header_have += taken;
	if (reader->header_have < sizeof(reader->header))
		return (ssize_t)taken;
	if (!reader->text) {
		error = begin_text(reader);
		if (error)
			return error;
	}
	body = least(size - taken, reader->length - reader->have);
	memcpy(reader->text + reader->have, from + taken, body);
	reader->have += body;
	reader->complete = reader->have == reader->length;
	return (ssize_t)(taken + body);
}

void proto_reset(struct proto_reader *reader)
{
	free(reader->text);
	*reader = (struct proto_reader){ 0 };
}

bool proto_partial(const struct proto_reader *reader)
{
	return reader->header_have && !reader->complete;
}

int proto_parse(const char *text, size_t length, struct json_object **object)
{
	return json_text_parse(text, length, PROTO_MAX, PROTO_DEPTH, JSON_TOKENER_VALIDATE_UTF8,
			       object);
}

static int make_room(struct proto_queue *queue, size_t more)
{
	size_t pending = proto_pending(queue);
	size_t size = queue->size ? queue->size : 4096;
	char *data;

	if (queue->begin) {
		memmove(queue->data, queue->data + queue->begin, pending);
		queue->begin = 0;
		queue->end = pending;
	}
	while (size < pending + more)
		size *= 2;
	if (size == queue->size)
		return 0;
	data = realloc(queue->data, size);
	if (!data)
		return -ENOMEM;
	queue->data = data;
	queue->size = size;
	return 0;
}

int proto_put_text(struct proto_queue *queue, const char *text, size_t length)
{
	uint8_t header[4] = { (uint8_t)(length >> 24), (uint8_t)(length >> 16),
			      (uint8_t)(length >> 8), (uint8_t)length };

	if (!length || length > PROTO_MAX)
		return -EMSGSIZE;
	if (make_room(queue, length + sizeof(header)))
		return -ENOMEM;
	memcpy(queue->data + queue->end, header, sizeof(header));
	memcpy(queue->data + queue->end + sizeof(header), text, length);
	queue->end += sizeof(header) + length;
	return 0;
}

int proto_put(struct proto_queue *queue, struct json_object *object)
{
	size_t length;
	const char *text =
		json_object_to_json_string_length(object, JSON_C_TO_STRING_PLAIN, &length);

	return text ? proto_put_text(queue, text, length) : -ENOMEM;
}

size_t proto_pending(const struct proto_queue *queue)
{
	return queue->end - queue->begin;
}

static ssize_t send_some(int socket, const char *data, size_t size, int passed)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .bytes = { 0 } };
	struct iovec iov = { (void *)data, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (passed >= 0) {
		struct cmsghdr *header;

		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &passed, sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL);
}

int proto_send(struct proto_queue *queue, int socket, int passed)
{
	while (proto_pending(queue)) {
		ssize_t sent =
			send_some(socket, queue->data + queue->begin, proto_pending(queue), passed);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		passed = -1;
		queue->begin += (size_t)sent;
	}
	queue->begin = queue->end = 0;
	return 0;
}

/* The kernel may hand over more descriptors than one: all but the first are closed. */
static void take_passed(struct msghdr *message, int *passed)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (passed && !i) {
				close_fd(passed);
				*passed = fd;
			} else {
				close(fd);
			}
		}
	}
}

/* No more than the frame's rest is asked for, so that the next frame stays in the socket. */
static size_t wanted(const struct proto_reader *reader)
{
	if (reader->header_have < sizeof(reader->header))
		return sizeof(reader->header) - reader->header_have;
	return reader->length - reader->have;
}

int proto_receive(struct proto_reader *reader, int socket, int *passed)
{
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	char bytes[16384];
	struct iovec iov = { bytes, least(sizeof(bytes), wanted(reader)) };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = control.bytes,
				  .msg_controllen = sizeof(control.bytes) };
	ssize_t got;

	got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	if (got < 0)
		return errno == EINTR ? 0 : -errno;
	take_passed(&message, passed);
	if (!got)
		return -ENODATA;
	got = proto_feed(reader, bytes, (size_t)got);
	return got < 0 ? (int)got : reader->complete;
}

void proto_queue_free(struct proto_queue *queue)
{
	free(queue->data);
	*queue = (struct proto_queue){ 0 };
}
