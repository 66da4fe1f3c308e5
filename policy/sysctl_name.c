/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/sysctl_name.h"

#include <string.h>

/* The next separator that is in no brackets, from `at` on; NULL if there is none. */
static char *next_separator(char *at)
{
	bool brackets = false;

	for (; *at; at++) {
		if (!brackets && (*at == '.' || *at == '/'))
			return at;
		if (*at == '[')
			brackets = true;
		else if (*at == ']')
			brackets = false;
		else if (*at == '\\' && at[1] && (brackets || (at[1] != '.' && at[1] != '/')))
			at++;
	}
	return NULL;
}

void sysctl_swap(char *text)
{
	while ((text = next_separator(text))) {
		*text = *text == '.' ? '/' : '.';
		text++;
	}
}

void sysctl_canonical(char *text)
{
	const char *first = next_separator(text);

	if (first && *first == '/')
		sysctl_swap(text);
}

bool sysctl_parts_right(const char *text)
{
	size_t len = strlen(text);

	return len && text[0] != '.' && text[len - 1] != '.' && !strstr(text, "..");
}
