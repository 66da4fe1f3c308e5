/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events, as the BPF programs write them to the rings `denied` (denied, would-deny and
 * killed) and `other` (everything else), and the counters beside them.
 *
 * A record is a struct event, then path_len, path2_len and args_len bytes, in that order and
 * without NUL; size is the length of it all. A reader checks version and all lengths against
 * the length of the record that it was given. Unused fields are zero.
 */
#ifndef BAILIFF_ABI_EVENT_H
#define BAILIFF_ABI_EVENT_H

#include <linux/types.h>

#include "abi_limits.h"
#include "abi_policy.h"

#define EVENT_VERSION 5

enum event_action {
	EVENT_EXEC = 1, /* an execve was judged and denied (or would be); args as requested */
	EVENT_OPEN,
	EVENT_TRUNCATE,
	EVENT_CREATE, /* a regular file */
	EVENT_MKDIR,
	EVENT_MKNOD,   /* a device, FIFO or socket */
	EVENT_SYMLINK, /* path2: the target as given */
	EVENT_DELETE,
	EVENT_RMDIR,
	EVENT_RENAME, /* path: old name, path2: new name */
	EVENT_LINK,   /* path: existing name, path2: new name */
	EVENT_CONNECT,
	EVENT_SENDMSG,
	EVENT_BIND,
	EVENT_PROCESS_EXEC, /* a confined process runs a new program; args as it sees them */
	EVENT_PROCESS_EXIT,
	EVENT_CONTAINER_END, /* the cgroup is gone and the last confined task ended */
	EVENT_FORK,	     /* only denied: the task table is full */
	EVENT_PROTECT,	     /* only denied: a confined task reached for bailiff itself */
	EVENT_MOUNT,	     /* this and the next three, only denied: path: where */
	EVENT_MOVE_MOUNT,
	EVENT_UMOUNT,
	EVENT_PIVOT_ROOT, /* path: the new root */
	EVENT_MMAP,	  /* executable; with access `w` of a file that is opened for appending */
	EVENT_MPROTECT,	  /* likewise */
	EVENT_CHMOD,
	EVENT_CHOWN,
	EVENT_UTIMES,
	EVENT_SETXATTR,	   /* path2: name of the attribute; access control lists are some */
	EVENT_REMOVEXATTR, /* likewise */
	EVENT_IOCTL,
	EVENT_FCNTL,   /* what was opened for appending shall be written anywhere */
	EVENT_WRITE,   /* likewise, for one operation */
	EVENT_RECEIVE, /* a descriptor, from another process */
	EVENT_DEVICE,  /* a device is opened or made; access: DEVICE_* */
	EVENT_SYSCTL,  /* path: its name as the kernel has it, path2: the value to be written */
	EVENT_SOCKET,  /* family, socket_type; port: the protocol, 65535 if it is more */
	EVENT_LISTEN,
	EVENT_ACCEPT, /* of the process that listens; address: the far end's, port: the local one */
	EVENT_CONTAINER_START, /* a cgroup is bound; path: where it is, if it was just made */
	EVENT_CAPABILITY,
	EVENT_OPERATION, /* + enum operation */
	EVENT_ACTIONS = EVENT_OPERATION + OPERATIONS,
};

enum event_verdict {
	EVENT_ALLOWED,
	EVENT_DENIED,
	EVENT_WOULD_DENY,
	EVENT_KILLED,
	EVENT_VERDICTS,
};

/* Why it was decided so. Those from REASON_UNJUDGED on could not be judged: they are denied in
 * enforce mode and counted. */
