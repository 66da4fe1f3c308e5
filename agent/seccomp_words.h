/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions and arguments in the words of the OCI runtime specification, "Seccomp". */
#ifndef BAILIFF_SECCOMP_WORDS_H
#define BAILIFF_SECCOMP_WORDS_H

#include "agent/seccomp_call.h"

struct json_object;

/* Reads an action and, under the other key, its errno, which runtimes take for EPERM where it is
 * absent; false if one is not right. */
bool seccomp_words_action(struct json_object *object, const char *key, const char *errno_key,
			  struct call_action *action);
void seccomp_words_put_action(struct json_object *object, const char *key, const char *errno_key,
			      struct call_action action);

/* Reads "args", which may be absent; false if something in it is not right. */
bool seccomp_words_tests(struct json_object *object, struct cond_test tests[COND_ARGUMENTS],
			 size_t *count);
void seccomp_words_put_tests(struct json_object *object, const struct cond *cond);

#endif
