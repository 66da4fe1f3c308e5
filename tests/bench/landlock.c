/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * landlock DIR... -- COMMAND...: executes COMMAND under a Landlock ruleset with one rule for
 * each DIR, which allows everything below it, of all the file accesses that the kernel knows.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By version of the kernel's interface. */
static uint64_t accesses(int version)
{
	static const int bits[] = { 0, 13, 14, 15, 15, 16 };
	int last = sizeof(bits) / sizeof(bits[0]) - 1;

	return (1ULL << bits[version < last ? version : last]) - 1;
}

int main(int argc, char **argv)
{
	struct landlock_ruleset_attr attr = { 0 };
	struct landlock_path_beneath_attr rule;
	int version, ruleset, i;

	version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		err(1, "landlock");
	attr.handled_access_fs = accesses(version);
	ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		err(1, "landlock_create_ruleset");
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		rule.allowed_access = attr.handled_access_fs;
		rule.parent_fd = open(argv[i], O_PATH | O_CLOEXEC);
		if (rule.parent_fd < 0)
			err(1, "%s", argv[i]);
		if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
			err(1, "landlock_add_rule: %s", argv[i]);
		close(rule.parent_fd);
	}
	if (i + 1 >= argc)
		errx(2, "no command");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0))
		err(1, "landlock_restrict_self");
	close(ruleset);
	execv(argv[i + 1], argv + i + 1);
	err(1, "%s", argv[i + 1]);
}
