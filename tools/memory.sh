#!/usr/bin/env bash
# memory.sh - runs a Lua program where wrong use of memory is seen: asan, valgrind, oom.
#
# Owns: what counts as a fault of ours. Other programs in the same process or started by it (the
# interpreter, sh) may leak at their exit; a leak counts when kling/core.so, libcurl or libcrypto is
# in its stack, an invalid access counts always. Undefined behaviour is told on stderr and ends it.
# Stands on: gcc's sanitizers, valgrind, build/{alone,failmalloc}.so from spec/c.
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
SANITIZER=$(gcc -print-file-name=libasan.so)

ASAN=detect_leaks=1:malloc_context_size=25:allocator_may_return_null=1:exitcode=0
ASAN=$ASAN:verify_asan_link_order=0

# The interpreter runs checked whoever starts it, and other programs never do: curl and luaossl, for
# two, hang under gcc's sanitizers. KLING_MAY_LEAK in the environment: leaks are not looked for.
checked() { # interpreter, line of a shell script that runs the program $real
  mkdir -p "$logs/bin"
  printf '#!/bin/sh\nreal=%s\n%s\n' "$(command -v "$1")" "$2" >"$logs/bin/$1"
  chmod +x "$logs/bin/$1"
  PATH=$root/$logs/bin:$PATH
}

preload() { # interpreter, libraries
  checked "$1" "[ -z \"\$KLING_MAY_LEAK\" ] || ASAN_OPTIONS=\$ASAN_OPTIONS:detect_leaks=0
LD_PRELOAD='$2 $root/build/alone.so' exec \$real \"\$@\""
}

# Reports go to files and never into exit codes, which specs look at. Specs that measure time
# multiply what they allow by KLING_SLOW.
sanitized() {
  ASAN_OPTIONS="$ASAN:log_path=$root/$logs/report" UBSAN_OPTIONS=print_stacktrace=1 \
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
  preload "$1" "$SANITIZER"
  sanitized "$@" 2>&1 | tee "$logs/output"
  local status=${PIPESTATUS[0]}
  if blame || grep 'runtime error:' "$logs/output"; then
    echo "memory.sh: the sanitizers found a fault (all reports: $logs)"
    return 1
  fi
  [ "$status" = 0 ] && echo "no fault found by the address, leak and undefined-behaviour sanitizers"
  return "$status"
}

run_valgrind() {
  checked "$1" "exec valgrind --quiet --fair-sched=yes --leak-check=full --num-callers=30 \
    --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite --keep-debuginfo=yes \
    --suppressions='$root/tools/valgrind.supp' \
    --log-file='$root/$logs/report.%p' \${KLING_MAY_LEAK:+--leak-check=no} \$real \"\$@\""
  KLING_SLOW=8 "$@"
  local status=$?
  if [ -n "$(cat "$logs"/report.* 2>/dev/null)" ]; then
    head -n 80 "$logs"/report.*
    echo "memory.sh: valgrind found a fault (all reports: $logs)"
    return 1
  fi
  [ "$status" = 0 ] && echo "no leak and no invalid access found by valgrind"
  return "$status"
}

# A child process an allocation: the N-th fails, for N = 1, 2, 3 ... until none was left to fail. Once
# what core.so itself asks for, one at a time; then everything that is asked for, four in a row.
run_oom() {
  local round
  export KLING_FAILMALLOC=$root/build/failmalloc.so
  preload "$1" "$KLING_FAILMALLOC $SANITIZER"
  ASAN=$ASAN:exitcode=23
  for round in 'core 1' 'all 4'; do
    echo "-- ${round/ /: } allocation(s) failing in a row"
    KLING_FAIL_SCOPE=${round% *} KLING_FAIL_RUN=${round#* } sanitized "$@" 2>&1 || echo "0 passed, 1 failed"
  done | tee "$logs/output"
  awk '/passed, [0-9]+ failed$/ { p += $(NF - 3); f += $(NF - 1) }
    END { print p + 0 " passed, " f + 0 " failed"; exit f > 0 || !p }' "$logs/output"
}

"run_$mode" "$@"
