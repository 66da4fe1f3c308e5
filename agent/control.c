/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "agent/cleanup.h"
#include "agent/control.h"
#include "agent/proto.h"
#include "agent/reply.h"

#define BACKLOG 32
#define TIMER_MS 1000

struct control_client {
	struct control *control;
	struct control_client *next;
	struct source source;
	struct proto_reader reader;
	struct proto_queue queue;
	int passed;
	time_t deadline; /* CLOCK_MONOTONIC, seconds; 0: none */
	bool streaming;
	void (*closed)(void *context);
	void *closed_context;
};

#define CONTROL_OF(pointer, member)                                                                \
	((struct control *)((char *)(pointer)-offsetof(struct control, member)))

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void drop_client(struct control_client *client)
{
	struct control *control = client->control;
	struct control_client **link = &control->clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	control->n_clients--;
	if (client->closed)
		client->closed(client->closed_context);
	loop_remove(control->loop, &client->source);
	close_fd(&client->source.fd);
	close_fd(&client->passed);
	proto_reset(&client->reader);
	proto_queue_free(&client->queue);
	free(client);
}

/* A client whose replies wait is not read from: it can't make the queue grow. */
static uint32_t wanted_events(const struct control_client *client)
{
	return proto_pending(&client->queue) ? EPOLLOUT : EPOLLIN;
}

static void set_deadline(struct control_client *client)
{
	if (proto_partial(&client->reader) || proto_pending(&client->queue))
		client->deadline = seconds() + CONTROL_MESSAGE_SECONDS;
	else
		client->deadline = seconds() + CONTROL_IDLE_SECONDS;
	if (client->streaming && !proto_partial(&client->reader))
		client->deadline = 0;
}

static struct json_object *answer(struct control_client *client)
{
	struct control *control = client->control;
	struct fault fault = { "" };
	struct request request;
	struct json_object *reply;

	if (request_parse(client->reader.text, client->reader.length, &request, &fault))
		return reply_error(&fault, NULL);
	reply = control->handler(control->context, client, &request, client->passed);
	request_free(&request);
	return reply;
}

static int put_reply(struct control_client *client, struct json_object *reply)
{
	struct fault fault;
	int error = reply ? proto_put(&client->queue, reply) : -ENOMEM;

	json_object_put(reply);
	if (error != -EMSGSIZE)
		return error;
	fault_set(&fault, error, "the reply is over %u bytes", PROTO_MAX);
	reply = reply_error(&fault, NULL);
	error = reply ? proto_put(&client->queue, reply) : -ENOMEM;
	json_object_put(reply);
	return error;
}

static int take_request(struct control_client *client)
{
	int error = put_reply(client, answer(client));

	proto_reset(&client->reader);
	close_fd(&client->passed);
	return error;
}

static int serve(struct control_client *client, uint32_t events)
{
	int result = 0;

	if (events & EPOLLIN) {
		bool partial = proto_partial(&client->reader);

		result = proto_receive(&client->reader, client->source.fd, &client->passed);
		if (result == 1)
			result = take_request(client);
		else if (!result && partial)
			return 0; /* the deadline of its first byte holds */
	} else if (events & (EPOLLHUP | EPOLLERR)) {
		return -EPIPE;
	}
	if (!result)
		result = proto_send(&client->queue, client->source.fd, -1);
	if (result && result != -EAGAIN)
		return result;
	set_deadline(client);
	return loop_change(client->control->loop, &client->source, wanted_events(client));
}

static void client_ready(struct source *source, uint32_t events)
{
	struct control_client *client =
		(void *)((char *)source - offsetof(struct control_client, source));

	if (serve(client, events))
		drop_client(client);
}

static bool is_root(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) && peer.uid == 0;
}

static void accept_client(struct source *source, uint32_t events)
{
	struct control *control = CONTROL_OF(source, listener);
	OWNED(close_fd) int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct control_client *client;

	(void)events;
	if (fd < 0 || !is_root(fd) || control->n_clients >= CONTROL_CLIENTS)
		return;
	client = calloc(1, sizeof(*client));
	if (!client)
		return;
	client->control = control;
	client->passed = -1;
	client->source = (struct source){ fd, client_ready };
	client->deadline = seconds() + CONTROL_MESSAGE_SECONDS;
	if (loop_add(control->loop, &client->source, EPOLLIN)) {
		free(client);
		return;
	}
	take_fd(&fd);
	client->next = control->clients;
	control->clients = client;
	control->n_clients++;
}

