/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit codes of all programs; `run` passes on the command's own beside these. */
#ifndef BAILIFF_EXIT_H
#define BAILIFF_EXIT_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* refused, or invalid input */
	EXIT_USAGE = 2,
	EXIT_KERNEL = 3,      /* the kernel lacks what is needed */
	EXIT_UNREACHABLE = 4, /* the agent cannot be reached */
	EXIT_RUN_FAILED = 125,
	EXIT_RUN_NOT_EXECUTABLE = 126,
	EXIT_RUN_NOT_FOUND = 127,
	EXIT_RUN_SIGNAL = 128, /* and the signal's number */
};

#endif
