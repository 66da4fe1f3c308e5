# SPDX-License-Identifier: GPL-2.0-or-later
# Compares bench.tsv with what is promised: a line for each promise, the counts, and status 1
# if one is not kept. What was not measured is not kept.

function say(good, what, figures) {
	printf "%s bench [%s]: %s: %s\n", good ? "ok" : "not ok", kernel, what, figures
	good ? passed++ : failed++
}

# True if all these conditions of an operation were measured.
function measured(operation, conditions, list, n, i) {
	n = split(conditions, list, " ")
	for (i = 1; i <= n; i++)
		if (!((kernel, operation, list[i]) in total)) {
			say(0, operation, list[i] " was not measured")
			return 0
		}
	return 1
}

function beside_apparmor(operation, ours, theirs) {
	if (!measured(operation, CONFINED " apparmor"))
		return
	ours = added[kernel, operation, "confined-100"]
	theirs = added[kernel, operation, "apparmor"]
	say(theirs > 0 && ours <= 1.1 * theirs, operation " confined adds at most 1.1 times what AppArmor adds",
		sprintf("%d and %d, %.2f times", ours, theirs, theirs ? ours / theirs : 0))
}

function same_for_all_sizes(operation, list, n, i, value, least, most, base) {
	if (!measured(operation, CONFINED))
		return
	n = split(CONFINED, list, " ")
	least = most = total[kernel, operation, list[1]]
	for (i = 2; i <= n; i++) {
		value = total[kernel, operation, list[i]]
		if (value < least)
			least = value
		if (value > most)
			most = value
	}
	base = total[kernel, operation, "bare"]
	say(most <= 1.01 * least, operation " is the same within 1% for 10, 100 and 1,000 rules",
		sprintf("%d to %d in all, +%.2f%%; added %d to %d, +%.2f%%", least, most, 100 * (most / least - 1), \
			least - base, most - base, least > base ? 100 * (most - least) / (least - base) : 0))
}

function no_dearer(operation, condition, other, ours, theirs) {
	if (!measured(operation, condition " " other))
		return
	ours = total[kernel, operation, condition]
	theirs = total[kernel, operation, other]
	say(ours <= 1.01 * theirs, operation " is no dearer where others have rules of all classes", ours " and " theirs " in all")
}

function adds(operation, condition, least, most, what) {
	if (measured(operation, condition))
		say(added[kernel, operation, condition] >= least && added[kernel, operation, condition] <= most, \
			operation " " what, sprintf("%+d", added[kernel, operation, condition]))
}

BEGIN {
	FS = "\t"
	CONFINED = "confined-10 confined-100 confined-1000"
	# programs that are called for each: a capability is asked for thrice; for a program on sysctls
	# the kernel reads the old value, which is as dear as six; whose a socket is that listens is
	# written down for later policies, as dear as two
	others = split("map-executable protect-executable chmod ioctl fcntl capable signal socket listen sysctl-read device-open", other, " ")
	split("1 1 2 2 2 3 2 2 3 7 2", calls, " ")
	opens = split("open-depth3 open-depth10 open-new-file open-new-directory", open, " ")
}

{ total[$1, $2, $3] = $4; added[$1, $2, $3] = $5 }

END {
	n = split(KERNELS, kernels, " ")
	for (k = 1; k <= n; k++) {
		kernel = kernels[k]
		beside_apparmor("open-depth3")
		for (i = 1; i <= opens; i++) {
			same_for_all_sizes(open[i])
			adds(open[i], "unconfined", -5, 350, "unconfined adds at most 350")
			adds(open[i], "beside", -5, 400, "unconfined, beside policies of all classes, adds at most 400")
			no_dearer(open[i], "confined-beside", "confined-100")
		}
		for (i = 1; i <= others; i++) {
			adds(other[i], "beside", -100, 200 + 350 * calls[i], "unconfined, beside policies of all classes, adds no more than a gate for each program")
			adds(other[i], "elsewhere", -100, 200 + 400 * calls[i], "under a policy without such rules adds no more than a gate for each program")
		}
		for (i = 1; i <= split("fcntl capable sysctl-read", free, " "); i++)
			adds(free[i], "unconfined", -20, 20, "adds nothing where no policy has such rules")
		adds("stat", "unconfined", -5, 5, "unconfined adds nothing")
		adds("stat", "confined-100", -5, 5, "confined adds nothing")
		adds("open-depth3", "bare-again", -20, 20, "is as before after unload")
	}
	printf "%d passed, %d failed, 0 skipped\n", passed, failed
	exit failed > 0 || !passed
}
