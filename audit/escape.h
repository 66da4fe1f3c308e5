/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes of any value as text that can be shown, and back.
 *
 * `\` becomes `\\`. A printable character of valid UTF-8 (RFC 3629) stays. Every other byte
 * becomes `\xNN` with two lower-case hex digits: bytes that are not valid UTF-8, and each
 * byte of a character that is not seen as itself: the controls C0, DEL and C1, line and
 * paragraph separators, invisible characters, those that change the direction of writing,
 * and noncharacters. The result is printable UTF-8 on one line, at most four times as long,
 * and no two inputs have the same.
 */
#ifndef BAILIFF_AUDIT_ESCAPE_H
#define BAILIFF_AUDIT_ESCAPE_H

#include <stddef.h>

#include "audit/text.h"

#define AUDIT_ESCAPE_UNIT 16 /* bytes of the longest escaped character */

/* Escapes the first character (or invalid byte) of the len bytes at data, len not 0, into
 * out, without NUL. Sets *used to how many bytes it was; the length in out, 1 to
 * AUDIT_ESCAPE_UNIT. */
size_t audit_escape_unit(const char *data, size_t len, char out[AUDIT_ESCAPE_UNIT], size_t *used);

/* Appends the escaped bytes. 0 or -ENOMEM, out then holding a part of them. */
int audit_escape(struct audit_slice bytes, struct audit_text *out);

/* Appends the bytes that escaped text stands for. 0; -EBADMSG if it is not what
 * audit_escape() writes; -ENOMEM; on error out is as before. */
int audit_unescape(struct audit_slice escaped, struct audit_text *out);

#endif
