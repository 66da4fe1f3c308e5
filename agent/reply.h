/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies of the agent, built by one side and read by the other. */
#ifndef BAILIFF_REPLY_H
#define BAILIFF_REPLY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agent/fault.h"
#include "policy/diag.h"

struct json_object;

/* {"ok": true}; NULL if memory is short, as with the next one. */
struct json_object *reply_ok(void);

/* {"ok": false, "error": ..., "diagnostics": [...]}; diags may be NULL. */
struct json_object *reply_error(const struct fault *fault, const struct diag_list *diags);

/* Adds "diagnostics" if there are any. */
void reply_add_diagnostics(struct json_object *reply, const struct diag_list *diags);

bool reply_is_ok(struct json_object *reply);

/* The text of "error", "no reason given" if there is none. */
const char *reply_error_text(struct json_object *reply);

/* Prints "file:line: text" lines as diag_print() does. */
void reply_print_diagnostics(struct json_object *reply, FILE *out);

/* A member of that name, or "" and 0 if there is none of that type. */
const char *reply_string(struct json_object *object, const char *name);
uint64_t reply_number(struct json_object *object, const char *name);

/* Whether "on_failure" in it lets a container start. */
bool reply_allows(struct json_object *object);

#endif
