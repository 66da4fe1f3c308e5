/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of key=value for syslog, with the names of fields.h.
 *
 * A value is escaped as escape.h says. If it then is empty or has any byte but
 * A-Z a-z 0-9 and _ . / : @ % + , - # * it is put in double quotes, and `"`, `\` and `]`
 * get a backslash: the rule of an RFC 5424 PARAM-VALUE, so that the line may be put into
 * structured data as it is. Undoing both gives the same text as the JSON line. A list is
 * its key repeated.
 *
 * A line is at most AUDIT_KV_MAX bytes. If it would be longer, its longest values lose their
 * end and bailiff.cut names each field that did, as name:bytes with the full length of its
 * value in bytes; the JSON line has the whole.
 */
#ifndef BAILIFF_AUDIT_FORMAT_KV_H
#define BAILIFF_AUDIT_FORMAT_KV_H

#include "audit/record.h"
#include "audit/text.h"

#define AUDIT_KV_MAX 8000

/* Appends the line, without a newline, to out. 0 or -ENOMEM, out then being as before. */
int audit_format_kv(const struct audit_record *record, struct audit_text *out);

#endif
