/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The server's side of the control socket: root only, a bounded number of clients, none of
 * which can hold up another or the agent.
 */
#ifndef BAILIFF_CONTROL_H
#define BAILIFF_CONTROL_H

#include <stdint.h>

#include "agent/fault.h"
#include "agent/loop.h"
#include "agent/request.h"

#define CONTROL_CLIENTS 64
#define CONTROL_MESSAGE_SECONDS 5	/* from the first byte of a request to its last */
#define CONTROL_IDLE_SECONDS 60		/* without a request */
#define CONTROL_STREAM_BYTES (1U << 20) /* that may wait for a client that reads slowly */

struct json_object;
struct control_client;

/* Answers a request; `passed` is a descriptor that came with it, or -1, the server's to
 * close. The result is the reply, or NULL: there is none, and the client is dropped. */
typedef struct json_object *(*control_handler)(void *context, struct control_client *client,
					       const struct request *request, int passed);

struct control {
	struct loop *loop;
	char *path;
	control_handler handler;
	void *context;
	struct source listener, timer;
	struct control_client *clients;
	unsigned int n_clients;
};

/* Listens on `path`, whose directory is made (mode 0700) if need be; a socket that an earlier
 * agent left there is replaced. The control must not move in memory while it is open. All
 * zero may be closed. */
int control_open(struct control *control, struct loop *loop, const char *path,
		 control_handler handler, void *context, struct fault *fault);

/* Inode number of the listening socket, which tells it from all others. */
uint64_t control_inode(const struct control *control);
void control_close(struct control *control);

/* From now on lines are streamed to the client: it may be silent for any time. `closed` is
 * called when it goes. -EALREADY if it is a streaming client. */
int control_start_stream(struct control_client *client, void (*closed)(void *context),
			 void *context);

/* Sends a line of JSON to a streaming client; -ENOBUFS if too much waits already. May be
 * called from anywhere: the client is still there afterwards. */
int control_stream(struct control_client *client, const char *text, size_t length);

#endif
