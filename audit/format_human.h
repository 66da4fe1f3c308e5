/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line for a reader at a terminal, made from a JSON line of format_json.h, so that live
 * events and a saved log look alike. Text keeps the escapes of escape.h: it cannot move the
 * cursor, change colours or start a line of its own.
 */
#ifndef BAILIFF_AUDIT_FORMAT_HUMAN_H
#define BAILIFF_AUDIT_FORMAT_HUMAN_H

#include "audit/text.h"

/* Appends the line, without a newline, to out. 0; -EBADMSG if json is not a JSON object;
 * -ENOMEM. On error out is as before. */
int audit_format_human(struct audit_slice json, struct audit_text *out);

#endif
