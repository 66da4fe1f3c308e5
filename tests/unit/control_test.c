/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server in this thread, clients of all manners in another. */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/client.h"
#include "agent/control.h"
#include "agent/reply.h"

static char path[64];
static struct loop loop;
static struct control_client *streaming;
static int streams_closed, descriptors_seen;

static void closed(void *context)
{
	(void)context;
	streaming = NULL;
	streams_closed++;
}

/* "unload" stops the loop, "tail" streams, "reload" sends to the stream. */
static struct json_object *answer(void *context, struct control_client *client,
				  const struct request *request, int passed)
{
	const struct fault fault = { "refused" };

	(void)context;
	descriptors_seen += passed >= 0;
	if (request->command == REQUEST_UNLOAD)
		loop_stop(&loop);
	if (request->command == REQUEST_TAIL) {
		streaming = client;
		control_start_stream(client, closed, NULL);
	}
	if (request->command == REQUEST_RELOAD && streaming)
		control_stream(streaming, "{\"event\":1}", 11);
	if (request->command == REQUEST_BIND)
		return reply_error(&fault, NULL);
	return reply_ok();
}

/* Runs the server until `client` sends "unload". */
static void serve(void *(*client)(void *))
{
	struct control control = { 0 };
	struct fault fault;
	pthread_t thread;

	if (geteuid())
		skip();
	snprintf(path, sizeof(path), "/tmp/bailiff-test-%d/sock", (int)getpid());
	streams_closed = descriptors_seen = 0;
	assert_int_equal(loop_open(&loop), 0);
	assert_int_equal(control_open(&control, &loop, path, answer, NULL, &fault), 0);
	assert_int_equal(pthread_create(&thread, NULL, client, NULL), 0);
	assert_int_equal(loop_run(&loop), 0);
	control_close(&control);
	pthread_join(thread, NULL);
	loop_close(&loop);
	assert_int_equal(access(path, F_OK), -1);
	*strrchr(path, '/') = 0;
	assert_int_equal(rmdir(path), 0);
}

static bool ask(struct client *client, const char *command, int passed)
{
	struct json_object *request = client_request(command), *reply = NULL;
	struct fault fault;
	bool ok;

	if (!strcmp(command, "bind")) {
		client_add(request, "cgroup", "/x");
		client_add(request, "policy", "p");
	}
	ok = !client_send(client, request, passed, &fault) &&
	     !client_receive(client, 10, &reply, &fault) && reply_is_ok(reply);
	json_object_put(request);
	json_object_put(reply);
	return ok;
}

static bool ask_once(const char *command)
{
	struct client client;
	struct fault fault;
	bool ok = !client_open(&client, path, &fault) && ask(&client, command, -1);

	client_close(&client);
	return ok;
}

static bool results[8];

static void *ordinary(void *unused)
{
	struct client client;
	struct fault fault;

	(void)unused;
	results[0] = !client_open(&client, path, &fault);
	results[1] = ask(&client, "ping", -1);
	results[2] = !ask(&client, "bind", 0);
	results[3] = ask(&client, "status", 0);
	results[4] = ask(&client, "unload", -1);
	client_close(&client);
	return NULL;
}

static void answers(void **state)
{
	(void)state;
	serve(ordinary);
	for (int i = 0; i < 5; i++)
		assert_true(results[i]);
	assert_int_equal(descriptors_seen, 2);
}

static int raw(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) ? -1 : fd;
}

/* True if the server hung up. */
static bool dropped(int fd)
{
	char byte;
	ssize_t got;

	do {
		got = recv(fd, &byte, 1, 0);
	} while (got > 0);
	close(fd);
	return got == 0 || errno == ECONNRESET;
}

static void *hostile(void *unused)
{
	static const char oversized[] = "\xff\xff\xff\xff", empty[] = "\0\0\0\0";
	static const char no_json[] = "\0\0\0\2xx";
	struct client client = { .socket = raw() };
	struct json_object *reply = NULL;
	struct fault fault;
	int half = raw(), fds[CONTROL_CLIENTS + 8];

	(void)unused;
	results[0] = write(half, "\0\0\1", 3) == 3;
	results[1] = send(client.socket, no_json, 6, 0) == 6 &&
		     !client_receive(&client, 10, &reply, &fault) && !reply_is_ok(reply);
	json_object_put(reply);
	client_close(&client);
	client.socket = raw();
	send(client.socket, oversized, 4, MSG_NOSIGNAL);
	results[2] = dropped(client.socket);
	client.socket = raw();
	send(client.socket, empty, 4, MSG_NOSIGNAL);
	results[3] = dropped(client.socket);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fds[i] = raw();
	results[4] = dropped(fds[CONTROL_CLIENTS + 7]);
	for (size_t i = 0; i < CONTROL_CLIENTS + 7; i++)
		close(fds[i]);
	results[5] = dropped(half); /* after CONTROL_MESSAGE_SECONDS */
	results[6] = ask_once("ping");
	ask_once("unload");
	return NULL;
}

static void survives_hostile_clients(void **state)
{
	(void)state;
	serve(hostile);
	for (int i = 0; i < 7; i++)
		if (!results[i])
			fail_msg("result %d", i);
}

static void *streams(void *unused)
{
	struct client tail;
	struct json_object *line = NULL;
	struct fault fault;

	(void)unused;
	results[0] = !client_open(&tail, path, &fault) && ask(&tail, "tail", -1);
	results[1] = ask_once("reload");
	results[2] = !client_receive(&tail, 10, &line, &fault) && reply_number(line, "event") == 1;
	json_object_put(line);
	client_close(&tail);
	for (int i = 0; i < 100 && !streams_closed; i++)
		usleep(10000);
	results[3] = ask_once("reload");
	ask_once("unload");
	return NULL;
}

static void streams_until_the_client_goes(void **state)
{
	(void)state;
	serve(streams);
	for (int i = 0; i < 4; i++)
		assert_true(results[i]);
	assert_int_equal(streams_closed, 1);
}

static void *starts_anew(void *unused)
{
	(void)unused;
	results[0] = ask_once("unload");
	return NULL;
}

static void replaces_a_socket_that_is_left(void **state)
{
	char directory[32];
	int fd;

	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/bailiff-test-%d", (int)getpid());
	mkdir(directory, 0700);
	snprintf(path, sizeof(path), "%s/sock", directory);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	serve(starts_anew);
	assert_true(results[0]);
}

static void says_that_nobody_listens(void **state)
{
	struct client client;
	struct fault fault;

	(void)state;
	assert_int_equal(client_open(&client, "/nonexistent/sock", &fault), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(survives_hostile_clients),
		cmocka_unit_test(streams_until_the_client_goes),
		cmocka_unit_test(replaces_a_socket_that_is_left),
		cmocka_unit_test(says_that_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
