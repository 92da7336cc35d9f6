# Makefile - builds, tries and checks kling. `make help` lists the targets.
#
# Owns: how csrc/*.c becomes build/<lua>/kling/core.so, and every check around it.
# Stands on: tools/lua.sh (which Lua), tools/setup.sh (what must be installed), tools/tally.sh (counts).
# Never: installs during a plain `make`; writes outside build/.
#
# LUA=5.4 (default), 5.3, 5.1 or luajit. VARIANT=asan, fuzz, gcc or clang picks a row of flags below.

LUA ?= 5.4
VARIANT ?=
CFLAGS ?= -O2 -g
ARGS ?=
FUZZ_SECONDS ?= 60
MATRIX := 5.4 5.3 5.1 luajit

ifeq ($(filter $(LUA),$(MATRIX)),)
$(error LUA=$(LUA) is unknown; choose one of: $(MATRIX))
endif
BUILDING := build lua-$(LUA)
TESTING := sandbox test spec-$(LUA)
MAKEFLAGS += --no-print-directory
export LUA

# -- what differs between variants: compiler, flags -------------------------------------------------
CC_asan := gcc
CC_fuzz := clang
CC_gcc := gcc
CC_clang := clang
SANITIZE := -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=undefined
FLAGS_asan := $(SANITIZE) -fsanitize=address,undefined
LDFLAGS_asan := -Wl,-z,nodelete # else a leak's place is forgotten when Lua unloads the module
FLAGS_fuzz := $(SANITIZE) -fsanitize=fuzzer-no-link,address,undefined
ifneq ($(CC_$(VARIANT)),)
CC := $(CC_$(VARIANT))
endif

# -- what differs between machines: asked once, when first needed -----------------------------------
once = $(eval $(1) := $$(shell $(2)))$($(1))
INTERPRETER = $(call once,INTERPRETER,tools/lua.sh interpreter $(LUA))
LUA_PACKAGE = $(call once,LUA_PACKAGE,tools/lua.sh package $(LUA))
SANDBOX_LUA = $(call once,SANDBOX_LUA,tools/lua.sh having http.server cjson)
LUA_CFLAGS = $(call once,LUA_CFLAGS,pkg-config --cflags $(LUA_PACKAGE))
LUA_LIBS = $(call once,LUA_LIBS,pkg-config --libs $(LUA_PACKAGE))
DEP_CFLAGS = $(call once,DEP_CFLAGS,pkg-config --cflags libcurl libcrypto 2>/dev/null || curl-config --cflags)
DEP_LIBS = $(call once,DEP_LIBS,pkg-config --libs libcurl libcrypto 2>/dev/null || echo `curl-config --libs` -lcrypto)
ifeq ($(shell uname),Darwin)
SHARED := -bundle -undefined dynamic_lookup
BREWED := $(shell brew --prefix 2>/dev/null)
export PKG_CONFIG_PATH := $(PKG_CONFIG_PATH):$(BREWED)/opt/openssl@3/lib/pkgconfig:$(BREWED)/opt/curl/lib/pkgconfig
else
SHARED := -shared
endif

