/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/format_kv.h"

#include <inttypes.h>

#include "audit/escape.h"
#include "audit/fields.h"

#define UNLIMITED SIZE_MAX

struct kv {
	struct audit_text *out;
	size_t max;	       /* bytes of one field's value, as written */
	struct audit_text cut; /* name:bytes of those that lost their end */
};

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_./:@%+,-#*", c));
}

static bool needs_quotes(struct audit_slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!is_bare(value.data[i]))
			return true;
	return value.len == 0;
}

/* Escapes the first character of value for the inside of quotes. */
static size_t quote_unit(struct audit_slice value, char out[2 * AUDIT_ESCAPE_UNIT], size_t *used)
{
	char unit[AUDIT_ESCAPE_UNIT];
	size_t len = audit_escape_unit(value.data, value.len, unit, used), n = 0;

	for (size_t i = 0; i < len; i++) {
		if (unit[i] == '"' || unit[i] == '\\' || unit[i] == ']')
			out[n++] = '\\';
		out[n++] = unit[i];
	}
	return n;
}

/* Appends value, at most *left bytes of it, and takes them off *left. *cut: not all of it. */
static int put_value(struct audit_text *out, struct audit_slice value, size_t *left, bool *cut)
{
	bool quotes = needs_quotes(value);
	char unit[2 * AUDIT_ESCAPE_UNIT];
	int r = quotes ? audit_text_add(out, "\"", 1) : 0;

	while (value.len && r == 0) {
		size_t used, n = quote_unit(value, unit, &used);

		if (n > *left) {
			*cut = true;
			break;
		}
		r = audit_text_add(out, unit, n);
		*left -= n;
		value.data += used;
		value.len -= used;
	}
	return r == 0 && quotes ? audit_text_add(out, "\"", 1) : r;
}

static int put_key(struct audit_text *out, const char *name)
{
	int r = out->len ? audit_text_add(out, " ", 1) : 0;

	if (r == 0)
		r = audit_text_puts(out, name);
	return r == 0 ? audit_text_add(out, "=", 1) : r;
}

static int note_cut(struct kv *kv, const char *name, size_t len)
{
	return audit_text_printf(&kv->cut, "%s%s:%zu", kv->cut.len ? "," : "", name, len);
}

static int add_text(void *ctx, const char *name, struct audit_slice value)
{
	struct kv *kv = ctx;
	size_t left = kv->max;
	bool cut = false;
	int r = put_key(kv->out, name);

	if (r == 0)
		r = put_value(kv->out, value, &left, &cut);
	return r == 0 && cut ? note_cut(kv, name, value.len) : r;
}

/* Each value takes its key as well, so that many empty ones cannot make a line long. */
static int add_list(void *ctx, const char *name, struct audit_slice values)
{
	struct kv *kv = ctx;
	size_t left = kv->max, len = values.len, key = strlen(name) + 4;
	struct audit_slice value;
	bool cut = false;
	int r = 0;

	while (r == 0 && !cut && audit_list_next(&values, &value)) {
		if (left < key) {
			cut = true;
			break;
		}
		left -= key;
		r = put_key(kv->out, name);
		if (r == 0)
			r = put_value(kv->out, value, &left, &cut);
	}
	return r == 0 && cut ? note_cut(kv, name, len) : r;
}

static int add_number(void *ctx, const char *name, uint64_t value)
{
	struct kv *kv = ctx;
	int r = put_key(kv->out, name);

	return r == 0 ? audit_text_printf(kv->out, "%" PRIu64, value) : r;
}

static int add_flag(void *ctx, const char *name)
{
	struct kv *kv = ctx;
	int r = put_key(kv->out, name);

	return r == 0 ? audit_text_puts(kv->out, "true") : r;
}

static int format(const struct audit_record *record, size_t max, struct audit_text *line)
{
	struct kv kv = { .out = line, .max = max };
	const struct audit_visitor visitor = { add_text, add_list, add_number, add_flag, &kv };
	size_t unlimited = UNLIMITED;
	bool cut = false;
	int r = audit_fields_visit(record, &visitor);

	if (r == 0 && kv.cut.len)
		r = put_key(line, "bailiff.cut");
	if (r == 0 && kv.cut.len)
		r = put_value(line, audit_text_slice(&kv.cut), &unlimited, &cut);
	audit_text_free(&kv.cut);
	return r;
}

int audit_format_kv(const struct audit_record *record, struct audit_text *out)
{
	/* With the last one all text of a record together is far below the maximum. */
	static const size_t max[] = { UNLIMITED, 2048, 1024, 512, 128 };
	struct audit_text line = { 0 };
	int r = 0;

	for (size_t i = 0; i < sizeof(max) / sizeof(max[0]); i++) {
		audit_text_cut(&line, 0);
		r = format(record, max[i], &line);
		if (r < 0 || line.len <= AUDIT_KV_MAX)
			break;
	}
	if (r == 0)
		r = audit_text_add(out, line.data, line.len);
	audit_text_free(&line);
	return r;
}
