# SPDX-License-Identifier: GPL-2.0-or-later
# `make help` lists the targets. V=1 shows commands, SAN=1 builds with ASan and UBSan,
# DESTDIR and PREFIX say where `make install` puts things.

PREFIX ?= /usr
SYSCONFDIR ?= /etc
SBINDIR = $(DESTDIR)$(PREFIX)/sbin
BINDIR = $(DESTDIR)$(PREFIX)/bin
DATADIR = $(DESTDIR)$(PREFIX)/share/bailiff
LIBEXECDIR = $(DESTDIR)$(PREFIX)/libexec/bailiff

CC = gcc
CLANG = clang
BPFTOOL = $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
INSTALL = install
B = build$(if $(SAN),/san)
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' $(1) $(2))

JOBS = -j$(shell nproc)

VERSION = 0.1
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
SANFLAGS = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
comma = ,
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(SANFLAGS) -D_GNU_SOURCE -DBAILIFF_VERSION='"$(VERSION)"' \
	-DBAILIFF_PREFIX='"$(PREFIX)"' -DBAILIFF_SYSCONFDIR='"$(SYSCONFDIR)"' -I. -I$(B)
LIBS = -lbpf -lcgroup -lconfig -ljson-c -lmount -lseccomp
# the kernel's types come from bpf/kernel_types.h, the offsets from the running kernel
BPF_CFLAGS = -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-declarations -D__TARGET_ARCH_x86 -I/usr/include/$(shell $(CC) -dumpmachine)

