// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interfaces of the kernel that process.deny names and that have a hook of their own. bpf is
 * with the guard (guard.bpf.c), what a capability stands for is in capable.bpf.c, programs
 * without a name are in exec.bpf.c.
 */
#include "../call.bpf.h"

/* The kernel asks modprobe for a module on behalf of the task: a family of sockets, a file
 * system, a device, an algorithm, a format of programs. */
SEC("lsm/kernel_module_request")
int BPF_PROG(bailiff_module_request, char *name, int ret)
{
	return ret ? ret : operation_check(OPERATION_MODULE);
}

/* include/linux/perf_event.h: one call is first asked about as PERF_SECURITY_OPEN, and then maybe
 * once more as one of the others. */
#define PERF_SECURITY_OPEN 0
#define PERF_SECURITY_LAST 3 /* PERF_SECURITY_TRACEPOINT */

/* The hook has (attr, type), and on newer kernels (type) alone, which the number of the result
 * follows: where there is a pointer no type is. */
SEC("lsm/perf_event_open")
int bailiff_perf_event_open(__u64 *ctx)
{
	if (ctx[0] > PERF_SECURITY_OPEN && ctx[0] <= PERF_SECURITY_LAST)
		return 0;
	if ((__s32)ctx[1] != PERF_SECURITY_OPEN)
		return 0;
	return operation_check(OPERATION_PERF);
}

/* Else the kernel looks for a key of its own: to check the signature of a module, for a file
 * system. */
static __always_inline bool keyring_call(void)
{
	struct syscall call = {};

	syscall_read(&call);
	return call.number == NR_ADD_KEY || call.number == NR_REQUEST_KEY ||
	       call.number == NR_KEYCTL;
}

static __always_inline int keyring_check(void)
{
	struct subject s;

	if (!operation_denied(&s, OPERATION_KEYRING) || !keyring_call())
		return 0;
	return call_judge(&s, OPERATION_KEYRING, CALL_KEYS);
}

SEC("lsm/key_alloc")
int BPF_PROG(bailiff_key_alloc, void *key, const struct cred *cred, unsigned long flags, int ret)
{
	return ret ? ret : keyring_check();
}

SEC("lsm/key_permission")
int BPF_PROG(bailiff_key_permission, void *key, const struct cred *cred, int permission, int ret)
{
	return ret ? ret : keyring_check();
}

#define ANON_INODE_FS_MAGIC 0x09041934
#define ANONYMOUS_NAME 16 /* longer names are none of those below */

static __always_inline bool anonymous_is(const char *name, const char *wanted)
{
	for (int i = 0; i < ANONYMOUS_NAME; i++)
		if (name[i] != wanted[i])
			return false;
	return true;
}

/* An anonymous inode is known by the name that its maker gives it. */
static __always_inline __u32 anonymous_operation(const char *name)
{
	static const char io_uring[ANONYMOUS_NAME] = "[io_uring]";
	static const char userfaultfd[ANONYMOUS_NAME] = "[userfaultfd]";

	if (anonymous_is(name, io_uring))
		return OPERATION_IO_URING;
	return anonymous_is(name, userfaultfd) ? OPERATION_USERFAULTFD : OPERATIONS;
}

/* What has a hook of its own when it is made: of bpf(2) everything begins so. */
static __always_inline __u32 anonymous_received(const char *name)
{
	static const char perf[ANONYMOUS_NAME] = "[perf_event]";
	static const char context[ANONYMOUS_NAME] = "[fscontext]";

	if (name[0] == 'b' && (name[1] == 'p' || name[1] == 't') && name[2] == 'f')
		return OPERATION_BPF;
	if (anonymous_is(name, perf))
		return OPERATION_PERF;
	return anonymous_is(name, context) ? OPERATION_MOUNT : anonymous_operation(name);
}

static __always_inline int anonymous_judge(struct subject *s, __u32 operation)
{
	if (operation == OPERATIONS || (s->head && !operation_in(s->head, operation)))
		return 0;
	return operation_judge(s, EVENT_OPERATION, operation);
}

SEC("lsm/inode_init_security_anon")
int BPF_PROG(bailiff_anonymous, struct inode *inode, const struct qstr *name,
	     const struct inode *context, int ret)
{
	char text[ANONYMOUS_NAME] = {};
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_PROCESS))
		return ret;
	bpf_probe_read_kernel_str(text, sizeof(text), name->name);
	return anonymous_judge(&s, anonymous_operation(text));
}

/* One that another process made and hands over is judged as one that is made. */
SEC("lsm/file_receive")
int BPF_PROG(bailiff_anonymous_receive, struct file *file, int ret)
{
	char text[ANONYMOUS_NAME] = {};
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_PROCESS))
		return ret;
	if (file->f_inode->i_sb->s_magic != ANON_INODE_FS_MAGIC)
		return 0;
	bpf_probe_read_kernel_str(text, sizeof(text), file->f_path.dentry->d_name.name);
	return anonymous_judge(&s, anonymous_received(text));
}

#define SYSLOG_ACTION_CLOSE 0 /* include/linux/syslog.h */
#define SYSLOG_ACTION_READ 2

/* syslog(2), and opening /proc/kmsg and /dev/kmsg for reading (do_syslog() and devkmsg_open() in
 * kernel/printk/printk.c). What is read through a descriptor was judged when it was opened. */
SEC("lsm/syslog")
int BPF_PROG(bailiff_syslog, int type, int ret)
{
	struct syscall call = {};
	struct subject s;

	if (ret || !operation_denied(&s, OPERATION_SYSLOG))
		return ret;
	if (type == SYSLOG_ACTION_CLOSE)
		return 0;
	syscall_read(&call);
	if (type == SYSLOG_ACTION_READ && call.number != NR_SYSLOG)
		return 0;
	return operation_judge(&s, EVENT_OPERATION, OPERATION_SYSLOG);
}

char _license[] SEC("license") = "GPL";
