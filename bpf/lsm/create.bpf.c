// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets that are created. Those that the kernel makes for itself pass. */
#include "../net.bpf.h"

#define NR_SOCKETPAIR 53 /* x86-64 */
#define SOCK_TYPES_OF_UNIX 5

/* A pair of Unix sockets is two creations and one operation: in a dry run the second one is not
 * recorded. Both fail alike beforehand, but for want of memory. */
static __always_inline bool create_second(struct subject *s, int family, int type, int protocol)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	bool second = s->task->paired == 2;

	s->task->paired = 0;
	if (family != AF_UNIX || type > SOCK_TYPES_OF_UNIX || protocol & ~AF_UNIX ||
	    BPF_CORE_READ(regs, orig_ax) != NR_SOCKETPAIR)
		return false;
	s->task->paired = second ? 0 : 2;
	return second;
}

SEC("lsm/socket_create")
int BPF_PROG(bailiff_socket_create, int family, int type, int protocol, int kern, int ret)
{
	struct net_address what = { .action = EVENT_SOCKET };
	struct decision d = UNJUDGED;
	int denied = -EPERM; /* the verifier follows a value, but no negation of a flag */
	struct subject s;

	if (ret || kern || !scope_subject(&s, PHASE_CONFINED, CLASS_SOCKET))
		return ret;
	if (s.head)
		d = image_unpack(net_port(s.head, s.head->sockets_off,
					  match_socket_key(family, type, protocol)));
	if (d.verdict && create_second(&s, family, type, protocol) && s.head &&
	    s.head->mode == POLICY_MODE_AUDIT)
		return 0;
	what.family = family;
	what.type = type;
	what.port = (__u32)protocol < 65535 ? protocol : 65535;
	barrier_var(denied);
	return net_verdict(&s, &what, d) ? 0 : denied;
}

char _license[] SEC("license") = "GPL";
