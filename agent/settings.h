/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent is told by bailiff.cfg (libconfig) and by its options. */
#ifndef BAILIFF_SETTINGS_H
#define BAILIFF_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"

/* The build defines BAILIFF_SYSCONFDIR ("/etc") and BAILIFF_PREFIX ("/usr"). */
#define SETTINGS_DIR BAILIFF_SYSCONFDIR "/bailiff"
#define SETTINGS_FILE SETTINGS_DIR "/bailiff.cfg"
#define SETTINGS_POLICY_DIR SETTINGS_DIR "/policies.d"
#define SETTINGS_PRESET_DIR BAILIFF_PREFIX "/share/bailiff/presets"
#define SETTINGS_PIN_DIR "/sys/fs/bpf/bailiff"
#define SETTINGS_CONTROL_SOCKET "/run/bailiff/control.sock"
#define SETTINGS_LOG_FILE "/var/log/bailiff/audit.jsonl"

/* The strings belong to the structure. */
struct settings {
	char *policy_dir;
	char *preset_dir;
	char *pin_dir;
	char *control_socket;
	char *log_file;	     /* "" for none */
	char *on_failure;    /* "deny" or "allow" */
	bool watch_policies; /* reload when policy_dir changes */
	bool syslog;
	bool audit_only;
	uint32_t syslog_rate;	 /* records per second of one kind, 1 to 1,000,000 */
	uint32_t allow_missing;	 /* 1 << enum hook_class */
	uint32_t ring_denied;	 /* bytes, a power of two, 64 KiB to 256 MiB */
	uint32_t ring_other;	 /* the same */
	uint32_t max_tasks;	 /* 1,024 to 4,194,304 */
	uint32_t max_containers; /* 16 to 65,536 */
};

/* The defaults; 0 or -ENOMEM. */
int settings_init(struct settings *settings);
void settings_free(struct settings *settings);

/* Reads a file over what is there. 0; -EINVAL with a fault that starts with "file:line: ";
 * another negative errno if it could not be read. Nothing is changed on error. */
int settings_read(struct settings *settings, const char *path, struct fault *fault);

/* Replaces a string of the configuration. */
int settings_set(char **member, const char *value);

#endif
