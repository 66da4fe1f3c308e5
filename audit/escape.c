/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/escape.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

/* Characters above ASCII that a reader would not see, or would see as something else. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0080, 0x009f }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c },   { 0x115f, 0x1160 },
	{ 0x180b, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff },
};

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

static bool is_hidden(uint32_t c)
{
	if ((c & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

/* Length of the character of two to four bytes at data, or 0 if it is not valid. */
static size_t utf8_length(const unsigned char *data, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need;

	if (data[0] >= 0xc2 && data[0] <= 0xdf)
		need = 2;
	else if ((data[0] & 0xf0) == 0xe0)
		need = 3;
	else if (data[0] >= 0xf0 && data[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (need > len)
		return 0;
	*c = data[0] & (0x7f >> need);
	for (size_t i = 1; i < need; i++) {
		if ((data[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (data[i] & 0x3f);
	}
	if (*c < least[need] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return need;
}

static size_t put_hex(unsigned char c, char *out)
{
	static const char digits[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[c >> 4];
	out[3] = digits[c & 0xf];
	return 4;
}

size_t audit_escape_unit(const char *data, size_t len, char out[AUDIT_ESCAPE_UNIT], size_t *used)
{
	const unsigned char *bytes = (const unsigned char *)data;
	uint32_t c = 0;
	size_t n = 0;

	*used = 1;
	if (bytes[0] < 0x80) {
		if (bytes[0] < 0x20 || bytes[0] == 0x7f)
			return put_hex(bytes[0], out);
		if (bytes[0] == '\\')
			out[n++] = '\\';
		out[n++] = (char)bytes[0];
		return n;
	}
	*used = utf8_length(bytes, len, &c);
	if (*used && !is_hidden(c)) {
		memcpy(out, data, *used);
		return *used;
	}
	if (!*used)
		*used = 1;
	for (size_t i = 0; i < *used; i++)
		n += put_hex(bytes[i], out + n);
	return n;
}

int audit_escape(struct audit_slice bytes, struct audit_text *out)
{
	char unit[AUDIT_ESCAPE_UNIT];
	size_t i = 0;

	while (i < bytes.len) {
		size_t plain = i, used, n;
		int r;

		while (plain < bytes.len && is_plain((unsigned char)bytes.data[plain]))
			plain++;
		if (plain > i) {
			r = audit_text_add(out, bytes.data + i, plain - i);
			i = plain;
		} else {
			n = audit_escape_unit(bytes.data + i, bytes.len - i, unit, &used);
			r = audit_text_add(out, unit, n);
			i += used;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The byte that the escape at data stands for, and its length, 0 for an escape that is none. */
static size_t read_escape(const char *data, size_t len, char *byte)
{
	if (len >= 2 && data[1] == '\\') {
		*byte = '\\';
		return 2;
	}
	if (len < 4 || data[1] != 'x' || hex_value(data[2]) < 0 || hex_value(data[3]) < 0)
		return 0;
	*byte = (char)(hex_value(data[2]) << 4 | hex_value(data[3]));
	return 4;
}

int audit_unescape(struct audit_slice escaped, struct audit_text *out)
{
	size_t start = out->len;
	int r = 0;

	for (size_t i = 0; i < escaped.len && r == 0;) {
		char byte = escaped.data[i];
		size_t used = 1;

		if (byte == '\\')
			used = read_escape(escaped.data + i, escaped.len - i, &byte);
		r = used ? audit_text_add(out, &byte, 1) : -EBADMSG;
		i += used;
	}
	if (r < 0)
		audit_text_cut(out, start);
	return r;
}
