// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices that another process opened, maybe outside, and hands over: judged as when they are
 * opened. What was opened as O_PATH is judged when something is done with it. A program that was
 * attached later runs earlier (bpf_trampoline_link_prog() in kernel/bpf/trampoline.c), so that in
 * a dry run it is the path that is not judged again, as at an open.
 */
#include "../device.bpf.h"

#define MINOR_BITS 20 /* of the kernel's own dev_t, include/linux/kdev_t.h */

struct inode___device {
	__u32 i_rdev;
} __attribute__((preserve_access_index));

static __always_inline int device_received(struct subject *s, const struct device_match *asked)
{
	struct decision d = UNJUDGED;
	__u8 verdict;

	if (s->head) {
		struct device_match match = *asked;

		d = device_decide(s->head, &match);
	}
	if (!d.verdict) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return 0;
	}
	verdict = device_record(s, asked, d);
	if (verdict == EVENT_WOULD_DENY)
		s->task->skip_open = SKIP_DEVICE;
	return verdict == EVENT_ALLOWED || verdict == EVENT_WOULD_DENY ? 0 : -EPERM;
}

SEC("lsm/file_receive")
int BPF_PROG(bailiff_device_receive, struct file *file, int ret)
{
	struct inode___device *inode = (void *)file->f_inode;
	__u32 type = file->f_inode->i_mode & S_IFMT, mode = file->f_mode, number;
	struct device_match asked = {};
	struct subject s;

	if (ret || (type != S_IFBLK && type != S_IFCHR) ||
	    !scope_subject(&s, PHASE_CONFINED, CLASS_DEVICE))
		return ret;
	number = BPF_CORE_READ(inode, i_rdev);
	asked.type = type == S_IFBLK ? DEVICE_BLOCK : DEVICE_CHAR;
	asked.major = number >> MINOR_BITS;
	asked.minor = number & ((1U << MINOR_BITS) - 1);
	asked.want =
		(mode & FMODE_READ ? DEVICE_READ : 0) | (mode & FMODE_WRITE ? DEVICE_WRITE : 0);
	return asked.want ? device_received(&s, &asked) : 0;
}

char _license[] SEC("license") = "GPL";
