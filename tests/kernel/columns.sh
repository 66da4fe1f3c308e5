# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by scenarios whose containers are called after the kind of their rules: the cells of
# docs/conformance.md that their checks are of.
# shellcheck shell=dash disable=SC2034

# cell_in CONTAINER CLASS OPERATION: in the column of this container, if it has one
cell_in() {
	case $1 in
	allow | none | half-*) cell "$2" "$3" allow ;;
	deny | kill) cell "$2" "$3" "$1" ;;
	dry) cell "$2" "$3" audit ;;
	free) cell "$2" "$3" neighbour ;;
	*) cell ;;
	esac
}

# way_of WORD...: sets WAY: what is done, and of what kind if the next word says so
way_of() {
	local path
	while :; do
		case $1 in child | thread | seq) shift ;; *) break ;; esac
	done
	WAY=$1
	path=${3:-}
	path=${path%/}
	case $1-${2:-} in
	open-*) WAY=open_${path##*/} ;;
	*-*[!a-z0-9-]* | *-[!a-z]* | *-) ;;
	*) WAY=$1_$2 ;;
	esac
}

# no_kill CLASS OPERATION SECTION [REASON]: a policy with a kill there is refused, with a reason
no_kill() {
	local why="${4:-}"
	cell "$1" "$2" kill
	echo "policies = ( { name = \"k\"; $3 } );" >"$W/kill.cfg"
	if bailiff check "$W/kill.cfg" >"$W/out" 2>&1; then
		not_ok "a kill is refused" "$(cat "$W/out")"
	else
		[ "$why" ] || why=$(sed -n 's/^[^ ]*:1: \(.*\): write .*/\1/p' "$W/out")
		impossible "${why:-nothing was said}"
	fi
	cell
}
