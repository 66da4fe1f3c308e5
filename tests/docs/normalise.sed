# SPDX-License-Identifier: GPL-2.0-or-later
# What differs from run to run and from kernel to kernel.
s/20[0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]\(\.[0-9]*\)\{0,1\}Z\{0,1\}/TIME/g
s/\([a-z]\)\[[0-9][0-9]*\]/\1[PID]/g
s/pid [0-9][0-9]*/pid PID/g
s/version [0-9][0-9.]*/version VERSION/g
s/  *[0-9][0-9]* programs/ N programs/g
s/  *[0-9][0-9]* words/ N words/g
s/  *[0-9][0-9]* tasks\{0,1\}  */ N tasks /g
s/^[0-9][0-9]*$/ID/
s/[ 	]*$//
s/container_id":[0-9][0-9]*/container_id":ID/
