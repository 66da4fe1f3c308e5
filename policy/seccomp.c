/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/seccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "policy/cleanup.h"
#include "policy/names.h"

#define API_LEVEL 3 /* logs, and kills processes: see seccomp_api_get(3) */

/* Whose calls else a kernel takes. */
static const struct {
	uint32_t native, also[SECCOMP_ARCHITECTURES - 1];
} compatible[] = {
	{ SCMP_ARCH_X86_64, { SCMP_ARCH_X86, SCMP_ARCH_X32 } },
	{ SCMP_ARCH_AARCH64, { SCMP_ARCH_ARM } },
	{ SCMP_ARCH_S390X, { SCMP_ARCH_S390 } },
	{ SCMP_ARCH_PPC64, { SCMP_ARCH_PPC } },
	{ SCMP_ARCH_PARISC64, { SCMP_ARCH_PARISC } },
	{ SCMP_ARCH_MIPS64, { SCMP_ARCH_MIPS, SCMP_ARCH_MIPS64N32 } },
	{ SCMP_ARCH_MIPSEL64, { SCMP_ARCH_MIPSEL, SCMP_ARCH_MIPSEL64N32 } },
};

/* By the first argument of ipc(2); see ipc/syscall.c of the kernel. */
static const struct {
	const char *name;
	unsigned call;
} ipc_calls[SECCOMP_IPC_CALLS] = {
	{ "semop", 1 },	  { "semget", 2 },  { "semctl", 3 },  { "semtimedop", 4 },
	{ "msgsnd", 11 }, { "msgrcv", 12 }, { "msgget", 13 }, { "msgctl", 14 },
	{ "shmat", 21 },  { "shmdt", 22 },  { "shmget", 23 }, { "shmctl", 24 },
};

size_t seccomp_architectures(uint32_t ret[SECCOMP_ARCHITECTURES])
{
	size_t n = 0;

	ret[n++] = seccomp_arch_native();
	for (size_t i = 0; i < sizeof(compatible) / sizeof(*compatible); i++)
		for (int k = 0; k < SECCOMP_ARCHITECTURES - 1; k++)
			if (compatible[i].native == ret[0] && compatible[i].also[k])
				ret[n++] = compatible[i].also[k];
	return n;
}

uint32_t seccomp_action(const struct policy *p, enum policy_action action, bool audit)
{
	if (action == ACTION_ALLOW)
		return SCMP_ACT_ALLOW;
	if (audit)
		return SCMP_ACT_LOG;
	if (action == ACTION_KILL)
		return SCMP_ACT_KILL_PROCESS;
	return SCMP_ACT_ERRNO(
		(uint32_t)names_errno_number(p->seccomp_errno ? p->seccomp_errno : "EPERM"));
}

uint32_t seccomp_default(const struct policy *p, bool audit)
{
	return seccomp_action(p, p->seccomp.dflt == DEFAULT_DENY ? ACTION_DENY : ACTION_ALLOW,
			      audit);
}

static void add_call(struct seccomp_rules *rules, const char *name, enum policy_action action,
		     const struct policy_pos *pos)
{
	int number = seccomp_syscall_resolve_name(name);
	struct seccomp_rule *rule = &rules->items[rules->count];

	for (size_t i = 0; i < rules->count; i++)
		if (rules->items[i].number == number)
			return;
	*rule = (struct seccomp_rule){ .number = number, .action = action, .pos = pos };
	strncpy(rule->name, name, sizeof(rule->name) - 1);
	rules->count++;
	for (size_t i = 0; i < SECCOMP_IPC_CALLS && action != ACTION_ALLOW; i++)
		if (!strcmp(ipc_calls[i].name, name))
			rules->ipc[rules->n_ipc++] =
				(struct seccomp_ipc){ ipc_calls[i].call, action };
}

static void add_list(struct seccomp_rules *rules, const struct policy_entries *list,
		     enum policy_action action)
{
	char others[SECCOMP_OTHER_NAMES][SECCOMP_NAME_MAX];

	for (size_t i = 0; i < list->count; i++) {
		const struct policy_entry *entry = &list->items[i];
		size_t n = seccomp_other_names(entry->text, others);

		add_call(rules, entry->text, action, &entry->pos);
		for (size_t k = 0; k < n; k++)
			add_call(rules, others[k], action, &entry->pos);
	}
}

