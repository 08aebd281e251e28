# macos.mk - the build on macOS: the loader and the library, with the compiler of the system.

MACOS_OBJ := $(MACOS_SRC:%.c=$(B)/%.o)
MACOS_RUN := $(MACOS_RUN_ALL:%.c=$(B)/%.o)
MACOS_LIB := $(MACOS_LIB_ALL:%.c=$(B)/%.o)

all: $(B)/sbx-run $(B)/libsbx.a $(B)/libsbx.dylib

$(B)/sbx-run: $(MACOS_RUN)
	@echo "  LD    $@"
	$(Q)cc $(CFLAGS) $(LDFLAGS) -Wl,-dead_strip -o $@ $^

$(B)/libsbx.a: $(MACOS_LIB)
	@echo "  AR    $@"
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/libsbx.dylib: $(MACOS_LIB)
	@echo "  LD    $@"
	$(Q)cc $(CFLAGS) $(LDFLAGS) -dynamiclib -Wl,-dead_strip -install_name $(LIBDIR)/libsbx.dylib -o $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)cc $(STD) -D_DARWIN_C_SOURCE $(WARN) $(CFLAGS) -fvisibility=hidden -c -o $@ $<

-include $(MACOS_OBJ:.o=.d)

check: all
	tests/macos/run.sh

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR) $(DESTDIR)$(INCDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man3
	install -m 755 $(B)/sbx-run $(DESTDIR)$(BINDIR)/
	install -m 644 $(B)/libsbx.a $(B)/libsbx.dylib $(DESTDIR)$(LIBDIR)/
	install -m 644 runtime/sbx.h $(DESTDIR)$(INCDIR)/
	install -m 644 docs/sbx-run.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 docs/*.3 $(DESTDIR)$(MANDIR)/man3/
	$(MAN3_LINKS)

clean:
	rm -rf $(B)
