/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The client's side of the control socket. */
#ifndef BAILIFF_CLIENT_H
#define BAILIFF_CLIENT_H

#include "agent/fault.h"
#include "agent/proto.h"

#define CLIENT_TIMEOUT_SECONDS 60

struct json_object;

/* All zero but socket = -1 is one that is not connected. */
struct client {
	int socket;
	struct proto_reader reader;
};

/* A descriptor, or a negative errno if nobody listens there. */
int client_open(struct client *client, const char *path, struct fault *fault);
void client_close(struct client *client);

/* The same with a limit, in seconds, where others wait for long or for ever. */
int client_open_within(struct client *client, const char *path, int seconds, struct fault *fault);
int client_send_within(struct client *client, struct json_object *request, int passed, int seconds,
		       struct fault *fault);

/* Sends a request, and a descriptor with it unless it is -1; waits for the sending only. */
int client_send(struct client *client, struct json_object *request, int passed,
		struct fault *fault);

/* Waits for one frame: 0 and the object, which is the caller's. -ENODATA at the end of the
 * stream, -ETIMEDOUT after `seconds` of silence (0: wait for ever), -EINTR. */
int client_receive(struct client *client, int seconds, struct json_object **object,
		   struct fault *fault);

/* {"command": command} */
struct json_object *client_request(const char *command);

/* Adds a string unless it is NULL. */
void client_add(struct json_object *request, const char *key, const char *value);

#endif
