# Makefile - builds sbxc and sbx-run into build/, runs the tests. GNU make 4.3.
#
#   make            build/sbxc, build/sbx-run, build/libsbx.a, build/libsbx.so
#   make check      every test: unit, goldens, errors, layers, live (what needs more than this kernel says SKIP)
#   make check-vm   the guest scripts of tests/vm on kernels of Debian: KERNELS="5.10 6.1 ... 7.3" (tests/vm/kernels.tsv; here), FULL=1;
#                   LIVE=1: tests/live there instead, SYSTEMD=1: delegation by systemd
#   make check-static  cppcheck, gcc -fanalyzer and clang-tidy over all sources; half an hour, then only what changed
#   make check-san  the same programs under AddressSanitizer and UndefinedBehaviorSanitizer, threads of libsbx under ThreadSanitizer
#   make proof-long 100,000 random policies and changed filters for the proof, 100,000 pairs for diff, 100,000 policies
#                   for macOS, for fmt and for normalize; an hour
#   make bench      ratios against peers and floors, interleaved
#   make fuzz       libFuzzer targets, FUZZ_TIME seconds each
#   make bless      takes the present output as the golden output
#   make install    PREFIX=/usr/local DESTDIR=
#   make macos-tests    build/macos-tests: the plans that tests/macos/run.sh needs on a Mac
#   make macos-loader   on a Mac, as `make` does there: build/sbx-run, build/libsbx.a, build/libsbx.dylib
#
# On macOS (GNU make 3.81 there is enough) the loader and the library are built; plans are made on Linux.
#
# V=1 shows the commands. CFLAGS and LDFLAGS are the user's; WERROR=1 (set by check) makes warnings errors.

VERSION := 0.1.0
B       ?= build
CC      ?= gcc
OBJCOPY ?= objcopy
FLEX    ?= flex
BISON   ?= bison
MUSL_CC ?= musl-gcc
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
INCDIR  ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR  ?= $(DATADIR)/man
COMPDIR ?= $(DATADIR)/bash-completion/completions
CFLAGS  ?= -O2 -g
Q       := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings \
        -Wswitch-enum -Wvla -Wformat=2 -Wundef $(if $(WERROR),-Werror)
STD  := -std=gnu11 -D_GNU_SOURCE -DSBX_VERSION='"$(VERSION)"' -MMD -MP -fno-strict-aliasing
# The loader is exec'd at every start: small counts. It has no relocations, so there is nothing for relro to protect.
SMALL := -Oz -fno-expensive-optimizations -fno-tree-tail-merge -fno-shrink-wrap -fno-tree-sink -fno-tree-sra -fno-jump-tables -fno-caller-saves -fno-tree-dominator-opts -fno-ipa-sra -flto=auto -flto-partition=one -fipa-pta -fno-inline-functions-called-once -fno-optimize-sibling-calls
# runtime/static_start.c and static_calls.c are what libc has for this machine.
ifneq ($(filter x86_64-%,$(shell $(MUSL_CC) -dumpmachine 2>/dev/null)),)
SMALL += -malign-data=abi -mno-sse -mno-mmx -mno-80387 -mskip-rax-setup -mstack-protector-guard=global -DSBX_OWN_START
OWN_START := -nostartfiles
endif
HARD := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
YAML_CFLAGS := $(shell pkg-config --cflags yaml-0.1 2>/dev/null)
YAML_LIBS   := $(shell pkg-config --libs yaml-0.1 2>/dev/null || echo -lyaml)
SECCOMP_LIBS := $(shell pkg-config --libs libseccomp 2>/dev/null || echo -lseccomp)
CRITERION_LIBS := $(shell pkg-config --libs criterion 2>/dev/null || echo -lcriterion)

