/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Framing on the control socket, the same in both directions: four bytes with the length of
 * what follows, most significant first, then that many bytes of JSON text (one object). A
 * descriptor may come along with the first byte of a frame.
 */
#ifndef BAILIFF_PROTO_H
#define BAILIFF_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

#define PROTO_MAX (1U << 20) /* bytes of one frame's text */
#define PROTO_DEPTH 8	     /* nesting of its JSON */

/* Collects one frame; all zero is a fresh one. */
struct proto_reader {
	uint8_t header[4];
	size_t header_have;
	char *text;
	size_t length; /* of the text, known once the header is there */
	size_t have;
	bool complete;
};

/* Takes bytes up to the end of one frame, never more. The number taken; -EMSGSIZE for an
 * empty frame or one over PROTO_MAX, -ENOMEM. After `complete`, proto_reset() first. */
ssize_t proto_feed(struct proto_reader *reader, const void *data, size_t size);
void proto_reset(struct proto_reader *reader);

/* Whether a frame was begun and not finished. */
bool proto_partial(const struct proto_reader *reader);

/* Parses the text of a frame: one object, at most PROTO_DEPTH deep, valid UTF-8, nothing
 * after it. 0 and a reference that is the caller's, or -EBADMSG. */
int proto_parse(const char *text, size_t length, struct json_object **object);

/* Bytes that wait to be sent; all zero is an empty queue. */
struct proto_queue {
	char *data;
	size_t size, begin, end;
};

/* Appends a frame with the object's text, or with `length` bytes of JSON text. 0, -EMSGSIZE,
 * -ENOMEM; nothing is appended on error. */
int proto_put(struct proto_queue *queue, struct json_object *object);
int proto_put_text(struct proto_queue *queue, const char *text, size_t length);

size_t proto_pending(const struct proto_queue *queue);

/* Sends what the socket takes. 0 when all was sent, -EAGAIN when some is left, or another
 * negative errno. passed: a descriptor to send with the first byte, or -1. */
int proto_send(struct proto_queue *queue, int socket, int passed);

/* Receives some bytes into the reader. 1: a frame is complete; 0: not yet; -EAGAIN: nothing
 * there; -ENODATA: end of the stream; else a negative errno. A descriptor that came along is
 * stored in *passed (an older one there is closed); NULL: none is wanted. */
int proto_receive(struct proto_reader *reader, int socket, int *passed);

void proto_queue_free(struct proto_queue *queue);

#endif
