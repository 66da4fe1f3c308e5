# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of bailiff for bash.

_bailiff_options() {
	bailiff "$1" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*|-o' | sort -u
}

_bailiff_field() {
	bailiff status -o json 2>/dev/null |
		sed -n "/\"$1\"/,/^  \\]/s/^ *\"$2\": *\"\\(.*\\)\",*\$/\\1/p"
}

_bailiff() {
	local verbs='check test run seccomp bind unbind status reload tail doctor unload help version'
	local classes='exec file network capability process device sysctl'
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
		return
	fi
	case $verb:$before in
	help:*) mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word") ;;
	*:-o | *:--output) mapfile -t COMPREPLY < <(compgen -W 'json text' -- "$word") ;;
	*:--class | *:--allow-missing)
		mapfile -t COMPREPLY < <(compgen -W "$classes" -- "$word")
		;;
	bind:--policy)
		mapfile -t COMPREPLY < <(compgen -W "$(_bailiff_field policies name)" -- "$word")
		;;
	unbind:--name | tail:--container)
		mapfile -t COMPREPLY < <(compgen -W "$(_bailiff_field containers name)" -- "$word")
		;;
	*)
		case $word in
		-*) mapfile -t COMPREPLY < <(compgen -W "$(_bailiff_options "$verb")" -- "$word") ;;
		*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
		esac
		;;
	esac
}

complete -o filenames -F _bailiff bailiff
