/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "agent/cleanup.h"
#include "agent/client.h"

static int set_timeout(int socket, int option, int seconds)
{
	struct timeval timeout = { .tv_sec = seconds };

	return setsockopt(socket, SOL_SOCKET, option, &timeout, sizeof(timeout)) ? -errno : 0;
}

int client_open_within(struct client *client, const char *path, int seconds, struct fault *fault)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	OWNED(close_fd) int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return fault_errno(fault, -ENAMETOOLONG, "%s", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fault_errno(fault, -errno, "socket");
	/* where as many as may wait do so already, connect() waits too */
	if (seconds && set_timeout(fd, SO_SNDTIMEO, seconds))
		return fault_errno(fault, -errno, "socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fault_errno(fault, errno == EAGAIN ? -ETIMEDOUT : -errno,
				   "agent cannot be reached at %s", path);
	*client = (struct client){ .socket = take_fd(&fd) };
	return 0;
}

int client_open(struct client *client, const char *path, struct fault *fault)
{
	return client_open_within(client, path, 0, fault);
}

void client_close(struct client *client)
{
	close_fd(&client->socket);
	proto_reset(&client->reader);
}

int client_send_within(struct client *client, struct json_object *request, int passed, int seconds,
		       struct fault *fault)
{
	OWNED(proto_queue_free) struct proto_queue queue = { 0 };
	int error = set_timeout(client->socket, SO_SNDTIMEO, seconds);

	if (!error)
		error = proto_put(&queue, request);
	if (!error)
		error = proto_send(&queue, client->socket, passed);
	return error ? fault_errno(fault, error, "agent does not take the request") : 0;
}

int client_send(struct client *client, struct json_object *request, int passed, struct fault *fault)
{
	return client_send_within(client, request, passed, CLIENT_TIMEOUT_SECONDS, fault);
}

int client_receive(struct client *client, int seconds, struct json_object **object,
		   struct fault *fault)
{
	int result = set_timeout(client->socket, SO_RCVTIMEO, seconds);

	while (!result)
		result = proto_receive(&client->reader, client->socket, NULL);
	if (result == -EAGAIN)
		return fault_set(fault, -ETIMEDOUT, "agent does not answer");
	if (result == -ENODATA)
		return fault_set(fault, -ENODATA, "agent closed the connection");
	if (result < 0)
		return fault_errno(fault, result, "agent");
	result = proto_parse(client->reader.text, client->reader.length, object);
	proto_reset(&client->reader);
	return result ? fault_set(fault, result, "agent sent no JSON") : 0;
}

struct json_object *client_request(const char *command)
{
	struct json_object *request = json_object_new_object();

	client_add(request, "command", command);
	return request;
}

void client_add(struct json_object *request, const char *key, const char *value)
{
	if (value)
		json_object_object_add(request, key, json_object_new_string(value));
}
