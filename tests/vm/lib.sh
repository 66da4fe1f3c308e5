# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the scripts beside it: places, messages, and Debian packages fetched without installing them.

umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
cache=$top/build/vm

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 125
}

trap 'die "line $LINENO failed"' ERR

usage_error() {
	printf '%s: %s (see --help)\n' "${0##*/}" "$*" >&2
	exit 2
}

need_programs() {
	local program
	for program; do
		type -P "$program" >/dev/null || die "$program is missing: run packaging/deps"
	done
}

# The configured archive as "URI RELEASE SIGNED-BY" lines, one a suite.
configured_suites() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(SIGNED_BY)' \
		'Created-By: Packages' 'Component: main' | sort -u
}

# A source line for the security suite, if the machine has none: every mirror keeps it beside the main archive.
missing_security_source() {
	configured_suites | awk '
		$2 ~ /-security$/	{ found = 1 }
		$2 !~ /-/ && !uri	{ uri = $1; release = $2; key = $3 }
		END {
			if (found || !uri)
				exit
			sub("/*$", "", uri)
			printf "deb %s%s-security %s-security main\n", key ~ /^\// ? "[signed-by=" key "] " : "", uri, release
		}'
}

# Package lists of our own, so that neither root nor a change of the machine's configuration is needed.
use_private_lists() {
	local apt=$cache/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources.list.d"
	rm -f "$apt/sources.list.d/"*
	find /etc/apt/sources.list.d -maxdepth 1 \( -name '*.list' -o -name '*.sources' \) \
		-exec cp -t "$apt/sources.list.d" {} + 2>/dev/null || true
	missing_security_source >"$apt/sources.list.d/security.list"
	cat >"$apt/apt.conf" <<-END
		Dir::State::lists "$apt/lists";
		Dir::Cache "$apt/cache";
		Dir::Etc::sourceparts "$apt/sources.list.d";
		APT::Sandbox::User "root";
	END
	export APT_CONFIG=$apt/apt.conf
	apt-get -qq update || die "apt-get update failed"
}

# Tries a function with the machine's package lists, then with fresh ones of our own.
with_package_lists() {
	"$@" 2>/dev/null && return
	use_private_lists
	"$@" || die "cannot fetch by apt-get: $*"
}

# unpack_packages DIR PACKAGE...: downloads the packages and unpacks them all into DIR.
unpack_packages() {
	local dir=$1 debs=$1.debs
	shift
	mkdir -p "$debs" &&
		(cd "$debs" && apt-get -qq -o APT::Sandbox::User=root download "$@") &&
		find "$debs" -name '*.deb' -exec dpkg -x {} "$dir" \; &&
		rm -r "$debs"
}

# The direct dependencies of a package whose names match a pattern.
package_depends() {
	apt-cache depends "$1" | sed -n "s/^  Depends: \\($2\\)\$/\\1/p" | grep .
}

# copy_libraries ROOT DIR...: copies into ROOT the shared libraries that the programs below the DIRs need.
copy_libraries() {
	local root=$1 listing missing library place
	shift
	listing=$(find "$@" -type f \( -perm /111 -o -name '*.so*' \) -exec ldd {} + 2>/dev/null || true)
	missing=$(awk '/=> not found/ { print $1 }' <<<"$listing" | sort -u | tr '\n' ' ')
	[ -z "$missing" ] || die "shared libraries not found: $missing"
	awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' <<<"$listing" | sort -u |
		while IFS= read -r library; do
			place=$root$(realpath "$(dirname "$library")")
			case $library in "$root"/*) continue ;; esac
			[ -e "$place/${library##*/}" ] && continue
			mkdir -p "$place"
			cp -L "$library" "$place/"
		done
}
