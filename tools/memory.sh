#!/usr/bin/env bash
# memory.sh - runs a Lua program where wrong use of memory is seen: asan, valgrind, oom.
#
# Owns: what counts as a fault of ours. Other programs in the same process or started by it (the
# interpreter, sh, the sandbox) may leak at their exit; a leak counts when kling/core.so is in its
# stack, an invalid access counts always. Undefined behaviour is told on stderr and ends the process.
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

# libcurl has no frame pointers, so finding our frames behind its own takes the slow unwinder.
ASAN=detect_leaks=1:fast_unwind_on_malloc=0:malloc_context_size=25:allocator_may_return_null=1
ASAN=$ASAN:exitcode=0:verify_asan_link_order=0

# Reports go to files and never into exit codes, which specs look at. Specs that measure time
# multiply what they allow by KLING_SLOW.
sanitized() {
  LD_PRELOAD="$PRELOAD $(gcc -print-file-name=libasan.so)" \
    ASAN_OPTIONS="$ASAN:log_path=$root/$logs/report" \
    UBSAN_OPTIONS=print_stacktrace=1 \
    LSAN_OPTIONS="print_suppressions=0:suppressions=$root/tools/leaks.supp" KLING_SLOW=4 "$@"
}

# A report file holds one process's last words. Prints the first that is ours; false: there is none.
blame() {
  local file
  for file in "$logs"/report*; do
    [ -f "$file" ] || continue
    if grep -q 'ERROR: AddressSanitizer' "$file" || grep -qE ' csrc/|kling/core\.so' "$file"; then
      head -n 60 "$file"
      return 0
    fi
  done
  return 1
}

run_asan() {
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
