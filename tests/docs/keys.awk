# SPDX-License-Identifier: GPL-2.0-or-later
# The keys of the policies in files, one a line, with the groups they are in:
# process.exec.allow. A comment begins with '#' or '//'.

FNR == 1 {
	depth = 0
	key = ""
}

{
	gsub(/\\./, "")
	gsub(/"[^"]*"/, "\"\"")
	sub(/(#|\/\/).*/, "")
	while (match($0, /[A-Za-z_]+[ \t]*=|[{}]/)) {
		token = substr($0, RSTART, RLENGTH)
		$0 = substr($0, RSTART + RLENGTH)
		if (token == "{") {
			group[++depth] = key
		} else if (token == "}") {
			# the next group of a list is of the same key
			key = group[depth--]
		} else {
			sub(/[ \t]*=$/, "", token)
			key = depth ? group[depth] "." token : token
			if (index(key, "policies.") == 1)
				print substr(key, length("policies.") + 1)
		}
	}
}