COMPILER_SRC := $(wildcard compiler/*.c grammar/*.c backends/*.c backends/*/*.c)
GENERATED    := $(B)/gen/sbx.tab.c $(B)/gen/sbx.lex.c
# sha256*.c is the one piece of code, beside the plan format, that compiler and loader share.
COMPILER_OBJ := $(COMPILER_SRC:%.c=$(B)/%.o) $(GENERATED:.c=.o) $(B)/runtime/sha256.o $(B)/runtime/sha256_x86.o
RUNTIME_SRC  := $(wildcard runtime/*.c)
RUNTIME_OBJ  := $(patsubst %.c,$(B)/static/%.o,$(filter-out runtime/lib_%.c,$(RUNTIME_SRC)))
# And once more for libsbx: position independent, nothing visible but what sbx.h declares.
LIB_OBJ      := $(patsubst %.c,$(B)/lib/%.o,$(filter-out runtime/sbx_run.c runtime/options.c runtime/dry_run.c runtime/host_enter.c runtime/static_%.c,$(RUNTIME_SRC)))
SONAME       := libsbx.so.0
# The same loader sources built with the ordinary compiler, for unit tests and sanitizers.
RUNTIME_HOST := $(patsubst %.c,$(B)/%.o,$(filter-out runtime/static_%.c,$(RUNTIME_SRC)))
UNIT_SRC     := $(wildcard tests/unit/*.c)
UNIT_BIN     := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/unit/%)

.PHONY: all check check-hardening check-docs check-completions check-capabilities check-unit check-seeds check-golden check-errors check-codes check-commands check-pages check-trials check-options check-sbpl check-diff check-report check-formats check-alloc check-check check-plan check-growth check-layers check-proof check-live check-escape check-vm check-san check-clang check-static bench order \
        fuzz proof-long bless demo install uninstall clean
.DELETE_ON_ERROR:
.SECONDARY:

# The loader of macOS: what both systems share, and a folder of its own.
MACOS_COMMON := apply_env apply_stdin builtin conf fault json launch_conf outcome params plan_dir pool report sha256 sha256_x86 sums template text trail watch
MACOS_RUN_SRC := $(addprefix runtime/,options.c sbx_run.c macos/host_enter.c)
MACOS_LIB_SRC := $(addprefix runtime/,lib_options.c lib_outcome.c lib_plan.c) $(sort $(wildcard runtime/macos/lib_*.c))
MACOS_SRC    := $(sort $(MACOS_COMMON:%=runtime/%.c) $(MACOS_RUN_SRC) $(MACOS_LIB_SRC) $(wildcard runtime/macos/*.c))
# Of these: the program without what is the library's alone, and the other way round.
MACOS_RUN_ALL := $(filter-out $(MACOS_LIB_SRC),$(MACOS_SRC))
MACOS_LIB_ALL := $(filter-out $(MACOS_RUN_SRC),$(MACOS_SRC))
# Each function has its page: its own, or that of those it belongs to.
MAN3_LINKS = for page in $(notdir $(wildcard docs/*.3)); do for name in $$(sed -n 's/^\.Nm \(sbx_[a-z_]*\).*/\1/p' docs/$$page); do \
	[ -e docs/$$name.3 ] || ln -sf $$page $(DESTDIR)$(MANDIR)/man3/$$name.3; done; done
SYSTEM ?= $(shell uname -s)
ifeq ($(SYSTEM),Darwin)
include runtime/macos/macos.mk
else

all: $(B)/sbxc $(B)/sbx-run $(B)/sbx-probe $(B)/libsbx.a $(B)/libsbx.so

$(B)/sbxc: $(COMPILER_OBJ)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $^ $(YAML_LIBS)

LINK_RUN = $(MUSL_CC) -static $(OWN_START) $(SMALL) -ffunction-sections -fdata-sections $(LDFLAGS) -Wl,-z,norelro,-z,noseparate-code,-z,common-page-size=64,--gc-sections,--sort-section=name,--build-id=none

# Words for people are packed (runtime/said.h). Which of them there are is known when all is optimized as one: so it is linked
# once for the words, and then with them.
# The loader that is installed has no symbols and no sections; debuggers read build/static/sbx-run.elf, which is the same code.
$(B)/sbx-run: $(B)/static/sbx-run.elf $(B)/loaded
	$(Q)$(B)/loaded <$< >$@ && chmod 755 $@
$(B)/static/sbx-run.elf: $(RUNTIME_OBJ) $(B)/static/said.o runtime/pack/said.ld runtime/pack/order.ld
	@echo "  LD    $@"
	$(Q)$(LINK_RUN) -Wl,-T,runtime/pack/said.ld -o $@ $(filter %.o,$^) && $(OBJCOPY) -R .comment -R .eh_frame $@
$(B)/static/said.o: $(RUNTIME_OBJ) $(B)/pack
	@echo "  PACK  $@"
	$(Q)$(LINK_RUN) -Wl,--defsym=said_packed=0 -o $(B)/static/said.elf $(RUNTIME_OBJ)
	$(Q)$(OBJCOPY) -O binary -j words $(B)/static/said.elf $(B)/static/said.bin
	$(Q)$(B)/pack <$(B)/static/said.bin >$(B)/static/said.c
	$(Q)$(MUSL_CC) -c -o $@ $(B)/static/said.c
$(B)/pack $(B)/loaded: $(B)/%: runtime/pack/%.c $(wildcard runtime/pack/*.h)
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(STD) $(WARN) $(CFLAGS) -o $@ $< -lm

# One object with its own names made local, so that a program may have a pool_open() of its own.
$(B)/libsbx.a: $(LIB_OBJ)
	@echo "  AR    $@"
	@rm -f $@
	$(Q)$(LD) -r -o $(B)/lib/sbx.o $^ && $(OBJCOPY) --localize-hidden $(B)/lib/sbx.o && ar rcs $@ $(B)/lib/sbx.o

$(B)/libsbx.so: $(LIB_OBJ) runtime/libsbx.map
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script,runtime/libsbx.map \
	    -Wl,-z,relro,-z,now,-z,defs -o $@ $(LIB_OBJ)
	@ln -sf libsbx.so $(B)/$(SONAME)

$(B)/lib/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $< (library)"
	$(Q)$(CC) $(STD) $(WARN) $(HARD) $(CFLAGS) -fPIC -fvisibility=hidden -DSBX_LIBRARY -c -o $@ $<

# What `sbxc test --live` starts under a plan.
$(B)/sbx-probe: probe/sbx_probe.c
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(MUSL_CC) -std=gnu11 $(WARN) -static -Os -s -o $@ $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(STD) $(WARN) $(HARD) $(CFLAGS) -I$(B)/gen $(YAML_CFLAGS) -c -o $@ $<

# As libc itself: calls that the compiler makes of its own must find these functions when all else is compiled.
$(B)/static/runtime/static_libc.o $(B)/static/runtime/static_calls.o: STATIC_CFLAGS := -fno-lto -fno-builtin
# The loader needs no header but libc's: runtime/kernel.h names what it takes from the kernel.
$(B)/static/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $< (static)"
	$(Q)$(MUSL_CC) $(STD) $(WARN) $(SMALL) -DSBX_PACKED_TEXTS -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	    -fstack-protector -fno-pie -no-pie $(STATIC_CFLAGS) -c -o $@ $<

$(B)/gen/sbx.tab.c $(B)/gen/sbx.tab.h &: grammar/sbx.y grammar/keywords.def
	@mkdir -p $(@D)
	@echo "  YACC  $<"
	$(Q)$(BISON) -Werror -o $(B)/gen/sbx.tab.c --defines=$(B)/gen/sbx.tab.h $<

$(B)/gen/sbx.lex.c $(B)/gen/sbx.lex.h &: grammar/sbx.l $(B)/gen/sbx.tab.h
	@mkdir -p $(@D)
	@echo "  LEX   $<"
	$(Q)$(FLEX) -o $(B)/gen/sbx.lex.c --header-file=$(B)/gen/sbx.lex.h $<

$(B)/gen/%.o: $(B)/gen/%.c
	@echo "  CC    $<"
	$(Q)$(CC) $(STD) $(HARD) $(CFLAGS) $(GEN_WARN) -I$(B)/gen -I. -Igrammar -c -o $@ $<

$(B)/gen/syscalls.inc: compiler/syscalls.tsv compiler/syscalls.awk
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)awk -f compiler/syscalls.awk compiler/syscalls.tsv > $@
$(B)/gen/sysargs.inc $(B)/gen/consts.inc: $(B)/gen/%.inc: compiler/%.tsv compiler/%.awk
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)awk -f compiler/$*.awk $< > $@
CODE_PAGES := $(sort $(wildcard docs/codes/*.txt))
$(B)/gen/codes.inc: compiler/codes.awk compiler/diag.def runtime/errors.def $(CODE_PAGES)
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)awk -f $^ > $@
$(B)/compiler/codes.o: $(B)/gen/codes.inc
$(B)/gen/new.inc: compiler/new.awk $(sort $(wildcard policies/new/*.sbx.in))
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)awk -f $^ > $@
$(B)/compiler/cmd_new.o: $(B)/gen/new.inc
# A text file as the lines of a C string.
$(B)/gen/report_css.inc: compiler/report.css
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $< > $@
$(B)/compiler/report.o: $(B)/gen/report_css.inc
$(B)/compiler/syscalls.o: $(B)/gen/syscalls.inc
$(B)/compiler/sysargs.o: $(B)/gen/sysargs.inc
$(B)/compiler/consts.o: $(B)/gen/consts.inc
# The grammar's tables feed files of the compiler too.
$(COMPILER_SRC:%.c=$(B)/%.o): | $(B)/gen/sbx.tab.h $(B)/gen/sbx.lex.h

-include $(B)/tests/escape/ask.d $(wildcard $(B)/tests/fuzz/*.d) $(LIB_OBJ:.o=.d) $(COMPILER_OBJ:.o=.d) $(RUNTIME_OBJ:.o=.d) $(RUNTIME_HOST:.o=.d) $(UNIT_BIN:=.d)

# ---- tests -----------------------------------------------------------------------------------------------------------

check:
	$(Q)$(MAKE) --no-print-directory WERROR=1 all
	$(Q)tests/run.sh

# Everything but the two main() functions, for tests to link against. The programs share no names by contract, so
# each has its own archive: tests/unit/runtime_*.c link the loader's, all others the compiler's.
$(B)/libcompiler.a: $(filter-out $(B)/compiler/main.o,$(COMPILER_OBJ))
$(B)/libruntime.a: $(filter-out $(B)/runtime/sbx_run.o,$(RUNTIME_HOST))
$(B)/libcompiler.a $(B)/libruntime.a:
	@rm -f $@
	$(Q)ar rcs $@ $^

LINK_UNIT = $(CC) $(STD) $(WARN) $(CFLAGS) $(LDFLAGS) -I. -I$(B)/gen -o $@ $< $(filter %.a,$^) $(CRITERION_LIBS)
$(B)/tests/unit/runtime_pack: CRITERION_LIBS += -lm
$(B)/tests/unit/runtime_%: tests/unit/runtime_%.c $(B)/libruntime.a
	@mkdir -p $(@D)
	@echo "  UNIT  $@"
	$(Q)$(LINK_UNIT)
$(B)/tests/unit/%: tests/unit/%.c $(B)/libcompiler.a
	@mkdir -p $(@D)
	@echo "  UNIT  $@"
	$(Q)$(LINK_UNIT) $(SECCOMP_LIBS) $(YAML_LIBS)

# The fuzz targets over files that are there (tests/seeds.sh): any compiler can build them.
SEED_BIN := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
LINK_SEEDS = $(CC) $(STD) $(WARN) $(CFLAGS) $(LDFLAGS) -I. -I$(B)/gen -o $@ $(filter %.c %.a,$^)
$(B)/tests/fuzz/runtime_%: tests/fuzz/runtime_%.c tests/fuzz/replay.c $(B)/libruntime.a
	@mkdir -p $(@D)
	@echo "  SEEDS $@"
	$(Q)$(LINK_SEEDS)
$(B)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(B)/libcompiler.a
	@mkdir -p $(@D)
	@echo "  SEEDS $@"
	$(Q)$(LINK_SEEDS) $(YAML_LIBS)
check-seeds: $(SEED_BIN)
	$(Q)tests/seeds.sh $(SEED_BIN)

# What tests/escape asks the compiler with.
$(B)/tests/escape/ask: tests/escape/ask.c $(B)/libcompiler.a
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(STD) $(WARN) $(CFLAGS) $(LDFLAGS) -I. -I$(B)/gen -o $@ $< $(filter %.a,$^) $(YAML_LIBS)

check-unit: $(UNIT_BIN)
	$(Q)tests/unit.sh $(UNIT_BIN)

check-layers check-hardening check-docs check-completions check-capabilities check-golden check-errors check-codes check-commands check-pages check-trials check-options check-sbpl check-diff check-report check-formats check-alloc check-check check-plan check-growth check-proof check-live check-escape: check-%: all
	$(Q)tests/run.sh $*

KERNELS ?=
check-vm: all
	$(Q)$(if $(LIVE),tests/vm/live.sh,$(if $(SYSTEMD),tests/vm/systemd.sh,LONG=1 tests/vm/run.sh)) $(KERNELS)

proof-long: all $(B)/tests/unit/seccomp_prove $(B)/tests/unit/compose_brute $(B)/tests/unit/diff $(B)/tests/unit/never_brute $(B)/tests/unit/seatbelt_random $(B)/tests/unit/fmt $(B)/tests/unit/normalize
	$(Q)LONG=1 tests/proof.sh
	$(Q)DIFF_PAIRS=100000 $(B)/tests/unit/diff
	$(Q)for t in seatbelt_random fmt normalize; do SBX_LONG=100000 $(B)/tests/unit/$$t || exit 1; done

# Where the functions of the loader lie: those of every start together.
order: all
	$(Q)B=$(B) runtime/pack/order.sh

bless: all
	$(Q)$(B)/sbxc caps --md >docs/capabilities.md
	$(Q)BLESS=1 tests/golden.sh
	$(Q)BLESS=1 tests/errors.sh
	$(Q)BLESS=1 tests/diff.sh
	$(Q)BLESS=1 tests/commands.sh
	$(Q)BLESS=1 tests/pages.sh
	$(Q)BLESS=1 tests/live/exposure.sh

# The same programs and tests under the sanitizers; the loader itself is static and is covered by its unit tests there.
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
check-san:
	$(Q)$(MAKE) --no-print-directory B=$(B)/san CC=$(CC) HARD= WERROR=1 CFLAGS="-O1 -g $(SAN)" LDFLAGS="$(SAN)" $(B)/san/sbxc
	$(Q)B=$(B)/san CC=$(CC) HARD= CFLAGS="-O1 -g $(SAN)" LDFLAGS="$(SAN)" tests/run.sh unit seeds golden errors plan diff report
	$(Q)$(MAKE) --no-print-directory B=$(B)/tsan CC=$(CC) HARD= WERROR=1 CFLAGS="-O1 -g -fsanitize=thread" $(B)/tsan/libsbx.a
	$(Q)CC=$(CC) tests/run.sh threads

# The analyzers that are installed; findings that are none are named in tests/static.allow.
check-static: all
	$(Q)B=$(B) tests/static.sh

# Everything compiled by clang with its warnings as errors.
check-clang:
	$(Q)$(MAKE) --no-print-directory B=$(B)/clang CC=clang WERROR=1 all
	$(Q)B=$(B)/clang CC=clang tests/run.sh unit golden errors

FUZZ_TIME ?= 30
FUZZ_BIN  := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_MAKE  = $(MAKE) --no-print-directory B=$(B)/fuzz-obj CC=clang HARD= CFLAGS="$(FUZZ_FLAGS)"
FUZZ_LINK  = clang $(STD) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -I. -o $@ $<
# Linked anew each time: only the make inside knows whether the library changed.
$(B)/fuzz/runtime_%: tests/fuzz/runtime_%.c FORCE
	$(Q)$(FUZZ_MAKE) $(B)/fuzz-obj/libruntime.a
	@mkdir -p $(@D)
	$(Q)$(FUZZ_LINK) $(B)/fuzz-obj/libruntime.a
$(B)/fuzz/%: tests/fuzz/%.c FORCE
	$(Q)$(FUZZ_MAKE) $(B)/fuzz-obj/libcompiler.a
	@mkdir -p $(@D)
	$(Q)$(FUZZ_LINK) $(B)/fuzz-obj/libcompiler.a $(YAML_LIBS)
.PHONY: FORCE
fuzz: $(FUZZ_BIN)
	$(Q)tests/fuzz.sh $(FUZZ_TIME) $(FUZZ_BIN)

bench: all $(B)/libcompiler.a
	$(Q)tests/bench/run.sh
	$(Q)tests/bench/seccomp/run.sh

demo: all
	$(Q)policies/examples/demo.sh

# Each function of the library has its manual page by name.
API = $(shell sed -n 's/^SBX_API .*[ *]\(sbx_[a-z_]*\)\x28.*/\1/p' runtime/sbx.h)
install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/sbx/std $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5
	install -m 755 $(B)/sbxc $(B)/sbx-run $(DESTDIR)$(BINDIR)/
	install -d $(DESTDIR)$(LIBEXECDIR)/sbx
	install -m 755 $(B)/sbx-probe $(DESTDIR)$(LIBEXECDIR)/sbx/
	install -m 644 policies/std/*.sbx $(DESTDIR)$(DATADIR)/sbx/std/
	install -d $(DESTDIR)$(DATADIR)/sbx/schema
	install -m 644 docs/schema/*.json $(DESTDIR)$(DATADIR)/sbx/schema/
	install -m 644 docs/sbxc.1 docs/sbx-run.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 docs/sbx.5 $(DESTDIR)$(MANDIR)/man5/
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCDIR) $(DESTDIR)$(MANDIR)/man3
	install -m 644 runtime/sbx.h $(DESTDIR)$(INCDIR)/
	install -m 644 $(B)/libsbx.a $(DESTDIR)$(LIBDIR)/
	install -m 755 $(B)/libsbx.so $(DESTDIR)$(LIBDIR)/libsbx.so.$(VERSION)
	ln -sf libsbx.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libsbx.so
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' runtime/sbx.pc.in \
	    >$(DESTDIR)$(LIBDIR)/pkgconfig/sbx.pc
	install -m 644 docs/*.3 $(DESTDIR)$(MANDIR)/man3/
	$(MAN3_LINKS)
	install -d $(DESTDIR)$(COMPDIR)
	docs/completions/generate.sh bash $(B)/sbxc >$(DESTDIR)$(COMPDIR)/sbxc
	install -d $(DESTDIR)$(DATADIR)/zsh/site-functions $(DESTDIR)$(DATADIR)/fish/vendor_completions.d
	docs/completions/generate.sh zsh $(B)/sbxc >$(DESTDIR)$(DATADIR)/zsh/site-functions/_sbxc
	docs/completions/generate.sh fish $(B)/sbxc >$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/sbxc.fish
	install -m 644 docs/completions/sbx-run.bash $(DESTDIR)$(COMPDIR)/sbx-run
	install -m 644 docs/completions/sbx-run.zsh $(DESTDIR)$(DATADIR)/zsh/site-functions/_sbx-run
	install -m 644 docs/completions/sbx-run.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/sbxc $(DESTDIR)$(BINDIR)/sbx-run
	rm -f $(DESTDIR)$(MANDIR)/man1/sbxc.1 $(DESTDIR)$(MANDIR)/man1/sbx-run.1 $(DESTDIR)$(MANDIR)/man5/sbx.5
	rm -f $(DESTDIR)$(COMPDIR)/sbxc $(DESTDIR)$(COMPDIR)/sbx-run
	rm -f $(DESTDIR)$(DATADIR)/zsh/site-functions/_sbxc $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/sbxc.fish
	rm -f $(DESTDIR)$(DATADIR)/zsh/site-functions/_sbx-run $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/sbx-run.fish
	rm -rf $(DESTDIR)$(DATADIR)/sbx $(DESTDIR)$(LIBEXECDIR)/sbx
	rm -f $(API:%=$(DESTDIR)$(MANDIR)/man3/%.3)
	rm -f $(DESTDIR)$(INCDIR)/sbx.h $(DESTDIR)$(MANDIR)/man3/sbx.3 $(DESTDIR)$(LIBDIR)/pkgconfig/sbx.pc
	rm -f $(DESTDIR)$(LIBDIR)/libsbx.a $(DESTDIR)$(LIBDIR)/libsbx.so $(DESTDIR)$(LIBDIR)/$(SONAME)
	rm -f $(DESTDIR)$(LIBDIR)/libsbx.so.$(VERSION)

clean:
	rm -rf $(B)

endif

# For tests/macos.sh.
.PHONY: print-macos print-macos-run print-macos-lib macos-tests macos-loader
ifeq ($(SYSTEM),Darwin)
macos-loader: all
else
macos-loader:
	@echo "make macos-loader: on a Mac; here \`make macos-tests\` makes plans to take there" >&2; exit 2
endif
print-macos:
	@echo $(MACOS_SRC)
print-macos-run:
	@echo $(MACOS_RUN_ALL)
print-macos-lib:
	@echo $(MACOS_LIB_ALL)

macos-tests: $(B)/sbxc
	$(Q)tests/macos/make-plans.sh $(B)/sbxc $(B)/macos-tests