enum event_reason {
	REASON_RULE,	     /* `rule` decided */
	REASON_DEFAULT,	     /* no rule matched */
	REASON_PROTECTED,    /* no policy lets a confined task do that */
	REASON_DENIED_BELOW, /* of a directory's move: a rule denies something below it */
	REASON_OTHER_NAME,   /* `rule` denies the file under another of its names */
	REASON_TOPOLOGY,     /* under rules on paths mounts can't be changed */
	REASON_RANGE,	     /* a sysctl's new value is outside of what `rule` allows */
	REASON_UNJUDGED,
	REASON_PATH_LENGTH = REASON_UNJUDGED, /* more than BAILIFF_PATH_MAX - 1 bytes */
	REASON_NO_PATH,	   /* unlinked, or on no mount that the container can reach */
	REASON_PATH_RACE,  /* the path changed under each of several attempts to read it */
	REASON_NO_POLICY,  /* the container's policy is not in the directory */
	REASON_SCRATCH,	   /* more concurrent decisions than scratch buffers */
	REASON_TASK_TABLE, /* BAILIFF_MAX_TASKS confined threads */
	REASON_DEPTH,	   /* a cgroup deeper than BAILIFF_MAX_CGROUP_DEPTH */
	REASON_CONTAINERS, /* max_containers: nothing can be executed in a cgroup that a policy
			      selects */
	REASON_VALUE,	   /* a sysctl's new value is no list of integers, where a range decides */
	EVENT_REASONS,
};

enum event_ring {
	RING_DENIED,
	RING_OTHER,
	EVENT_RINGS,
};

struct event {
	__u32 size;
	__u8 version;
	__u8 action;	    /* enum event_action */
	__u8 verdict;	    /* enum event_verdict */
	__u8 reason;	    /* enum event_reason */
	__u64 time;	    /* CLOCK_BOOTTIME, ns */
	__u64 container_id; /* id of the bound cgroup */
	__u64 cgroup_id;    /* id of the task's cgroup now */
	__u64 start_time;   /* of the process (thread group), CLOCK_BOOTTIME, ns */
	__u32 container;    /* number in `containers` */
	__u32 policy;	    /* number in the directory */
	__u32 generation;   /* of the directory */
	__u16 rule;	    /* BAILIFF_RULE_NONE: none */
	__u8 mode;	    /* enum policy_mode in force */
	__u8 family;	    /* AF_INET, AF_INET6, AF_UNIX (path: the name); of EVENT_SOCKET any;
			     * 0 where no address is meant */
	__u32 pid;	    /* thread group, in the host's pid namespace */
	__u32 tid;
	__u32 ppid;
	__u32 uid; /* effective, in the host's user namespace */
	__u32 gid;
	__u32 access; /* ACCESS_* asked for */
	union {
		__s32 exit_code;  /* as wait(2) gives it */
		__u32 peer_port;  /* of EVENT_ACCEPT */
		__u32 target_pid; /* ptrace, signal_outside: thread group, as above */
		__u32 command;	  /* EVENT_IOCTL */
	};
	__u16 port;	  /* host order */
	__u8 protocol;	  /* IPPROTO_*, 0 for IPPROTO_IP */
	__u8 socket_type; /* SOCK_* */
	union {
		__u8 address[16]; /* network order; IPv4 in the first 4 bytes */
		struct {
			__u32 type; /* DEVICE_BLOCK or DEVICE_CHAR */
			__u32 major, minor;
		} device; /* of EVENT_DEVICE */
	};
	char comm[16];
	__u16 path_len;
	__u16 path2_len;
	__u16 args_len;	 /* arguments separated by NUL */
	__u8 args_cut;	 /* args did not fit into BAILIFF_ARGS_MAX bytes, or path2 of a sysctl */
	__u8 capability; /* EVENT_CAPABILITY: its number */
};

/* Counters, per CPU. LOST + ring: records that found no room. UNJUDGED + reason: decisions
 * that could not be made. DECIDED + verdict: decisions on confined tasks. DELIVERED + ring:
 * records that were put into a ring. */
enum counter {
	COUNTER_LOST,
	COUNTER_DELIVERED = COUNTER_LOST + EVENT_RINGS,
	COUNTER_UNJUDGED = COUNTER_DELIVERED + EVENT_RINGS,
	COUNTER_DECIDED = COUNTER_UNJUDGED + EVENT_REASONS,
	COUNTERS = COUNTER_DECIDED + EVENT_VERDICTS,
};

_Static_assert(sizeof(struct event) == 128, "layout of event");
_Static_assert(BAILIFF_PATH_MAX <= 65535, "path_len is 16 bits wide");

#endif
