/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports and address ranges of network rules. */
#ifndef BAILIFF_POLICY_PARSE_ADDRESS_H
#define BAILIFF_POLICY_PARSE_ADDRESS_H

#include "policy/parse.h"

/* "80,443,8000-8100" or a number, 0 to 65535, added to a rule. */
void parse_ports(struct parse *p, const config_setting_t *s, struct net_rule *rule);

/* "10.0.0.0/8", "fd00::/8" or a bare address, added to the struct net_rule `target`. */
void parse_cidr(struct parse *p, const config_setting_t *s, void *target);

/* The canonical text; needs CIDR_TEXT bytes. */
#define CIDR_TEXT 64
void cidr_text(const struct cidr *cidr, char *buf);

#endif
