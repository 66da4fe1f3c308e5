/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/runtimes.h"
#include "policy/glob_match.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD "pod0a1b2c3d_0000_4d7c_904f_84bcbc28d719"
#define BURSTABLE "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-" POD ".slice/"
#define USER "/user.slice/user-1000.slice/user@1000.service/"

#define MUTATIONS 4000

struct expected {
	const char *path, *runtime, *id, *name;
	bool service, inner;
};

static const struct expected known[] = {
	{ "/system.slice/docker-" ID ".scope", "docker", ID, "0123456789ab", 0, 0 },
	{ "/a.slice/b.slice/c.slice/d.slice/e.slice/f.slice/g.slice/docker-" ID ".scope", "docker",
	  ID, "0123456789ab", 0, 0 },
	{ "/lxc.payload.web/system.slice/docker-" ID ".scope", "docker", ID, "0123456789ab", 0, 0 },
	{ "/system.slice/docker-" ID ".scope/system.slice/nginx.service", "systemd",
	  "nginx.service", "nginx", 1, 0 },
	{ "/docker-" ID ".scope", "docker", ID, "0123456789ab", 0, 0 },
	{ "/docker/" ID, "docker", ID, "0123456789ab", 0, 0 },
	{ USER "user.slice/docker-" ID ".scope", "docker", ID, "0123456789ab", 0, 0 },
	{ BURSTABLE "cri-containerd-" ID ".scope", "containerd", ID, "0123456789ab", 0, 0 },
	{ "/kubelet.slice/kubelet-kubepods.slice/a.slice/b.slice/c.slice/d.slice/cri-containerd-" ID
	  ".scope",
	  "containerd", ID, "0123456789ab", 0, 0 },
	{ BURSTABLE "cri-containerd-" ID ".scope/container", "containerd", ID, "0123456789ab", 0,
	  1 },
	{ "/kubepods.slice/kubepods-" POD ".slice/crio-" ID ".scope", "cri-o", ID, "0123456789ab",
	  0, 0 },
	{ BURSTABLE "crio-" ID ".scope/container", "cri-o", ID, "0123456789ab", 0, 1 },
	{ "/kubepods/burstable/" POD "/" ID, NULL, ID, "0123456789ab", 0, 0 },
	{ "/kubepods/" POD "/" ID, NULL, ID, "0123456789ab", 0, 0 },
	{ "/kubepods/besteffort/" POD "/crio-" ID, "cri-o", ID, "0123456789ab", 0, 0 },
	{ "/crio/crio-" ID, "cri-o", ID, "0123456789ab", 0, 0 },
	{ "/system.slice/kubepods-burstable-" POD ".slice:cri-containerd:" ID, "containerd", ID,
	  "0123456789ab", 0, 0 },
	{ "/system.slice:docker:" ID, "docker", ID, "0123456789ab", 0, 0 },
	{ BURSTABLE "kubepods-burstable-" POD ".slice:crio:" ID, "cri-o", ID, "0123456789ab", 0,
	  0 },
	{ "/machine.slice/libpod-" ID ".scope", "podman", ID, "0123456789ab", 0, 0 },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman", ID, "0123456789ab", 0, 1 },
	{ "/machine.slice/machine-libpod_pod_" ID ".slice/libpod-" ID ".scope", "podman", ID,
	  "0123456789ab", 0, 0 },
	{ "/libpod_parent/libpod-" ID, "podman", ID, "0123456789ab", 0, 0 },
	{ "/libpod_parent/" ID "/libpod-" ID, "podman", ID, "0123456789ab", 0, 0 },
	{ USER "user.slice/libpod-" ID ".scope", "podman", ID, "0123456789ab", 0, 0 },
	{ USER "user.slice/user-libpod_pod_1.slice/libpod-" ID ".scope/container", "podman", ID,
	  "0123456789ab", 0, 1 },
	{ "/default/" ID, "containerd", ID, "0123456789ab", 0, 0 },
	{ "/system.slice/nerdctl-" ID ".scope", "containerd", ID, "0123456789ab", 0, 0 },
	{ "/lxc.payload.web-1", "lxc", "web-1", "web-1", 0, 0 },
	{ "/lxc/101", "lxc", "101", "101", 0, 0 },
	{ "/lxc.slice/lxc.payload.a.slice", "lxc", "a.slice", "a.slice", 0, 0 },
	{ USER "app.slice/run-r1f.scope/lxc.payload.mine", "lxc", "mine", "mine", 0, 0 },
	{ "/machine.slice/systemd-nspawn@web.service/payload", "systemd-nspawn", "web", "web", 0,
	  0 },
	{ "/machine.slice/machine-web\\x2d1.scope", "systemd-nspawn", "web-1", "web-1", 0, 0 },
	{ "/machine.slice/machine-web\\x2d1.scope/payload", "systemd-nspawn", "web-1", "web-1", 0,
	  1 },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", NULL, "qemu-1-vm", "qemu-1-vm", 0, 0 },
	{ "/machine.slice/machine-a\\x0\\x00\\.scope", "systemd-nspawn", "a\\x0\\x00\\",
	  "a\\x0\\x00\\", 0, 0 },
	{ "/system.slice/nginx.service", "systemd", "nginx.service", "nginx", 1, 0 },
	{ "/system.slice/system-getty.slice/getty@tty1.service", "systemd", "getty@tty1.service",
	  "getty@tty1", 1, 0 },
	{ "/machine.slice/systemd-nspawn@web.service", "systemd", "systemd-nspawn@web.service",
	  "systemd-nspawn@web", 1, 0 },
	{ "/system.slice/_cpu.service", "systemd", "cpu.service", "cpu", 1, 0 },
	{ USER "app.slice/emacs.service", "systemd", "emacs.service", "emacs", 1, 0 },
	{ "/user.slice/user-1000.slice/user@1000.service", "systemd", "user@1000.service",
	  "user@1000", 1, 0 },
};

