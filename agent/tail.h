/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients that follow the events as they come. */
#ifndef BAILIFF_TAIL_H
#define BAILIFF_TAIL_H

#include "agent/control.h"
#include "agent/request.h"
#include "audit/pipeline.h"

/* Streams the records that the request asks for to its client until that goes away; reports
 * of lost records go to everyone. 0, -EINVAL for an unknown class, -ENOMEM. */
int tail_start(struct audit_pipeline *pipeline, struct control_client *client,
	       const struct request *request, struct fault *fault);

#endif
