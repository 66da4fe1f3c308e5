/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A glob on one text, without an automaton: for what is looked at seldom, and with patterns
 * that are not worth compiling.
 */
#ifndef BAILIFF_POLICY_GLOB_MATCH_H
#define BAILIFF_POLICY_GLOB_MATCH_H

#include "policy/glob.h"

/* Whether a parsed pattern matches all of a text: 1, 0, or -ENOMEM. Takes time in proportion
 * to the length of the pattern times that of the text, whatever they are. */
int glob_match(const struct glob_seq *seq, const char *text);

#endif
