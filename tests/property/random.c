/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/model.h"

uint64_t random_seed;

/* splitmix64 */
unsigned random_below(unsigned limit)
{
	uint64_t x = random_seed += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return (unsigned)((x ^ x >> 31) % limit);
}

bool one_in(unsigned n)
{
	return !random_below(n);
}
