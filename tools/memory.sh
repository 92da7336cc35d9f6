#!/usr/bin/env bash
# memory.sh - runs a Lua program where wrong use of memory is seen: asan, valgrind, oom.
#
# Owns: what counts as a fault of ours. Other programs in the same process or started by it (the
# interpreter, sh) may leak at their exit; a leak counts when kling/core.so, libcurl or libcrypto is
# in its stack, an invalid access counts always. Undefined behaviour is told on stderr and ends it.
# Stands on: gcc's sanitizers, valgrind, build/failmalloc.so (spec/c/failmalloc.c).
# Never: builds; `make asan`, `make valgrind` and `make oom` did.
#
#   memory.sh asan|valgrind|oom COMMAND...
set -u
mode=$1
shift
logs=build/logs-$mode
rm -rf "$logs"
mkdir -p "$logs"
root=$(pwd)

ASAN=detect_leaks=1:malloc_context_size=25:allocator_may_return_null=1:exitcode=0
ASAN=$ASAN:verify_asan_link_order=0

# Programs that specs start run without what we preload, but for the interpreter: LuaJIT, in which
# the sandbox runs, and curl hang under gcc's sanitizers.
plain() { # command...: finds commands of these names that strip LD_PRELOAD, before the real ones
  local name real
  mkdir -p "$logs/bin"
  for name in "$@"; do
    real=$(command -v "$name") || continue
    printf '#!/bin/sh\nunset LD_PRELOAD\nexec %s "$@"\n' "$real" >"$logs/bin/$name"
    chmod +x "$logs/bin/$name"
  done
  PATH=$root/$logs/bin:$PATH
}

# Reports go to files and never into exit codes, which specs look at. Specs that measure time
# multiply what they allow by KLING_SLOW.
sanitized() {
  LD_PRELOAD="$PRELOAD $(gcc -print-file-name=libasan.so)" \
    ASAN_OPTIONS="$ASAN:log_path=$root/$logs/report" \
    UBSAN_OPTIONS=print_stacktrace=1 \
    LSAN_OPTIONS="print_suppressions=0:suppressions=$root/tools/leaks.supp" KLING_SLOW=4 "$@"
}

OURS=' csrc/|kling/core\.so|libcurl\.so|libcrypto\.so'

# A report file holds one process's last words. Prints the first that is ours; false: there is none.
blame() {
  local file
  for file in "$logs"/report*; do
    [ -f "$file" ] || continue
    if grep -q 'ERROR: AddressSanitizer' "$file" || grep -qE "$OURS" "$file"; then
      head -n 60 "$file"
      return 0
    fi
  done
  return 1
}

run_asan() {
  plain luajit lua5.1 curl openssl
  PRELOAD='' sanitized "$@" 2>&1 | tee "$logs/output"
  local status=${PIPESTATUS[0]}
  if blame || grep 'runtime error:' "$logs/output"; then
    echo "memory.sh: the sanitizers found a fault (all reports: $logs)"
    return 1
  fi
  [ "$status" = 0 ] && echo "no fault found by the address, leak and undefined-behaviour sanitizers"
  return "$status"
}

run_valgrind() {
  KLING_SLOW=20 valgrind --quiet --error-exitcode=99 --leak-check=full --num-callers=30 \
    --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite --keep-debuginfo=yes \
    --log-file="$logs/report.%p" "$@"
  local status=$?
  if [ -n "$(cat "$logs"/report.* 2>/dev/null)" ]; then
    head -n 80 "$logs"/report.*
    echo "memory.sh: valgrind found a fault (all reports: $logs)"
    return 1
  fi
  [ "$status" = 0 ] && echo "no leak and no invalid access found by valgrind"
  return "$status"
}

# One process an allocation: the N-th fails, for N = 1, 2, 3 ... until none was left to fail.
# `core`: only those core.so asks for itself; `all`: Lua's, libcurl's and OpenSSL's too.
run_oom() {
  local scope n passed=0 failed=0 status
  export KLING_FAILMALLOC=$root/build/failmalloc.so KLING_FAIL_MARK=$root/$logs/failed
  for scope in core all; do
    for ((n = 1; n <= ${OOM_MOST:-5000}; n++)); do
      rm -f "$logs"/report* "$logs/failed"
      KLING_FAIL_SCOPE=$scope KLING_FAIL_AT=$n PRELOAD=$KLING_FAILMALLOC \
        sanitized timeout 60 "$@" >"$logs/output" 2>&1
      status=$?
      [ -e "$logs/failed" ] || { [ "$status" = 0 ] && break; }
      if [ "$status" = 0 ] && ! blame >"$logs/blame"; then passed=$((passed + 1)); continue; fi
      failed=$((failed + 1))
      echo "allocation $n ($scope) failing: exit $status"
      tail -n 20 "$logs/output"
      if [ -s "$logs/blame" ]; then head -n 40 "$logs/blame"; fi
      if [ ! -e "$logs/failed" ] || [ $failed -ge 5 ]; then break 2; fi
    done
    echo "$scope: $((n - 1)) allocations failed in turn"
  done
  echo "$passed passed, $failed failed"
  [ $failed = 0 ] && [ $passed != 0 ]
}

"run_$mode" "$@"
