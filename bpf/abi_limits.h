/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits shared by the BPF programs and user space. A limit that is reached is an
 * error that names it; nothing is ever cut to fit.
 */
#ifndef BAILIFF_ABI_LIMITS_H
#define BAILIFF_ABI_LIMITS_H

#define BAILIFF_PATH_MAX 4096	  /* bytes of a path with its NUL: PATH_MAX of the kernel */
#define BAILIFF_NAME_MAX 64	  /* bytes of a policy's name with its NUL */
#define BAILIFF_MAX_RULES 65534	  /* rules of one policy; BAILIFF_RULE_NONE is no rule */
#define BAILIFF_MAX_RANGES 64	  /* sysctls with a range of values in one policy */
#define BAILIFF_SYSCTL_MAX 512	  /* bytes of a sysctl's name, and of a value, with its NUL */
#define BAILIFF_MAX_POLICIES 4096 /* policies of one set, private ones included */
#define BAILIFF_MAX_IMAGE_WORDS (1U << 21) /* 64-bit words of one compiled policy: 16 MiB */
#define BAILIFF_MAX_CONTAINERS 4096	   /* bound cgroups at one time */
#define BAILIFF_MAX_TASKS 262144	   /* confined threads at one time, on the whole host */
#define BAILIFF_MAX_CGROUP_DEPTH 512	   /* levels of the hierarchy that an exec looks up */
#define BAILIFF_MAX_IDENTITIES                                                                     \
	65536			  /* files that are denied under another name, of all policies     \
				   */
#define BAILIFF_SCRATCH_PER_CPU 4 /* decisions of one CPU that can be under way at a time */
#define BAILIFF_ARGS_MAX 1024	  /* bytes of a command line in an event */

#endif
