/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in force, as the reply to "status". */
#ifndef BAILIFF_STATUS_H
#define BAILIFF_STATUS_H

#include <stdbool.h>

#include "agent/engine.h"

struct json_object;

/* NULL if the maps cannot be read. */
struct json_object *status_build(const struct engine *engine, bool audit_only);

#endif
