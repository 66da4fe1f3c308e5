/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_LOCK_H
#define BAILIFF_LOCK_H

/* Takes the lock of an instance, which is held as long as the descriptor that is returned is
 * open; -EWOULDBLOCK if another process has it, or another negative errno. */
int lock_instance(const char *pin_dir);

#endif
