// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints how many BPF programs, maps and links exist: "PROGRAMS MAPS LINKS". With `get PATH` or
 * `id`: fetches what is pinned there, or the first program; the status says whether that went.
 * With `entries PATH...`: how many entries the maps have that are pinned there, "NAME COUNT" a
 * line; nothing of arrays, nor of storage, which can't be listed. With `memory`: KiB that all
 * maps take, as the kernel has it.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int count(int command)
{
	union bpf_attr attr = { .start_id = 0 };
	int n = 0;

	while (syscall(SYS_bpf, command, &attr, sizeof(attr)) == 0) {
		attr.start_id = attr.next_id;
		n++;
	}
	return n;
}

static int fetch_first(void)
{
	union bpf_attr attr = { .start_id = 0 };
	uint32_t id;

	if (syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)))
		return 1;
	id = attr.next_id;
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr)) < 0;
}

static int fetch(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
}

static int next_key(int map, const void *key, void *next)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map,
				.key = (uintptr_t)key,
				.next_key = (uintptr_t)next };

	return (int)syscall(SYS_bpf, BPF_MAP_GET_NEXT_KEY, &attr, sizeof(attr));
}

static int grows(const struct bpf_map_info *info)
{
	return info->type == BPF_MAP_TYPE_HASH || info->type == BPF_MAP_TYPE_LRU_HASH ||
	       info->type == BPF_MAP_TYPE_LPM_TRIE || info->type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

static int print_entries(const char *path)
{
	struct bpf_map_info info = { 0 };
	char keys[2][512];
	int map = fetch(path), n = 0, at = 0;
	union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)map,
					  .info_len = sizeof(info),
					  .info = (uintptr_t)&info } };

	if (map < 0 || syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) ||
	    info.key_size > sizeof(keys[0])) {
		perror(path);
		return 1;
	}
	if (grows(&info)) {
		for (int r = next_key(map, NULL, keys[at]); !r;
		     r = next_key(map, keys[!at], keys[at])) {
			at = !at;
			n++;
		}
		printf("%s %d\n", info.name, n);
	}
	close(map);
	return 0;
}

#define ARRAY_HEAD 8192 /* struct bpf_array, and what rounding to pages adds */

/* Of an array, Linux before 6.4 counts keys too, which it has none of. */
static unsigned long memory_of(uint32_t id)
{
	union bpf_attr attr = { .map_id = id };
	int map = (int)syscall(SYS_bpf, BPF_MAP_GET_FD_BY_ID, &attr, sizeof(attr));
	unsigned int type = 0, size = 0, entries = 0;
	unsigned long bytes = 0;
	char path[40], line[256];
	FILE *in;

	if (map < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", map);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		sscanf(line, "map_type: %u", &type);
		sscanf(line, "value_size: %u", &size);
		sscanf(line, "max_entries: %u", &entries);
		sscanf(line, "memlock: %lu", &bytes);
	}
	if (in)
		fclose(in);
	if (type == BPF_MAP_TYPE_ARRAY)
		bytes = (((unsigned long)size + 7) & ~7UL) * entries + ARRAY_HEAD;
	close(map);
	return bytes;
}

static int print_memory(void)
{
	union bpf_attr attr = { .start_id = 0 };
	unsigned long bytes = 0;

	while (syscall(SYS_bpf, BPF_MAP_GET_NEXT_ID, &attr, sizeof(attr)) == 0) {
		attr.start_id = attr.next_id;
		bytes += memory_of(attr.next_id);
	}
	printf("%lu\n", bytes / 1024);
	return bytes == 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 3 && !strcmp(argv[1], "get"))
		return fetch(argv[2]) < 0;
	if (argc == 2 && !strcmp(argv[1], "id"))
		return fetch_first();
	if (argc == 2 && !strcmp(argv[1], "memory"))
		return print_memory();
	if (argc > 1 && !strcmp(argv[1], "entries")) {
		for (int i = 2; i < argc; i++)
			failed |= print_entries(argv[i]);
		return failed;
	}
	printf("%d %d %d\n", count(BPF_PROG_GET_NEXT_ID), count(BPF_MAP_GET_NEXT_ID),
	       count(BPF_LINK_GET_NEXT_ID));
	return 0;
}
