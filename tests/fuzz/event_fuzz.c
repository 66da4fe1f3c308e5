/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw records through decode, enrich and all formats. Build with -fsanitize=fuzzer. */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "audit/decode.h"
#include "audit/enrich.h"
#include "audit/escape.h"
#include "audit/format_human.h"
#include "audit/format_json.h"
#include "audit/format_kv.h"
#include "bpf/abi_policy.h"

#define MAX_RECORD 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "event_fuzz: %s\n", what);
	abort();
}

static void require_printable(const struct audit_text *text)
{
	for (size_t i = 0; i < text->len; i++)
		require((uint8_t)text->data[i] >= 0x20 && text->data[i] != 0x7f, "a control byte");
}

static struct json_object *parse(const struct audit_text *json)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	require(tokener != NULL, "memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, json->data, (int)json->len);
	require(json_tokener_get_error(tokener) == json_tokener_success, "not JSON");
	require(json_tokener_get_parse_end(tokener) == json->len, "more than one value");
	require(json_object_is_type(object, json_type_object), "no object");
	json_tokener_free(tokener);
	return object;
}

/* What the line says is, escapes undone, what the record said. */
static void require_same(struct json_object *object, const char *name, struct audit_slice bytes)
{
	struct audit_text back = { 0 };
	struct json_object *value;

	require(json_object_object_get_ex(object, name, &value), "a field is missing");
	require(audit_unescape((struct audit_slice){ json_object_get_string(value),
						     json_object_get_string_len(value) },
			       &back) == 0,
		"not an escape");
	require(back.len == bytes.len && (!bytes.len || !memcmp(back.data, bytes.data, bytes.len)),
		"not what it was");
	audit_text_free(&back);
}

/* Its name is told with dots between the parts, if it can be one. */
static void check_sysctl(struct json_object *object, const struct audit_event *event)
{
	struct json_object *value;

	require(!json_object_object_get_ex(object, "file.path", &value), "a sysctl with a path");
	require(!event->path.len || event->path.len > BAILIFF_SYSCTL_MAX ||
			json_object_object_get_ex(object, "bailiff.sysctl.name", &value),
		"a sysctl without a name");
	if (event->head.access & ACCESS_WRITE)
		require_same(object, "bailiff.sysctl.value", event->path2);
}

static void check_json(const struct audit_record *record)
{
	struct audit_text json = { 0 }, human = { 0 };
	const struct audit_event *event = record->event;
	struct json_object *object;

	require(audit_format_json(record, &json) == 0, "no JSON");
	require_printable(&json);
	object = parse(&json);
	if (event->head.pid)
		require_same(object, "process.name", event->comm);
	if (event->head.action == EVENT_SYSCTL)
		check_sysctl(object, event);
	else if (event->path.len && event->head.action != EVENT_PROCESS_EXEC)
		require_same(object, "file.path", event->path);
	require(audit_format_human(audit_text_slice(&json), &human) == 0, "no human line");
	require_printable(&human);
	json_object_put(object);
	audit_text_free(&json);
	audit_text_free(&human);
}

static void check_kv(const struct audit_record *record)
{
	struct audit_text line = { 0 };

	require(audit_format_kv(record, &line) == 0, "no key=value");
	require(line.len <= AUDIT_KV_MAX, "too long");
	require_printable(&line);
	audit_text_free(&line);
}

static void check(struct audit_enrich *enrich, const void *data, size_t size)
{
	struct audit_record record;
	struct audit_event event;

	if (audit_decode(data, size, &event) < 0)
		return;
	audit_enrich_event(enrich, &event, &record);
	check_json(&record);
	check_kv(&record);
	audit_enrich_suppressed(enrich, &event, 1, &record);
	check_kv(&record);
}

/* Makes the record one that decodes, so that not only its refusal is tried. */
static size_t repair(char *record, size_t size)
{
	static const uint8_t families[] = { 0, AF_INET, AF_INET6, AF_UNIX };
	struct event head;
	size_t rest = size - sizeof(head);

	memcpy(&head, record, sizeof(head));
	head.size = size;
	head.version = EVENT_VERSION;
	head.action = 1 + head.action % (EVENT_ACTIONS - 1);
	head.verdict %= EVENT_VERDICTS;
	head.reason %= EVENT_REASONS;
	head.mode %= POLICY_MODE_ENFORCE + 1;
	head.access &= ACCESS_ALL;
	if (head.action != EVENT_SOCKET)
		head.family = families[head.family % 4];
	head.args_cut &= 1;
	head.capability = head.action == EVENT_CAPABILITY ? head.capability % 64 : 0;
	head.path_len = rest < BAILIFF_PATH_MAX ? head.path_len % (rest + 1) : BAILIFF_PATH_MAX - 1;
	rest -= head.path_len;
	head.args_len = rest < BAILIFF_ARGS_MAX ? head.args_len % (rest + 1) : BAILIFF_ARGS_MAX;
	rest -= head.args_len;
	head.path2_len = rest < BAILIFF_PATH_MAX ? rest : BAILIFF_PATH_MAX - 1;
	head.size = sizeof(head) + head.path_len + head.path2_len + head.args_len;
	memcpy(record, &head, sizeof(head));
	return head.size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct audit_lookups none;
	static struct audit_enrich *enrich;
	char *record;

	if (size > MAX_RECORD)
		return 0;
	require(enrich || audit_enrich_new(&none, "/nonexistent", &enrich) == 0, "memory");
	check(enrich, data, size);
	if (size >= sizeof(struct event)) {
		record = malloc(size);
		require(record != NULL, "memory");
		memcpy(record, data, size);
		check(enrich, record, repair(record, size));
		free(record);
	}
	return 0;
}