static const char *const unknown[] = {
	"",
	"/",
	"docker/" ID,
	"/init.scope",
	"/system.slice",
	"/docker",
	"/docker/" ID "/",
	"/docker/" ID "0",
	"/docker//" ID,
	"/docker/buildkit/" ID,
	"/other/" ID,
	"/" ID,
	"/system.slice/docker-" ID ".scope/init",
	"/system.slice/docker-" ID ".scope/container/docker-" ID ".scope",
	"/system.slice/docker-" ID ".scope/kubepods/" POD "/" ID,
	"/system.slice/docker-0" ID ".scope",
	"/system.slice/docker-ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef."
	"scope",
	"/system.slice/docker-" ID ".service/x",
	"/system.slice/docker-" ID,
	"/system.slice/docker-.scope",
	"/system.slice/other-" ID ".scope",
	BURSTABLE "crio-" ID,
	BURSTABLE "crio-conmon-" ID ".scope",
	BURSTABLE "cri-containerd-" ID ".scope/kubepods.slice",
	"/kubepods.slice/kubepods-" POD ".slice",
	"/kubepods/burstable/" POD,
	"/kubepods/guaranteed/" POD "/" ID,
	"/kubepods/burstable/pod/" ID,
	"/kubepods/burstable/" POD "/crio-conmon-" ID,
	"/kubepods/burstable/" POD "/" ID "/init",
	"/kubepods-burstable-" POD ":cri-containerd:" ID,
	"/.slice:cri-containerd:" ID,
	"/a.slice:cri-containerd:x" ID,
	"/a.slice:cri-containerd-" ID,
	"/a.slice:" ID,
	":" ID,
	"/machine.slice/libpod-conmon-" ID ".scope",
	"/machine.slice/libpod-" ID ".scope/other",
	"/libpod_parent/conmon",
	"/libpod_parent/pod/libpod-" ID,
	"/libpod_parent/libpod-conmon-" ID,
	USER "init.scope",
	USER "user.slice/libpod-conmon-" ID ".scope",
	"/user.slice/user-1000.slice/session-3.scope",
	"/user.slice/user-1000.slice/session-3.scope/libpod-" ID ".scope",
	"/user@1000.service/libpod-" ID ".scope",
	"/user.slice/user@.service/libpod-" ID ".scope",
	"/.slice/libpod-" ID ".scope",
	"/lxc.monitor.web",
	"/lxc.payload.",
	"/lxc.payload.web/init.scope",
	"/lxc.payload.web/libpod_parent/libpod-" ID,
	"/lxc.pivot",
	"/lxc",
	"/lxc/101/ns",
	"/machine.slice/systemd-nspawn@web.service/supervisor",
	"/machine.slice/systemd-nspawn@.service/payload",
	"/machine.slice/machine-.scope",
	"/system.slice/nginx.service/payload",
	"/system.slice/.service",
	"/system.slice/nginx.service/sub",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void recognises_containers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		const struct expected *e = &known[i];
		struct runtimes_cgroup found = { 0 };

		if (!runtimes_recognise(e->path, &found))
			fail_msg("%s: not recognised", e->path);
		if (!same(found.runtime, e->runtime) || strcmp(found.id, e->id) ||
		    strcmp(found.name, e->name) || found.service != e->service ||
		    found.inner != e->inner)
			fail_msg("%s: %s %s %s%s%s", e->path,
				 found.runtime ? found.runtime : "(none)", found.id, found.name,
				 found.service ? " service" : "", found.inner ? " inner" : "");
	}
}

