/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A walk over fields that stops at the first error; for the parts of fields.h only. */
#ifndef BAILIFF_AUDIT_WALK_H
#define BAILIFF_AUDIT_WALK_H

#include "audit/fields.h"

struct audit_walk {
	const struct audit_visitor *visitor;
	int result;
};

static inline void audit_walk_text(struct audit_walk *walk, const char *name,
				   struct audit_slice value)
{
	if (value.data && !walk->result)
		walk->result = walk->visitor->text(walk->visitor->ctx, name, value);
}

static inline void audit_walk_string(struct audit_walk *walk, const char *name, const char *value)
{
	audit_walk_text(walk, name, audit_slice_of(value));
}

static inline void audit_walk_list(struct audit_walk *walk, const char *name,
				   struct audit_slice values)
{
	if (values.data && !walk->result)
		walk->result = walk->visitor->list(walk->visitor->ctx, name, values);
}

static inline void audit_walk_number(struct audit_walk *walk, const char *name, uint64_t value)
{
	if (!walk->result)
		walk->result = walk->visitor->number(walk->visitor->ctx, name, value);
}

/* An id, which ECS has as text. */
void audit_walk_id(struct audit_walk *walk, const char *name, uint32_t value);

static inline void audit_walk_flag(struct audit_walk *walk, const char *name, bool value)
{
	if (value && !walk->result)
		walk->result = walk->visitor->flag(walk->visitor->ctx, name);
}

/* destination.*, source.*, network.*. */
void audit_walk_network(struct audit_walk *walk, const struct event *head);

/* bailiff.device with its access; bailiff.sysctl.*. */
void audit_walk_device(struct audit_walk *walk, const struct event *head);
void audit_walk_sysctl(struct audit_walk *walk, const struct audit_event *event);

#endif
