/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All maps, once for all programs: the definitions are weak, so that the linker makes one
 * of those that each object brings. User space may change max_entries of tasks, containers
 * and the rings before it loads them.
 */
#ifndef BAILIFF_MAPS_BPF_H
#define BAILIFF_MAPS_BPF_H

#include "abi_event.h"
#include "abi_policy.h"
#include "abi_scope.h"

#define TASK_MARK_BITS 16
#define TASK_MARKS (1 << TASK_MARK_BITS)
#define PATH_BUFFER (BAILIFF_PATH_MAX + 256) /* a component may be written across the end */

/* Sequence counts of the kernel's rename_lock and mount_lock. */
struct path_sequences {
	__u32 rename, mount;
};

/* What a walk from an object to the root found. */
struct path_found {
	__u64 digest; /* of all that was passed, with sequence counts */
	__u64 mount;  /* the struct mount that the walk ended on */
	__u32 start;  /* of the path in its buffer */
	__s32 result; /* 0, or the reason why there is no path */
	__u32 leaf;   /* start of the last component; 0: the object is the root of its mount */
	__u32 steady; /* no rename or mount of the host, whose sequence counts stand here, fell */
	struct path_sequences sequences; /* into the walk */
};

/* The automaton's state after the path of a directory and a slash, kept with the inode of the
 * directory. It is right for as long as nothing is renamed or mounted; one word of another
 * writer among these and `check` is wrong. */
struct parent_state {
	__u64 policy;	 /* digest */
	__u64 mount;	 /* address of the struct vfsmount that the directory is on */
	__u64 namespace; /* address of the mount namespace */
	struct path_sequences sequences;
	__u64 state;
	__u64 check;
};

/* What a decision works on; its own while `busy` is set. The tail lets the verifier see that
 * a path that begins late in its buffer and is as long as one can be stays inside. */
/* A path or name that runs through a policy's automaton. */
struct run {
	__u32 at, end; /* in the buffer */
	__u32 state;
	__u32 pad;
};

struct scratch {
	__u32 busy;
	__u32 pad;
	volatile __u64 mnt, dentry,
		namespace; /* a pointer that is read back from here is a plain number */
	struct path_found walk;
	__u32 start[2]; /* of the paths below, which end at BAILIFF_PATH_MAX; that much: none */
	__u32 state[2]; /* of the policy's automaton after each */
	__u32 parent;	/* state after all but the last component of the path that was run last */
	__u32 gravity;	/* of several names, the verdict on the one that is judged the gravest */
	__u64 gravest;	/* and the mount that it is on */
	struct run run;
	char path[2][PATH_BUFFER];
	char args[BAILIFF_ARGS_MAX];
	struct event event;
	char tail[BAILIFF_PATH_MAX];
};

/* Confined and pending threads by address of their task_struct. Full: the fork or the
 * confining execve is denied. A hash and not task storage: cgroup programs of 6.1 can't
 * reach task storage, and its lookup fails there when it meets another on the same CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BAILIFF_MAX_TASKS);
	__type(key, __u64);
	__type(value, struct task_state);
} tasks SEC(".maps") __weak;

/* Number of the container by cgroup id. Half of the room is for those that could not be bound. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * BAILIFF_MAX_CONTAINERS);
	__type(key, __u64);
	__type(value, __u32);
} cgroups SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BAILIFF_MAX_CONTAINERS);
	__type(key, __u32);
	__type(value, struct container);
} containers SEC(".maps") __weak;

/* Confined tasks of each container; apart from it, since the kernel side alone counts. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BAILIFF_MAX_CONTAINERS);
	__type(key, __u32);
	__type(value, __u64);
} container_tasks SEC(".maps") __weak;

struct directory {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct policy_head));
};

/* The set in force: one update of its one element switches all policies. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct directory);
} directories SEC(".maps") __weak;

struct policy_image_words {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
};

/* Images by slot; a slot is filled before a directory names it and emptied after the last. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2 * BAILIFF_MAX_POLICIES);
	__type(key, __u32);
	__array(values, struct policy_image_words);
} policy_images SEC(".maps") __weak;

/* Files that are denied under another name: the state of the policy's automaton after that. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BAILIFF_MAX_IDENTITIES);
	__type(key, struct identity);
	__type(value, __u32);
} identities SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct parent_state);
} parents SEC(".maps") __weak;

/* Sockets that confined tasks listen on or accept from. No memory for one: the listen is denied. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct listener);
} listeners SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring_denied SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} ring_other SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps") __weak;

/* Buffers for concurrent decisions: user space makes BAILIFF_SCRATCH_PER_CPU of them for each CPU.
 * Not per-CPU memory: on a preemptible kernel two decisions of one CPU can be under way.
 * None free: what can't be judged is denied. */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BAILIFF_SCRATCH_PER_CPU);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps") __weak;

#endif
