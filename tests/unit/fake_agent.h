/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket in a directory of its own on which a thread answers as the agent might: each command
 * with the text that the test sets, and what was asked is kept. */
#ifndef BAILIFF_TESTS_FAKE_AGENT_H
#define BAILIFF_TESTS_FAKE_AGENT_H

#include "tests/unit/agent_make.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/cleanup.h"
#include "agent/hook_file.h"
#include "agent/proto.h"

static struct fake {
	char directory[32], socket[64];
	int listener;
	pthread_t thread;
	const char *bind, *seccomp, *unbind; /* replies; NULL: hangs up; "": stays silent */
	char asked[1 << 17];		     /* the last request */
	struct stat passed;		     /* what came along; st_mode 0: nothing */
	int passed_flags;
	unsigned int requests;
} fake;

static inline const char *fake_reply(struct json_object *request)
{
	const char *command = json_object_get_string(json_object_object_get(request, "command"));

	return !strcmp(command, "bind")	     ? fake.bind
	       : !strcmp(command, "seccomp") ? fake.seccomp
					     : fake.unbind;
}

static inline void fake_note(int passed, struct json_object *request)
{
	snprintf(fake.asked, sizeof(fake.asked), "%s",
		 json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN |
								 JSON_C_TO_STRING_NOSLASHESCAPE));
	fake.passed = (struct stat){ 0 };
	fake.requests++;
	if (passed < 0)
		return;
	fstat(passed, &fake.passed);
	fake.passed_flags = fcntl(passed, F_GETFL);
}

static inline void fake_serve(int client)
{
	OWNED(proto_queue_free) struct proto_queue queue = { 0 };
	OWNED(proto_reset) struct proto_reader reader = { 0 };
	struct json_object *request;
	OWNED(close_fd) int passed = -1;
	const char *reply;
	char byte;
	int r = 0;

	while (!r)
		r = proto_receive(&reader, client, &passed);
	if (r < 0 || proto_parse(reader.text, reader.length, &request))
		return;
	fake_note(passed, request);
	reply = fake_reply(request);
	json_object_put(request);
	if (reply && *reply && !proto_put_text(&queue, reply, strlen(reply)))
		proto_send(&queue, client, -1);
	if (reply)
		recv(client, &byte, 1, 0); /* until the other side goes */
}

static inline void *fake_run(void *unused)
{
	(void)unused;
	for (;;) {
		OWNED(close_fd) int client = accept4(fake.listener, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0)
			return NULL;
		fake_serve(client);
	}
}

static inline int fake_open(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)state;
	strcpy(fake.directory, "/tmp/bailiff-test-XXXXXX");
	assert_non_null(mkdtemp(fake.directory));
	snprintf(fake.socket, sizeof(fake.socket), "%s/control.sock", fake.directory);
	strcpy(address.sun_path, fake.socket);
	fake.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fake.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fake.listener, 8), 0);
	return pthread_create(&fake.thread, NULL, fake_run, NULL);
}

static inline int fake_close(void **state)
{
	(void)state;
	shutdown(fake.listener, SHUT_RDWR);
	pthread_join(fake.thread, NULL);
	close(fake.listener);
	unlink(fake.socket);
	hook_file_remove(fake.socket);
	return rmdir(fake.directory);
}

/* A descriptor to read the text from. */
static inline int fake_stdin(const char *text, size_t length)
{
	FILE *file = tmpfile();
	int fd;

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fflush(file), 0);
	fd = dup(fileno(file));
	fclose(file);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

#endif
