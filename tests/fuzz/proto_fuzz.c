/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of bytes as a client of the agent may send it: framing, JSON and requests. The
 * first byte says in how large parts it arrives. Build with -fsanitize=fuzzer. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/proto.h"
#include "agent/reply.h"
#include "agent/request.h"
#include "bpf/abi_limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "proto_fuzz: %s\n", what);
	abort();
}

static void check_request(const char *text, size_t length)
{
	struct fault fault = { "" };
	struct request request;
	struct json_object *reply;

	if (request_parse(text, length, &request, &fault)) {
		require(fault.text[0] != 0, "an error without a reason");
		reply = reply_error(&fault, NULL);
		require(reply && !reply_is_ok(reply), "an error reply that is none");
		json_object_put(reply);
		return;
	}
	require(request.command != REQUEST_BIND || request.cgroup, "bind without a cgroup");
	require(!request.name || strlen(request.name) < REQUEST_NAME_MAX, "a name too long");
	request_free(&request);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void check_stream(const uint8_t *data, size_t size, size_t part)
{
	struct proto_reader reader = { 0 };

	while (size) {
		size_t given = least(part, size);
		ssize_t taken = proto_feed(&reader, data, given);

		if (taken < 0)
			break;
		require((size_t)taken <= given && (taken || reader.complete),
			"bytes out of thin air");
		data += taken;
		size -= (size_t)taken;
		if (!reader.complete)
			continue;
		check_request(reader.text, reader.length);
		proto_reset(&reader);
	}
	proto_reset(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	check_stream(data + 1, size - 1, data[0] ? data[0] : 1);
	check_request((const char *)data + 1, size - 1);
	return 0;
}
