/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_NOTIFY_H
#define BAILIFF_NOTIFY_H

/* Tells the service manager `state` ("READY=1", ...) as sd_notify(3) describes. 0 where there
 * is none to tell, negative errno where it could not be told. */
int notify_manager(const char *state);

/* Tells "RELOADING=1" with the time that Type=notify-reload asks for. */
int notify_reloading(void);

#endif
