/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libbpf has to say, the verifier's log included: kept, not printed. */
#ifndef BAILIFF_CAPTURE_H
#define BAILIFF_CAPTURE_H

/* Forgets what was kept and keeps what libbpf says from now on, in all of the process. */
void capture_start(void);

/* The last 64 KiB of it. */
const char *capture_text(void);

/* The first line of it, without "libbpf: ": what went wrong first; "" if nothing did. */
const char *capture_failure(void);

#endif