static void leaves_the_rest_alone(void **state)
{
	struct runtimes_cgroup found = { .id = "before" };
	char *path;

	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++)
		if (runtimes_recognise(unknown[i], &found))
			fail_msg("%s: taken for %s", unknown[i], found.id);
	assert_true(asprintf(&path, "/lxc/%0256d", 0) > 0);
	assert_false(runtimes_recognise(path, &found)); /* longer than a name may be */
	free(path);
	assert_string_equal(found.id, "before");
}

/* The globs on their own. */
struct globs {
	struct arena arena;
	struct glob_seq parsed[32];
	size_t count;
};

static int parse_globs(void **state)
{
	static struct globs globs;
	char why[160];

	for (; runtimes_globs[globs.count]; globs.count++) {
		const char *text = runtimes_globs[globs.count];
		struct glob_seq *seq = &globs.parsed[globs.count];

		assert_in_range(globs.count, 0, COUNT(globs.parsed) - 1);
		if (glob_parse(&globs.arena, text, seq, why, sizeof(why)) ||
		    glob_check_path(seq, strlen(text), why, sizeof(why)))
			fail_msg("%s: %s", text, why);
	}
	*state = &globs;
	return 0;
}

static int clear_globs(void **state)
{
	struct globs *globs = *state;

	arena_clear(&globs->arena);
	return 0;
}

static void compare(const struct globs *globs, const char *path, size_t *positive)
{
	struct runtimes_cgroup found;
	bool expected = runtimes_recognise(path, &found) && !found.service && !found.inner;
	bool matched = false;

	for (size_t i = 0; i < globs->count && !matched; i++) {
		int r = glob_match(&globs->parsed[i], path);

		assert_true(r >= 0);
		matched = r;
	}
	/* the kernel has no empty names */
	if (matched != expected && !strstr(path, "//"))
		fail_msg("%s: the globs say %d, the recogniser %d", path, matched, expected);
	*positive += matched;
}

static void globs_say_the_same(void **state)
{
	size_t positive = 0;

	for (size_t i = 0; i < COUNT(known); i++)
		compare(*state, known[i].path, &positive);
	assert_in_range(positive, 1, COUNT(known) - 1);
	for (size_t i = 0; i < COUNT(unknown); i++)
		compare(*state, unknown[i], &positive);
}

static uint32_t random_below(uint32_t n)
{
	static uint32_t seed = 20;

	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

/* One of the paths, with its components now and then left out, doubled, or those of another. */
static void splice(char *to, size_t size, const char *path)
{
	const char *other = known[random_below(COUNT(known))].path;
	size_t length = 0;

	while (*path == '/' && length + 300 < size) {
		size_t part = 1 + strcspn(path + 1, "/");
		uint32_t what = random_below(12);

		if (what == 0) {
			path += part;
			continue;
		}
		if (what == 1 && *other) {
			size_t foreign = 1 + strcspn(other + 1, "/");

			length += (size_t)snprintf(to + length, size - length, "%.*s", (int)foreign,
						   other);
			other += foreign;
			continue;
		}
		length += (size_t)snprintf(to + length, size - length, "%.*s", (int)part, path);
		if (what != 2)
			path += part;
	}
	to[length] = 0;
}

/* A byte changed, left out or put in. */
static void spoil(char *path)
{
	static const char bytes[] = "/.-:@_0afgx\\*slice";
	size_t length = strlen(path), at = random_below((uint32_t)length + 1);
	char byte = bytes[random_below(sizeof(bytes) - 1)];

	switch (random_below(3)) {
	case 0:
		path[at] = at < length ? byte : 0;
		break;
	case 1:
		memmove(path + at, path + at + (at < length), length + 1 - at - (at < length));
		break;
	default:
		memmove(path + at + 1, path + at, length + 1 - at);
		path[at] = byte;
	}
}

static void globs_say_the_same_of_mutations(void **state)
{
	size_t positive = 0;

	for (int i = 0; i < MUTATIONS; i++) {
		size_t which = random_below(COUNT(known) + COUNT(unknown));
		char path[4096];

		splice(path, sizeof(path) - 8,
		       which < COUNT(known) ? known[which].path : unknown[which - COUNT(known)]);
		if (random_below(2))
			spoil(path);
		compare(*state, path, &positive);
	}
	assert_in_range(positive, MUTATIONS / 20, MUTATIONS - MUTATIONS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognises_containers),
		cmocka_unit_test(leaves_the_rest_alone),
		cmocka_unit_test(globs_say_the_same),
		cmocka_unit_test(globs_say_the_same_of_mutations),
	};

	return cmocka_run_group_tests(tests, parse_globs, clear_globs);
}
