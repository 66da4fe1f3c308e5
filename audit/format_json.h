/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One JSON object on one line, with flat dotted keys; the names are those of fields.h. All
 * text is escaped as escape.h says and then as JSON wants it, so the output is valid JSON,
 * valid UTF-8 and one line whatever the record holds; undoing both gives the bytes back.
 */
#ifndef BAILIFF_AUDIT_FORMAT_JSON_H
#define BAILIFF_AUDIT_FORMAT_JSON_H

#include "audit/record.h"
#include "audit/text.h"

/* Appends the line, without a newline, to out. 0 or -ENOMEM, out then being as before. */
int audit_format_json(const struct audit_record *record, struct audit_text *out);

#endif