int seccomp_rules_build(const struct policy *p, struct seccomp_rules *ret)
{
	const struct policy_lists *lists = &p->seccomp;
	size_t n = lists->kill.count + lists->deny.count + lists->allow.count;

	*ret = (struct seccomp_rules){ 0 };
	ret->items = calloc(n * (1 + SECCOMP_OTHER_NAMES) + 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	add_list(ret, &lists->kill, ACTION_KILL);
	add_list(ret, &lists->deny, ACTION_DENY);
	add_list(ret, &lists->allow, ACTION_ALLOW);
	return 0;
}

void seccomp_rules_clear(struct seccomp_rules *rules)
{
	free(rules->items);
	*rules = (struct seccomp_rules){ 0 };
}

bool seccomp_known(const char *name)
{
	return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

int seccomp_decide(const struct policy *p, const char *name, struct seccomp_decision *ret)
{
	POLICY_CLEANUP(seccomp_rules_clear) struct seccomp_rules rules = { 0 };
	int number = seccomp_syscall_resolve_name(name), r;

	if (number == __NR_SCMP_ERROR)
		return -ENOENT;
	r = seccomp_rules_build(p, &rules);
	if (r < 0)
		return r;
	*ret = (struct seccomp_decision){ .action = p->seccomp.dflt == DEFAULT_DENY
							    ? ACTION_DENY
							    : ACTION_ALLOW };
	for (size_t i = 0; i < rules.count; i++)
		if (rules.items[i].number == number)
			*ret = (struct seccomp_decision){ rules.items[i].action,
							  rules.items[i].pos };
	return 0;
}

void seccomp_check(const struct policy *p, struct diag_list *diags)
{
	struct seccomp_decision d;
	const struct policy_pos *at;

	if (!p->seccomp.present || seccomp_decide(p, "execve", &d) < 0 || d.action == ACTION_ALLOW)
		return;
	at = d.rule ? d.rule : &p->seccomp.pos;
	diag_add(diags, DIAG_ERROR, at->file, at->line,
		 "seccomp denies execve, so that nothing could be started under it: %s",
		 d.rule ? "leave it out" : "add \"execve\" to allow");
}

static int add_rules(scmp_filter_ctx filter, const struct policy *p,
		     const struct seccomp_rules *rules, bool audit)
{
	uint32_t dflt = seccomp_default(p, audit);
	int r = 0;

	for (size_t i = 0; i < rules->count && !r; i++) {
		uint32_t action = seccomp_action(p, rules->items[i].action, audit);

		if (action != dflt)
			r = seccomp_rule_add(filter, action, rules->items[i].number, 0);
	}
	for (size_t i = 0; i < rules->n_ipc && !r; i++) {
		uint32_t action = seccomp_action(p, rules->ipc[i].action, audit);

		if (action != dflt)
			r = seccomp_rule_add(
				filter, action, SCMP_SYS(ipc), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffff, rules->ipc[i].call));
	}
	return r;
}

static int fill(scmp_filter_ctx filter, const struct policy *p, bool audit)
{
	POLICY_CLEANUP(seccomp_rules_clear) struct seccomp_rules rules = { 0 };
	uint32_t arches[SECCOMP_ARCHITECTURES];
	size_t n = seccomp_architectures(arches);
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
				 audit ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS);

	for (size_t i = 1; i < n && !r; i++)
		r = seccomp_arch_add(filter, arches[i]);
	if (!r)
		r = seccomp_rules_build(p, &rules);
	return r ? r : add_rules(filter, p, &rules, audit);
}

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* libseccomp writes programs to descriptors only. */
static int export(scmp_filter_ctx filter, struct seccomp_program *ret)
{
	POLICY_CLEANUP(close_fd) int fd = memfd_create("bailiff-seccomp", MFD_CLOEXEC);
	POLICY_CLEANUP(policy_freep) struct sock_filter *code = NULL;
	off_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(filter, fd);
	if (r < 0)
		return r;
	size = lseek(fd, 0, SEEK_END);
	if (size > (off_t)(BPF_MAXINSNS * sizeof(*code)))
		return -E2BIG;
	code = malloc((size_t)size + 1);
	if (!code)
		return -ENOMEM;
	if (size <= 0 || pread(fd, code, (size_t)size, 0) != size)
		return -EIO;
	ret->count = (uint16_t)((size_t)size / sizeof(*code));
	ret->code = POLICY_TAKE(code);
	return 0;
}

static void release(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

int seccomp_compile(const struct policy *p, bool audit_only, struct seccomp_program *ret,
		    struct diag_list *diags)
{
	bool audit = audit_only || p->mode == POLICY_MODE_AUDIT;
	POLICY_CLEANUP(release) scmp_filter_ctx filter = NULL;
	int r;

	*ret = (struct seccomp_program){ 0 };
	if (!seccomp_wanted(p))
		return 0;
	/* what the oldest kernel of ours takes, whatever this process may ask its own */
	if (seccomp_api_get() < API_LEVEL)
		seccomp_api_set(API_LEVEL);
	filter = seccomp_init(seccomp_default(p, audit));
	r = filter ? fill(filter, p, audit) : -ENOMEM;
	if (!r)
		r = export(filter, ret);
	if (r < 0)
		diag_add(diags, DIAG_ERROR, p->seccomp.pos.file, p->seccomp.pos.line,
			 r == -E2BIG ? "the seccomp filter of policy \"%s\" is longer than the "
				       "kernel takes: write fewer calls (%s)"
				     : "the seccomp filter of policy \"%s\" can't be compiled: %s",
			 p->name, strerror(-r));
	return r;
}

void seccomp_program_clear(struct seccomp_program *program)
{
	free(program->code);
	*program = (struct seccomp_program){ 0 };
}