# -- the module ------------------------------------------------------------------------------------
BUILD := build/$(LUA)$(VARIANT:%=-%)
CORE := $(BUILD)/kling/core.so
SOURCES := $(wildcard csrc/*.c)
OBJECTS := $(SOURCES:csrc/%.c=$(BUILD)/obj/%.o)
WARNINGS := -Wall -Wextra -Wshadow -Wconversion $(if $(WERROR),-Werror)
COMPILE = $(CC) -std=c11 $(CFLAGS) $(FLAGS_$(VARIANT)) -fPIC -fvisibility=hidden $(WARNINGS) \
	$(LUA_CFLAGS) $(DEP_CFLAGS)

all: $(CORE) ## build kling/core.so for LUA (this is what `make` does)

$(BUILD)/obj/%.o: csrc/%.c | $(BUILD)/.ready
	@echo "cc $< ($(LUA)$(VARIANT:%=, %))"
	@$(COMPILE) -MMD -MP -c $< -o $@

$(CORE): $(OBJECTS)
	@$(CC) $(SHARED) $(FLAGS_$(VARIANT)) $(LDFLAGS_$(VARIANT)) $(LDFLAGS) $^ $(DEP_LIBS) -pthread -o $@
	@echo "built $@"

# Asked before the first file is compiled: a missing header is told with the package to install.
$(BUILD)/.ready:
	@tools/setup.sh --check build lua-$(LUA) || { echo "'make setup' installs it where it may." >&2; exit 1; }
	@mkdir -p $(BUILD)/obj $(BUILD)/kling && touch $@

-include $(OBJECTS:.o=.d)

# -- using the tree in place -----------------------------------------------------------------------
LUA_FILES := $(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua
C_FILES := $(CURDIR)/$(BUILD)/?.so
# What a command run from here sees: the tree first, then the interpreter's own places.
HERE = LUA_PATH="$(LUA_FILES);;" LUA_CPATH="$(C_FILES);;" KLING_LUA="$(INTERPRETER)"
SPECS = $(INTERPRETER) spec/run.lua $(ARGS)

env: ## print the lines that make `require "kling"` find this tree: eval "$(make env)"
	@echo "export LUA_PATH='$(LUA_FILES);'\"\$${LUA_PATH:-;}\""
	@echo "export LUA_CPATH='$(C_FILES);'\"\$${LUA_CPATH:-;}\""

setup: ## install what SETS need (default: what `make test` needs)
	@tools/setup.sh $(or $(SETS),$(BUILDING) $(TESTING))

# A set-up may bring the interpreter, so what names it runs in a make of its own afterwards: X-run.
sandbox: ## run the offline gateway until Ctrl-C (ARGS: its options as a Lua table)
	@tools/setup.sh sandbox
	@$(MAKE) sandbox-run

sandbox-run:
	@$(HERE) $(SANDBOX_LUA) -e 'require "kling.sandbox".run($(ARGS))'

demo: ## make a video through the real client, against the offline gateway
	@tools/setup.sh $(BUILDING) sandbox
	@$(MAKE) demo-run

demo-run: all
	@$(HERE) $(INTERPRETER) examples/demo.lua

# -- tests -----------------------------------------------------------------------------------------
test: ## C and Lua tests on Lua 5.4, from a fresh checkout; ends with: N passed, N failed
	@tools/setup.sh $(BUILDING) $(TESTING)
	@tools/tally.sh need build '$(MAKE) all' tests "C tests" '$(MAKE) spec-c' \
		tests "Lua $(LUA) specs" '$(MAKE) spec'

spec: all ## only the Lua specs, on LUA (ARGS: files or busted's options)
	@$(HERE) $(SPECS)

spec-c: ## only the C tests
	@spec/c/run.sh

matrix: ## the Lua specs on 5.4, 5.3, 5.1 and LuaJIT
	@tools/setup.sh $(BUILDING) $(TESTING) $(MATRIX:%=lua-%) $(MATRIX:%=spec-%)
	@tools/tally.sh $(foreach v,$(MATRIX),tests "Lua $(v) specs" '$(MAKE) spec LUA=$(v)')

asan: ## C tests and specs under the address, leak and undefined-behaviour sanitizers
	@tools/setup.sh $(BUILDING) $(TESTING) memory
	@tools/tally.sh tests "C tests" 'spec/c/run.sh asan' \
		tests "Lua $(LUA) specs" '$(MAKE) asan-run VARIANT=asan'

asan-run: all build/alone.so
	@$(HERE) tools/memory.sh asan $(SPECS)

valgrind: ## C tests and specs under valgrind: no leak, no invalid access
	@tools/setup.sh $(BUILDING) $(TESTING) memory
	@tools/tally.sh tests "C tests" 'spec/c/run.sh valgrind' \
		tests "Lua $(LUA) specs" '$(MAKE) valgrind-run'

valgrind-run: all
	@$(HERE) tools/memory.sh valgrind $(SPECS)

oom: ## fail allocation 1, 2, 3, ... of spec/oom.lua: no crash, no leak
	@tools/setup.sh $(BUILDING) $(TESTING) memory
	@$(MAKE) oom-run VARIANT=asan

oom-run: all build/alone.so build/failmalloc.so
	@$(HERE) tools/memory.sh oom $(INTERPRETER) spec/oom.lua

build/%.so: spec/c/%.c
	@mkdir -p build
	@$(CC) -std=c11 -O2 -fPIC -shared $(WARNINGS) -Werror $< -o $@

# -- fuzzing ---------------------------------------------------------------------------------------
FUZZERS := $(patsubst spec/fuzz/%.c,build/$(LUA)-fuzz/%,$(wildcard spec/fuzz/fuzz_*.c))

fuzz: ## libFuzzer on every spec/fuzz/fuzz_*.c, FUZZ_SECONDS each (default 60)
	@tools/setup.sh $(BUILDING) fuzz
	@$(MAKE) fuzzers VARIANT=fuzz
	@tools/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)

fuzzers: $(FUZZERS)

build/$(LUA)-fuzz/fuzz_%: spec/fuzz/fuzz_%.c build/$(LUA)-fuzz/libkling.a
	@$(filter-out -fsanitize=%,$(COMPILE)) -fsanitize=fuzzer,address,undefined -MMD -MP -Icsrc $(filter %.c %.a,$^) \
		$(LUA_LIBS) $(DEP_LIBS) -pthread -o $@
	@echo "built $@"

build/$(LUA)-fuzz/libkling.a: $(OBJECTS)
	@rm -f $@ && ar crs $@ $^

-include $(FUZZERS:=.d)

# -- chaos -----------------------------------------------------------------------------------------
chaos: ## tasks on all gateways with random faults and kills (CHAOS_TASKS 2000, CHAOS_SEED): none twice, none lost
	@tools/setup.sh $(BUILDING) $(TESTING)
	@$(MAKE) chaos-run

chaos-run: all
	@$(HERE) $(INTERPRETER) spec/chaos/run.lua

# -- looking at the code ---------------------------------------------------------------------------
LUA_SOURCES = $(wildcard lua spec examples tools bench/*.lua bench/peers/*.lua bench/hosts/*.lua)

lint: ## warnings of gcc and clang as errors, luacheck, cppcheck, clang-tidy, layers
	@tools/setup.sh $(BUILDING) lua-5.1 lint
	@tools/tally.sh $(foreach v,5.4 5.1,$(foreach c,gcc clang,\
		check "$(c), Lua $(v)" '$(MAKE) all LUA=$(v) VARIANT=$(c) WERROR=1')) \
		check "exported names" '$(MAKE) exports' check layers '$(MAKE) layers' \
		check luacheck '$(MAKE) luacheck' check cppcheck '$(MAKE) cppcheck' \
		check clang-tidy '$(MAKE) tidy' check rockspec '$(MAKE) rockspec' \
		check docs '$(MAKE) docs-check'

exports: $(CORE)
	@nm -D --defined-only $(CORE) | awk '{ print $$NF }' | diff - <(echo luaopen_kling_core) || \
		{ echo "$(CORE) must export luaopen_kling_core and nothing else"; exit 1; }
exports: SHELL := /bin/bash

layers:
	@$(INTERPRETER) tools/layers.lua

luacheck:
	@luacheck --no-color --quiet $(LUA_SOURCES)

# Left out: pointers handed over to be filled in, and a library that is pinned on purpose.
cppcheck:
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --library=posix,lua \
		--suppress=missingIncludeSystem --suppress=ctuuninitvar --suppress=leakReturnValNotUsed \
		--inline-suppr --error-exitcode=1 csrc spec/c spec/fuzz

tidy: $(SOURCES:csrc/%.c=$(BUILD)/tidy/%.ok)

$(BUILD)/tidy/%.ok: csrc/%.c $(wildcard csrc/*.h) .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- -std=c11 -Itools/analyse $(LUA_CFLAGS) $(DEP_CFLAGS) 2>/dev/null
	@touch $@

# -- everything else -------------------------------------------------------------------------------
rockspec: # the rockspec lists every file of the tree (ARGS=--write: bring its lists up to date)
	@$(INTERPRETER) tools/rockspec.lua $(ARGS)

rock: ## build and load the rock in a tree of its own, for 5.4 and 5.1, without a network
	@tools/setup.sh $(BUILDING) lua-5.1 rock
	@tools/tally.sh check rockspec '$(MAKE) rockspec' check "rock for 5.4" 'tools/rock.sh 5.4' \
		check "rock for 5.1" 'tools/rock.sh 5.1'

docs: ## write the reference from the endpoints' data
	@tools/setup.sh $(BUILDING)
	@$(MAKE) docs-run

docs-check: # what `make docs` writes is fresh, every public name has a comment
	@$(HERE) $(INTERPRETER) tools/docs.lua --check

docs-run: all
	@$(HERE) $(INTERPRETER) tools/docs.lua $(ARGS)

bench: ## compare speed and memory with bare libcurl and other clients (ARGS: workloads)
	@tools/setup.sh $(BUILDING) $(TESTING) bench
	@[ -d bench/peers/node_modules ] || npm ci --prefix bench/peers --no-audit --no-fund
	@$(MAKE) bench-run

bench-run: BENCHES = $(or $(ARGS),all)
bench-run: all
	@$(if $(filter-out journal,$(BENCHES)),$(HERE) bench/run $(filter-out journal,$(BENCHES)))
	@$(if $(filter journal all,$(BENCHES)),$(HERE) $(INTERPRETER) bench/journal.lua)

clean: ## remove everything that was built
	@rm -rf build

help: ## this list
	@echo "LUA=5.4 (default), 5.3, 5.1 or luajit goes with: all env spec demo"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "  make %-9s %s\n", $$1, $$2 }'

.PHONY: all env setup sandbox sandbox-run demo demo-run test spec spec-c matrix asan asan-run valgrind \
	valgrind-run oom oom-run fuzz fuzzers chaos chaos-run lint exports layers luacheck cppcheck tidy rockspec rock \
	docs docs-check docs-run bench bench-run clean help
.DELETE_ON_ERROR:
