/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/cleanup.h"

static int source_add(struct source_list *list, char *path)
{
	char **grown;

	if (!path)
		return -ENOMEM;
	grown = reallocarray(list->paths, list->count + 1, sizeof(*grown));
	if (!grown) {
		free(path);
		return -ENOMEM;
	}
	list->paths = grown;
	list->paths[list->count++] = path;
	return 0;
}

static int is_config(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && !strcmp(entry->d_name + len - 4, ".cfg");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int source_add_directory(struct source_list *list, const char *directory)
{
	struct dirent **entries = NULL;
	int n = scandir(directory, &entries, is_config, by_name);
	size_t len = strlen(directory);
	int r = n < 0 ? -errno : 0;

	while (len > 1 && directory[len - 1] == '/')
		len--;
	for (int i = 0; i < n; i++) {
		char *path = NULL;

		if (!r) {
			if (asprintf(&path, "%.*s/%s", (int)len, directory, entries[i]->d_name) < 0)
				path = NULL;
			r = source_add(list, path);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

int source_find(struct source_list *list, const char *const *paths, size_t n,
		struct diag_list *diags)
{
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		struct stat st;
		int r;

		if (stat(paths[i], &st) < 0)
			r = -errno;
		else if (S_ISDIR(st.st_mode))
			r = source_add_directory(list, paths[i]);
		else
			r = source_add(list, strdup(paths[i]));
		if (r < 0)
			diag_add(diags, DIAG_ERROR, paths[i], 0, "can't be read: %s", strerror(-r));
		if (r < 0 && !ret)
			ret = r;
	}
	return ret;
}

void source_list_clear(struct source_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct source_list){ 0 };
}

/* Each line ends: without that, libconfig does not take the last one for a comment. */
static int read_all(FILE *in, char **ret, size_t *len)
{
	POLICY_CLEANUP(policy_freep) char *text = NULL;
	size_t size = 0, used = 0, got;

	do {
		if (used + 2 >= size) {
			char *grown;

			if (size > SOURCE_MAX_BYTES)
				return -EFBIG;
			size = size ? size * 2 : 16384;
			grown = realloc(text, size);
			if (!grown)
				return -ENOMEM;
			text = grown;
		}
		errno = 0;
		got = fread(text + used, 1, size - used - 2, in);
		used += got;
	} while (got);
	if (ferror(in))
		return errno ? -errno : -EIO;
	if (used && text[used - 1] != '\n')
		text[used++] = '\n';
	text[used] = '\0';
	*len = used;
	*ret = POLICY_TAKE(text);
	return 0;
}

int source_read(FILE *in, const char *name, char **ret, struct diag_list *diags)
{
	POLICY_CLEANUP(policy_freep) char *text = NULL;
	unsigned line = 1;
	size_t len = 0;
	int r = read_all(in, &text, &len);

	if (r == -EFBIG) {
		diag_add(diags, DIAG_ERROR, name, 0, "the file is too large: at most %u bytes",
			 SOURCE_MAX_BYTES);
		return r;
	}
	if (r < 0) {
		diag_add(diags, DIAG_ERROR, name, 0, "can't be read: %s", strerror(-r));
		return r;
	}
	if (strlen(text) != len) {
		for (const char *c = text; *c; c++)
			line += *c == '\n';
		diag_add(diags, DIAG_ERROR, name, line, "a NUL byte: a policy is text");
		return -EINVAL;
	}
	*ret = POLICY_TAKE(text);
	return 0;
}
