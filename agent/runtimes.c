/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agent/runtimes.h"

#define ID_LENGTH 64
#define NAME_LENGTH 12

struct part {
	const char *text;
	size_t length;
};

static const struct {
	const char *prefix, *runtime;
} prefixes[] = {
	{ "docker", "docker" }, { "cri-containerd", "containerd" }, { "crio", "cri-o" },
	{ "libpod", "podman" }, { "nerdctl", "containerd" },
};

/* The next component; false at the end of the path. */
static bool next_part(const char **at, struct part *ret)
{
	if (**at != '/')
		return false;
	*ret = (struct part){ *at + 1, strcspn(*at + 1, "/") };
	if (!ret->length || ret->length > NAME_MAX)
		return false;
	*at += 1 + ret->length;
	return true;
}

static bool part_is(struct part part, const char *text)
{
	return part.length == strlen(text) && !memcmp(part.text, text, part.length);
}

static bool take_start(struct part *part, const char *start)
{
	size_t length = strlen(start);

	if (part->length < length || memcmp(part->text, start, length))
		return false;
	part->text += length;
	part->length -= length;
	return true;
}

static bool take_end(struct part *part, const char *end)
{
	size_t length = strlen(end);

	if (part->length < length || memcmp(part->text + part->length - length, end, length))
		return false;
	part->length -= length;
	return true;
}

/* What stands between the two, at least one byte of it. */
static bool take_between(struct part *part, const char *start, const char *end)
{
	struct part inside = *part;

	if (!take_start(&inside, start) || !take_end(&inside, end) || !inside.length)
		return false;
	*part = inside;
	return true;
}

static bool is_id(struct part part)
{
	return part.length == ID_LENGTH && strspn(part.text, "0123456789abcdef") >= ID_LENGTH;
}

static bool found(struct runtimes_cgroup *ret, const char *runtime, struct part id)
{
	size_t name = is_id(id) ? NAME_LENGTH : id.length;

	ret->runtime = runtime;
	snprintf(ret->id, sizeof(ret->id), "%.*s", (int)id.length, id.text);
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)name, id.text);
	return true;
}

/* PREFIX-ID.scope */
static bool read_scope(struct part part, struct runtimes_cgroup *ret)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct part id = part;

		if (take_start(&id, prefixes[i].prefix) && take_between(&id, "-", ".scope") &&
		    is_id(id))
			return found(ret, prefixes[i].runtime, id);
	}
	return false;
}

/* SLICE:PREFIX:ID */
static bool read_colons(struct part part, struct runtimes_cgroup *ret)
{
	struct part id, slice = part;

	if (part.length <= ID_LENGTH)
		return false;
	slice.length -= ID_LENGTH;
	id = (struct part){ part.text + slice.length, ID_LENGTH };
	if (!is_id(id) || !take_end(&slice, ":"))
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct part rest = slice;

		if (take_end(&rest, prefixes[i].prefix) && take_between(&rest, "", ".slice:"))
			return found(ret, prefixes[i].runtime, id);
	}
	return false;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Undoes systemd-escape(1) of a name: `\x2d` is a '-'. */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		int high = text[0] == '\\' && text[1] == 'x' ? digit(text[2]) : -1;
		int low = high >= 0 ? digit(text[3]) : -1;

		if (low >= 0 && (high || low)) {
			*to++ = (char)(high << 4 | low);
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = 0;
}

/* machine-NAME.scope, of all that register with systemd-machined: libvirt's are named after
 * their driver. */
static bool read_machine(struct part part, struct runtimes_cgroup *ret)
{
	if (!take_between(&part, "machine-", ".scope"))
		return false;
	found(ret, "systemd-nspawn", part);
	unescape(ret->id);
	if (!strncmp(ret->id, "qemu-", 5) || !strncmp(ret->id, "lxc-", 4))
		ret->runtime = NULL;
	strcpy(ret->name, ret->id);
	return true;
}

/* systemd puts a '_' before what could be taken for a file of the cgroup. */
static bool read_service(struct part part, struct runtimes_cgroup *ret)
{
	struct part unit = part;

	(void)take_start(&unit, "_");
	part = unit;
	if (!take_between(&part, "", ".service"))
		return false;
	found(ret, "systemd", unit);
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)part.length, part.text);
	return ret->service = true;
}