BPF_OBJS = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard bpf/*/*.bpf.c)))
LIB_OBJS = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard $(1)/*.c)))
MAIN_OBJS = $(patsubst %.c,$(B)/%.o,$(wildcard agent/*_main.c))
AGENT_OBJS = $(filter-out $(MAIN_OBJS),$(call LIB_OBJS,agent))
ARCHIVES = $(B)/libagent.a $(B)/libaudit.a $(B)/libpolicy.a
PROGRAMS = $(B)/bailiffd $(B)/bailiff
HOOK = $(B)/bailiff-hook
UNIT_TESTS = $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(sort $(wildcard tests/unit/*_test.c)))

.PHONY: all check mutants unit property demo bench fuzz tidy install deps help clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) $(HOOK)

help:
	@echo 'all      build bailiffd, bailiff and bailiff-hook'
	@echo 'demo     watch a policy confine a program (in a VM if this kernel has no BPF LSM)'
	@echo 'check    every test: unit, golden, and the kernel scenarios in VMs'
	@echo 'bench    what bailiff, AppArmor and Landlock add to operations, in instructions, in VMs'
	@echo 'mutants  break each protection in a copy of the tree and see a test fail (slow)'
	@echo 'fuzz     the fuzzers, FUZZ_SECONDS (60) each'
	@echo 'unit     the unit tests alone; with SAN=1 under ASan and UBSan, VALGRIND=1 under valgrind'
	@echo 'property decisions by chance: bailiff test, a naive reference and this kernel'
	@echo 'tidy     clang-tidy and clang-format'
	@echo 'install  into DESTDIR and PREFIX ($(PREFIX))'
	@echo 'deps     install the missing Debian packages'

deps:
	$(Q)packaging/deps

# ---- BPF: one object with one set of maps, one skeleton

$(B)/%.bpf.o: %.bpf.c
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(B)/bailiff.bpf.o: $(BPF_OBJS)
	$(call say,LINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(B)/bailiff.skel.h: $(B)/bailiff.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name bailiff_bpf > $@

# ---- user space

# written anew when the flags are others than last time
$(B)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(ALL_CFLAGS)' | cmp -s - $@ || echo '$(ALL_CFLAGS)' > $@

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(AGENT_OBJS) $(MAIN_OBJS): | $(B)/bailiff.skel.h

$(B)/libpolicy.a: $(call LIB_OBJS,policy)
$(B)/libaudit.a: $(call LIB_OBJS,audit)
$(B)/libagent.a: $(AGENT_OBJS)
$(ARCHIVES):
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(PROGRAMS): $(B)/%: $(B)/agent/%_main.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# starts with every container: libc and json-c only
$(HOOK): $(B)/agent/hook_main.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c

install: all
	$(Q)$(INSTALL) -d $(SBINDIR) $(BINDIR) $(LIBEXECDIR) $(DATADIR)/presets $(DESTDIR)$(SYSCONFDIR)/bailiff/policies.d
	$(Q)$(INSTALL) -m 755 $(B)/bailiffd $(SBINDIR)/bailiffd
	$(Q)$(INSTALL) -m 755 $(B)/bailiff $(BINDIR)/bailiff
	$(Q)$(INSTALL) -m 755 $(HOOK) $(LIBEXECDIR)/bailiff-hook
	$(Q)packaging/install-files '$(DESTDIR)' '$(PREFIX)' '$(SYSCONFDIR)'

# ---- demonstration and tests; each sees to what it needs

demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo/run

# The guests take longest, and leave a sixth of two processors to the others. What both the guests and
# the unit tests need is built before, so that no two build it at once.
check: deps
	$(Q)$(MAKE) --no-print-directory $(JOBS) all $(PROPERTY)
	$(Q)rm -f build/tally build/failures
	$(Q)tests/tally kernel tests/kernel/run >build/kernel.log 2>&1 & \
	tests/tally docs tests/docs/run >build/docs.log 2>&1 & \
	tests/tally unit $(MAKE) -s $(JOBS) unit && \
	tests/tally unit-sanitized $(MAKE) -s $(JOBS) unit SAN=1 && \
	tests/tally unit-valgrind $(MAKE) -s unit VALGRIND=1 && \
	tests/tally property $(MAKE) -s $(JOBS) property && \
	tests/tally kubernetes tests/kubernetes/run; \
	status=$$?; wait; cat build/docs.log build/kernel.log; exit $$status
	$(Q)tests/tally

$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka -lpthread

# runs it
$(B)/tests/unit/hook_program_test: | $(HOOK)

# what the manual pages are compared with
$(B)/tests/docs/words: $(B)/tests/docs/words.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# by hand: each protection is broken once, and a test must say so
mutants: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/kernel/mutants

unit: $(UNIT_TESTS)
	$(Q)$(if $(VALGRIND),VALGRIND=1) tests/unit/run $^

# simulator, reference and kernel, with a program and a skeleton of its own
PROPERTY = $(B)/tests/property/property
PROPERTY_OBJS = $(patsubst %.c,$(B)/%.o,$(filter-out %.bpf.c,$(sort $(wildcard tests/property/*.c))))

$(PROPERTY).skel.h: $(PROPERTY).bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name property_bpf > $@

$(PROPERTY_OBJS): | $(PROPERTY).skel.h

$(PROPERTY): $(PROPERTY_OBJS) $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

property: $(PROPERTY)
	$(Q)tests/property/run $(PROPERTY) --count 50000

bench: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/bench/run --check

# libFuzzer, each target for FUZZ_SECONDS; `tests/fuzz/run --keep` adds what was found to the corpus
FUZZ_SECONDS ?= 60
FUZZ_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZERS = $(patsubst tests/fuzz/%_fuzz.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
FUZZ_OBJS = $(patsubst %.c,build/fuzz/obj/%.o,$(wildcard policy/*.c audit/*.c) \
	$(addprefix agent/,action.c action_device.c action_network.c action_text.c args.c facts.c \
	fault.c json_text.c oci_cgroup.c oci_config.c oci_facts.c oci_input.c oci_seccomp.c oci_state.c \
	oci_store.c proto.c reply.c request.c seccomp_call.c seccomp_cond.c seccomp_words.c))

build/fuzz/obj/%.o: %.c $(B)/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(ALL_CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

$(addprefix build/fuzz/,$(FUZZERS)): build/fuzz/%: build/fuzz/obj/tests/fuzz/%_fuzz.o $(FUZZ_OBJS)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

fuzz: deps
	$(Q)$(MAKE) --no-print-directory $(addprefix build/fuzz/,$(FUZZERS))
	$(Q)tests/fuzz/run --seconds $(FUZZ_SECONDS) $(FUZZERS)

C_FILES = $(wildcard agent/*.[ch] audit/*.[ch] policy/*.[ch] bpf/*.h bpf/*/*.[ch] tests/*/*.[ch])

tidy:
	$(Q)clang-format --dry-run --Werror $(C_FILES)
	$(Q)clang-tidy --quiet $(wildcard agent/*.c audit/*.c policy/*.c) -- -std=gnu11 $(filter -D% -I%,$(ALL_CFLAGS))

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
