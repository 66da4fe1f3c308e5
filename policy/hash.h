/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes of the compiler's tables. */
#ifndef BAILIFF_POLICY_HASH_H
#define BAILIFF_POLICY_HASH_H

#include <stddef.h>
#include <stdint.h>

/* A bijection of 64 bits in which each bit of `x` moves half of the others (splitmix64). */
static inline uint64_t hash_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

#define HASH_FNV 0xcbf29ce484222325ULL

/* FNV-1a, to be continued from an earlier value. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size--)
		hash = (hash ^ *at++) * 0x100000001b3ULL;
	return hash;
}

#endif