static bool read_lxc(struct part part, struct runtimes_cgroup *ret)
{
	return take_between(&part, "lxc.payload.", "") && found(ret, "lxc", part);
}

/* The rest of a path, behind the slices. */
static bool read_leaf(const char *at, struct runtimes_cgroup *ret)
{
	struct part part, below, name;

	if (!next_part(&at, &part))
		return false;
	if (!*at)
		return read_scope(part, ret) || read_colons(part, ret) || read_lxc(part, ret) ||
		       read_machine(part, ret) || read_service(part, ret);
	if (!next_part(&at, &below) || *at)
		return false;
	name = part;
	if (part_is(below, "payload") && take_between(&name, "systemd-nspawn@", ".service"))
		return found(ret, "systemd-nspawn", name);
	if (take_between(&name, "run-", ".scope")) /* unprivileged lxc */
		return read_lxc(below, ret);
	return ret->inner = (part_is(below, "container") && read_scope(part, ret)) ||
			    (part_is(below, "payload") && read_machine(part, ret));
}

/* Where systemd puts scopes and services: in a slice, or below the manager of a user, which is a
 * service in one. */
static bool read_unit(const char *at, struct runtimes_cgroup *ret)
{
	bool place = true, slice = false;
	struct part part, manager;

	while (!place || !read_leaf(at, ret)) {
		if (!next_part(&at, &part))
			return false;
		manager = part;
		place = slice && take_between(&manager, "user@", ".service");
		slice = take_between(&part, "", ".slice");
		place = place || slice;
	}
	return true;
}

/* Of runtimes that make their cgroups themselves. */
static bool read_plain(const char *at, struct runtimes_cgroup *ret)
{
	struct part part[5];
	size_t n = 0;
	struct part *last;

	while (n < 5 && next_part(&at, &part[n]))
		n++;
	if (*at || n < 2)
		return false;
	last = &part[n - 1];
	if (n == 2 && part_is(part[0], "lxc"))
		return found(ret, "lxc", *last);
	if (part_is(part[0], "libpod_parent"))
		return (n == 2 || (n == 3 && is_id(part[1]))) && take_start(last, "libpod-") &&
		       is_id(*last) && found(ret, "podman", *last);
	if (n == 2 && (part_is(part[0], "docker") || part_is(part[0], "default")))
		return is_id(*last) &&
		       found(ret, part_is(part[0], "docker") ? "docker" : "containerd", *last);
	if (n == 2 && part_is(part[0], "crio"))
		return take_start(last, "crio-") && is_id(*last) && found(ret, "cri-o", *last);
	if (!part_is(part[0], "kubepods") || n < 3 || n > 4 ||
	    (n == 4 && !part_is(part[1], "burstable") && !part_is(part[1], "besteffort")) ||
	    !take_between(&part[n - 2], "pod", ""))
		return false;
	if (take_start(last, "crio-"))
		return is_id(*last) && found(ret, "cri-o", *last);
	return is_id(*last) && found(ret, NULL, *last);
}

bool runtimes_recognise(const char *path, struct runtimes_cgroup *ret)
{
	struct runtimes_cgroup cgroup = { 0 };

	if (!read_unit(path, &cgroup) && !read_plain(path, &cgroup))
		return false;
	*ret = cgroup;
	return true;
}

#define HEX4 "[0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
#define HEX16 HEX4 HEX4 HEX4 HEX4
#define ID HEX16 HEX16 HEX16 HEX16

/* Where systemd puts scopes and services */
#define PLACE "/{,**?.slice/{,user@?*.service/}}"
#define PREFIX "{docker,cri-containerd,crio,libpod,nerdctl}"

const char *const runtimes_globs[] = {
	PLACE PREFIX "-" ID ".scope",
	PLACE "?*.slice:" PREFIX ":" ID,
	PLACE "{,run-?*.scope/}lxc.payload.?*",
	PLACE "machine-?*.scope",
	PLACE "systemd-nspawn@?*.service/payload",
	"/{docker,default}/" ID,
	"/kubepods/{,burstable/,besteffort/}pod?*/{,crio-}" ID,
	"/crio/crio-" ID,
	"/libpod_parent/{," ID "/}libpod-" ID,
	"/lxc/?*",
	NULL,
};
