/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "agent/cleanup.h"
#include "agent/identity.h"
#include "agent/identity_walk.h"
#include "agent/log.h"
#include "agent/namespaces.h"

/* One policy of one job, read back from the kernel. */
static int read_image(const struct maps *maps, const struct policy_head *head,
		      struct policy_image *image)
{
	*image = (struct policy_image){ .head = *head, .n_words = head->words };
	image->words = malloc(((size_t)head->words + 1) * sizeof(*image->words));
	if (!image->words)
		return -ENOMEM;
	return maps_read_image(maps, head->slot, 0, head->words, image->words);
}

static void free_image(struct policy_image *image)
{
	free(image->words);
}

static int walk_namespaces(const struct objects *objects, const struct policy_image *image,
			   const struct namespaces *namespaces, const char *root)
{
	OWNED(close_fd) int self = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int error = self < 0 ? -errno : 0;

	for (unsigned int i = 0; i < namespaces->count && !error; i++) {
		if (setns(namespaces->fd[i], CLONE_NEWNS) || (root && (chroot(root) || chdir("/"))))
			error = -errno;
		else
			error = identity_walk(objects->mark_program, image, self);
	}
	return error;
}

static int do_job(const struct objects *objects, const struct identity_job *job,
		  const struct policy_head *head)
{
	OWNED(namespaces_close) struct namespaces namespaces = { 0 };
	OWNED(free_image) struct policy_image image;
	int error = read_image(&objects->maps, head, &image);

	if (!error)
		error = namespaces_of_cgroup(job->cgroup, &namespaces);
	return error ? error : walk_namespaces(objects, &image, &namespaces, job->root);
}

/* Does the policy deny any path? The first word of its automaton tells. */
static bool denies_paths(const struct maps *maps, const struct policy_head *head)
{
	uint64_t start;

	return head->classes & (CLASS_EXEC | CLASS_FILE) && head->dfa_start &&
	       !maps_read_image(maps, head->slot, head->dfa_off + DFA_BASE(head->dfa_start), 1,
				&start) &&
	       start & DFA_REACHES_DENIAL;
}

/* Those jobs that there is something to do for. */
static uint32_t choose_jobs(const struct objects *objects, const struct identity_job *jobs,
			    uint32_t count, struct identity_job *chosen, struct policy_head *heads,
			    uint32_t n_heads)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++)
		if (jobs[i].policy < n_heads &&
		    denies_paths(&objects->maps, &heads[jobs[i].policy]))
			chosen[n++] = jobs[i];
	return n;
}

/* In the child. */
static int do_jobs(const struct objects *objects, const struct identity_job *jobs, uint32_t count,
		   const struct policy_head *heads)
{
	int error = 0;

	for (uint32_t i = 0; i < count && !error; i++)
		error = do_job(objects, &jobs[i], &heads[jobs[i].policy]);
	return error;
}

/* The child's status is an errno. */
static int await(pid_t child)
{
	OWNED(close_fd) int fd = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };
	int status, error = 0;

	if (fd >= 0 && poll(&ended, 1, IDENTITY_SECONDS * 1000) == 0) {
		kill(child, SIGKILL);
		error = -ETIMEDOUT;
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (error)
		return error;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

static int find(const struct objects *objects, const struct identity_job *jobs, uint32_t count)
{
	OWNED(free_memory) struct identity_job *chosen = malloc((count + 1) * sizeof(*chosen));
	OWNED(free_memory) struct policy_head *heads = NULL;
	uint32_t n_heads;
	pid_t child;
	int error = chosen ? maps_read_directory(&objects->maps, &heads, &n_heads) : -ENOMEM;

	if (error)
		return error;
	count = choose_jobs(objects, jobs, count, chosen, heads, n_heads);
	if (!count)
		return 0;
	child = fork();
	if (!child)
		_exit(-do_jobs(objects, chosen, count, heads));
	return child < 0 ? -errno : await(child);
}

void identity_find(const struct objects *objects, const struct identity_job *jobs, uint32_t count)
{
	int error = count ? find(objects, jobs, count) : 0;

	if (error == -ENOSPC)
		log_warning("denied files that have other names: there are more than %u, the "
			    "other names of the rest are judged by themselves only",
			    BAILIFF_MAX_IDENTITIES);
	else if (error)
		log_warning("denied files that have other names: not all could be looked for: "
			    "%s; other names of the rest are judged by themselves only",
			    strerror(-error));
}