/* What a client has sent and we have not read is no fault of the client's. */
static bool kept_waiting(const struct control_client *client)
{
	struct pollfd ready = { .fd = client->source.fd, .events = POLLIN };

	return !proto_pending(&client->queue) && poll(&ready, 1, 0) > 0 &&
	       !(ready.revents & POLLHUP);
}

static void drop_late(struct source *source, uint32_t events)
{
	struct control *control = CONTROL_OF(source, timer);
	struct control_client *next;
	time_t now = seconds();
	uint64_t expirations;

	(void)events;
	if (read(source->fd, &expirations, sizeof(expirations)) < 0)
		return;
	for (struct control_client *client = control->clients; client; client = next) {
		next = client->next;
		if (client->deadline && client->deadline <= now && !kept_waiting(client))
			drop_client(client);
	}
}

static int make_directory(const char *path)
{
	OWNED(free_memory) char *directory = strdup(path);
	char *slash;

	if (!directory)
		return -ENOMEM;
	slash = strrchr(directory, '/');
	if (!slash || slash == directory)
		return 0;
	*slash = 0;
	return mkdir(directory, 0700) && errno != EEXIST ? -errno : 0;
}

/* The caller holds the instance's lock: a socket that is there belongs to nobody. */
static int listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	OWNED(close_fd) int fd = -1;
	int error = make_directory(path);

	if (error)
		return error;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || (unlink(path) && errno != ENOENT))
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || chmod(path, 0600) ||
	    listen(fd, BACKLOG))
		return -errno;
	return take_fd(&fd);
}

static int watch(struct control *control)
{
	int error;

	control->listener = (struct source){ listen_on(control->path), accept_client };
	if (control->listener.fd < 0)
		return control->listener.fd;
	control->timer = (struct source){ loop_timer(TIMER_MS), drop_late };
	if (control->timer.fd < 0)
		return control->timer.fd;
	error = loop_add(control->loop, &control->listener, EPOLLIN);
	return error ? error : loop_add(control->loop, &control->timer, EPOLLIN);
}

uint64_t control_inode(const struct control *control)
{
	struct stat socket;

	return fstat(control->listener.fd, &socket) ? 0 : socket.st_ino;
}

int control_open(struct control *control, struct loop *loop, const char *path,
		 control_handler handler, void *context, struct fault *fault)
{
	int error;

	*control = (struct control){ .loop = loop,
				     .path = strdup(path),
				     .handler = handler,
				     .context = context,
				     .listener.fd = -1,
				     .timer.fd = -1 };
	error = control->path ? watch(control) : -ENOMEM;
	if (!error)
		return 0;
	control_close(control);
	return fault_errno(fault, error, "%s", path);
}

void control_close(struct control *control)
{
	if (!control->loop)
		return;
	while (control->clients) {
		proto_send(&control->clients->queue, control->clients->source.fd, -1);
		drop_client(control->clients);
	}
	if (control->listener.fd >= 0) {
		loop_remove(control->loop, &control->listener);
		unlink(control->path);
	}
	if (control->timer.fd >= 0)
		loop_remove(control->loop, &control->timer);
	close_fd(&control->listener.fd);
	close_fd(&control->timer.fd);
	free(control->path);
	*control = (struct control){ 0 };
}

int control_start_stream(struct control_client *client, void (*closed)(void *context),
			 void *context)
{
	if (client->streaming)
		return -EALREADY;
	client->streaming = true;
	client->closed = closed;
	client->closed_context = context;
	return 0;
}

int control_stream(struct control_client *client, const char *text, size_t length)
{
	int error;

	if (proto_pending(&client->queue) + length > CONTROL_STREAM_BYTES)
		return -ENOBUFS;
	error = proto_put_text(&client->queue, text, length);
	return error ? error
		     : loop_change(client->control->loop, &client->source, wanted_events(client));
}
