// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the words and numbers of the code that the manual pages must have, one a line:
 * KIND WORD. With a settings file as argument: the settings, as bailiff.cfg has them. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/exit.h"
#include "agent/settings.h"
#include "audit/names.h"
#include "audit/sink.h"
#include "bpf/abi_event.h"
#include "policy/image.h"
#include "policy/names.h"
#include "policy/source.h"

static void print_table(const char *kind, const struct name_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		printf("%s %s\n", kind, table->names[i]);
}

static void print_policy_words(void)
{
	print_table("mode", &names_modes);
	print_table("default", &names_defaults);
	print_table("action", &names_actions);
	print_table("op", &names_ops);
	print_table("proto", &names_protos);
	print_table("process.deny", &names_process_deny);
	print_table("socket", &names_families);
	print_table("socket", &names_socket_types);
	print_table("socket", &names_netlink);
	for (const char *letter = ACCESS_LETTERS; *letter; letter++)
		printf("access %c\n", *letter);
	puts("access *");
}

static void print_event_words(void)
{
	for (unsigned int i = 1; i < EVENT_ACTIONS; i++) {
		printf("event.action %s\n", audit_action_name(i));
		printf("event.category %s\n", audit_action_category(i));
	}
	for (unsigned int i = 0; i < EVENT_REASONS; i++)
		printf("event.reason %s\n", audit_reason_name(i));
	for (unsigned int i = 0; i < EVENT_VERDICTS; i++)
		printf("verdict %s\n", audit_verdict_name(i));
	for (unsigned int i = 0; i < EVENT_RINGS; i++)
		printf("lost ring.%s\nlost unread.%s\n", audit_ring_name(i), audit_ring_name(i));
	for (int i = 0; i < AUDIT_SINK_LOSSES; i++)
		printf("lost .%s\n", audit_sink_loss_name((enum audit_sink_loss)i));
}

static void print_limits(void)
{
	printf("limit %d\nlimit %d\nlimit %d\n", BAILIFF_NAME_MAX - 1, BAILIFF_PATH_MAX - 1,
	       BAILIFF_MAX_RULES);
	printf("limit %d\nlimit %u\nlimit %u\n", BAILIFF_MAX_POLICIES, BAILIFF_MAX_IMAGE_WORDS,
	       SOURCE_MAX_BYTES);
	printf("limit %d\nlimit %d\n", BAILIFF_MAX_IDENTITIES, BAILIFF_MAX_RANGES);
}

static void print_exit_codes(void)
{
	static const enum exit_code codes[] = {
		EXIT_DONE,
		EXIT_REFUSED,
		EXIT_USAGE,
		EXIT_KERNEL,
		EXIT_UNREACHABLE,
		EXIT_RUN_FAILED,
		EXIT_RUN_NOT_EXECUTABLE,
		EXIT_RUN_NOT_FOUND,
		EXIT_RUN_SIGNAL,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		printf("exit %d\n", codes[i]);
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static int print_settings(const char *path)
{
	struct settings s;
	struct fault fault = { "" };

	if (settings_init(&s) || settings_read(&s, path, &fault)) {
		fprintf(stderr, "%s\n", fault.text);
		return EXIT_FAILURE;
	}
	printf("policy_dir \"%s\"\npreset_dir \"%s\"\n", s.policy_dir, s.preset_dir);
	printf("watch_policies %s\n", truth(s.watch_policies));
	printf("pin_dir \"%s\"\ncontrol_socket \"%s\"\n", s.pin_dir, s.control_socket);
	printf("log_file \"%s\"\nsyslog %s\n", s.log_file, truth(s.syslog));
	printf("on_failure \"%s\"\n", s.on_failure);
	printf("syslog_rate %u\naudit_only %s\n", s.syslog_rate, truth(s.audit_only));
	printf("allow_missing %s\n", s.allow_missing ? "?" : "[]");
	printf("ring_denied %u\nring_other %u\n", s.ring_denied, s.ring_other);
	printf("max_tasks %u\nmax_containers %u\n", s.max_tasks, s.max_containers);
	settings_free(&s);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return print_settings(argv[1]);
	print_policy_words();
	print_event_words();
	print_limits();
	print_exit_codes();
	return EXIT_SUCCESS;
}
