/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is confined. A bound cgroup is a container: a number in `containers`. A confined
 * thread has an entry in `tasks`, under the address of its task_struct, that names the
 * container; `fork` copies it and it outlives every change of cgroup, root and namespace.
 *
 * The number of a container is used again once its cgroup is released and no task is left;
 * the cgroup id in both places tells an old reference from a new one.
 */
#ifndef BAILIFF_ABI_SCOPE_H
#define BAILIFF_ABI_SCOPE_H

#include <linux/types.h>

#include "abi_limits.h"

enum container_state {
	CONTAINER_FREE = 0,
	CONTAINER_BOUND = 1,
	CONTAINER_ENDED = 2,   /* the cgroup is gone, confined tasks are left */
	CONTAINER_FREEING = 3, /* on the way from ENDED to FREE */
	CONTAINER_BINDING = 4, /* on the way from FREE to BOUND */
};

/* A cgroup that could not be bound has this for its container: nothing can be executed there. */
#define CONTAINER_NONE (~0U)

enum container_origin {
	ORIGIN_COMMAND, /* somebody asked for it */
	ORIGIN_HOOK,	/* a container runtime did */
	ORIGIN_WATCH,	/* the cgroup was made under a path that a policy selects */
	ORIGIN_FOUND,	/* it was there when the agent came, or when a policy selected it */
};

/* The root directory and the mount namespace of who starts a container. The address alone
 * could be another inode's later, the numbers alone can be those of two (btrfs has one device
 * for all subvolumes). */
struct outside {
	__u64 root; /* address of the struct inode */
	__u64 inode;
	__u32 device; /* s_dev */
	__u32 generation;
	__u64 namespace; /* its number in the kernel, which no other ever gets */
};

/* Written by the programs, which user space runs to bind one; user space by itself writes policy,
 * sweeping and name, once it is bound. */
struct container {
	__u64 cgroup_id;
	__u32 policy;	/* number in the directory */
	__u32 state;	/* enum container_state */
	__u32 sweeping; /* tasks that were inside at the binding are being confined: a fork counts
			 */
	__u8 origin;	/* enum container_origin */
	/* What comes in from outside is, at its execve, */
	__u8 runtime;	 /* 1: the runtime at work while it looks like `outside`; */
	__u8 same_root;	 /* 1: told by the mount namespace too: the root can be the same; */
	__u8 every_exec; /* 1: the container's, whatever it looks like */
	__u64 bound_at;	 /* CLOCK_BOOTTIME, ns */
	struct outside outside;
	char name[BAILIFF_NAME_MAX]; /* or its beginning */
};

/* Argument of the program that binds a cgroup. */
struct binding {
	__u64 cgroup_id;
	__u32 policy;
	__s32 root;  /* descriptor of the runtime's root directory; -1: what comes in is confined */
	__u8 origin; /* enum container_origin */
	__u8 sweeping;
	__u8 same_root;
	__u8 replace; /* what is bound is bound anew */
	__u32 number; /* is written: of the container */
};

/* What user space tells the programs, in their one global variable, and the next agent. */
struct shared {
	__u32 sweep_container; /* number of the container whose tasks are to be confined */
	__u32 agent;	       /* process that no confined task may signal or trace; 0: none */
	__u64 control_inode;   /* of the agent's listening socket; 0: none */
	__u32 pin_device;      /* of the bpf file system that holds the pins, as in s_dev */
	__u32 identities;      /* 1: there are some */
	__u32 slots_end;       /* no slot for an image from here on was ever used */
	__u32 slots_busy;   /* slots are being filled and emptied: else each is in the directory */
	__u64 lost_told[2]; /* by enum event_ring: how much of COUNTER_LOST was reported */
	__u32 max_containers;
	__u32 next_container; /* where the search for a free one begins; the programs write it, */
	__u32 watched;	      /* and how many cgroups they bound by themselves */
	__u32 pad;
};

enum task_phase {
	TASK_PENDING = 1, /* an execve that will confine the task is under way; not judged yet */
	TASK_CONFINED = 2,
	TASK_MARKING = 3, /* not confined: what it opens is entered into `identities` */
};

/* A system call is under way that asks a hook several times; the value that follows says that
 * the first answer is recorded. */
enum call_state {
	CALL_NONE,
	CALL_KEYS = 2, /* 1 is a value of any_port */
	CALL_TIME = 4,
};

/* What follows is part of what would be denied: in a dry run it is not judged by itself. */
enum task_skip {
	SKIP_NOTHING,
	SKIP_CREATED, /* the open of a file that is created */
	SKIP_DEVICE,  /* the open of a device */
	SKIP_MKNOD,   /* the making of a device */
};

struct task_state {
	__u64 container_id; /* cgroup id */
	__u32 container;    /* marking: slot of the policy's image */
	__u8 phase;	    /* enum task_phase */
	__u8 skip_open;	    /* enum task_skip */
	__u8 identified;    /* the file below this one is not judged: this one is or was */
	__u8 skip_exec : 1; /* the execve under way would be denied: what it executes is not judged
			     */
	__u8 loading : 1;   /* of the execve under way: the kernel maps program and interpreter */
	__u8 paired : 1;    /* the first socket of a pair was recorded */
	union {
		__u64 truncating; /* address of the path whose truncation by O_TRUNC was recorded */
		__u64 call;	  /* enum call_state */
		__u64 any_port;	  /* 1: of the bind under way, the kernel chooses the port */
		__u64 cgroup_file; /* address of the struct file of cgroupfs that was recorded */
		__u64 following;   /* see bpf/lsm/capable.bpf.c */
		__u64 marking;	   /* state of the policy's automaton after the denied name */
	};
};

/* What an inode is known by after it has left memory, and the image whose policy denies it. */
struct identity {
	__u64 inode;
	__u32 device; /* s_dev */
	__u32 generation;
	__u32 slot; /* in policy_images */
	__u32 pad;
};

/* Who set a socket listening, or accepts from it, and the connections that were recorded last. */
struct listener {
	__u64 container_id;
	__u64 start_time;
	__u64 cgroup_id;
	__u64 recorded[4];
	__u32 container;
	__u32 next; /* of recorded */
	__u32 pid, tid, ppid;
	__u32 uid, gid;
	char comm[16];
	__u32 pad;
};

/* Argument of the program that makes the calling thread a marking one, or an ordinary one
 * again. */
struct marking {
	__u32 slot;
	__u32 state; /* 0: an ordinary one */
};

/* Argument of the program that records that a container may not start: its policy denies its entry
 * point. */
struct refusal {
	__u64 path; /* address in the caller's memory */
	__u32 length;
	__u32 container; /* number */
	__u32 rule;
	__u32 pid; /* of the container's first process */
};

_Static_assert(sizeof(struct shared) == 64, "layout of shared");
_Static_assert(sizeof(struct container) == 128, "layout of container");
_Static_assert(sizeof(struct binding) == 24, "layout of binding");
_Static_assert(sizeof(struct task_state) == 24, "layout of task_state");
_Static_assert(sizeof(struct identity) == 24, "layout of identity");

#endif
