#!/usr/bin/env bash
# fuzz.sh - gives every fuzz target its seconds, one after the other.
#
# Owns: where inputs live: spec/fuzz/corpus/<target>/ is read, what is found new goes to build/, a
# crash leaves its input in build/crashes/ with the command that repeats it.
# Stands on: libFuzzer.
# Never: writes into spec/. What is worth keeping is copied there by hand.
#
#   fuzz.sh SECONDS BINARY...
set -u
seconds=$1
shift
passed=0 failed=0

for binary in "$@"; do
  name=$(basename "$binary") name=${name#fuzz_}
  found=build/corpus/$name seeds=spec/fuzz/corpus/$name options=()
  mkdir -p "$found" build/crashes
  [ -d "$seeds" ] && found="$found $seeds"
  [ -f "spec/fuzz/$name.dict" ] && options+=("-dict=spec/fuzz/$name.dict")
  # shellcheck disable=SC2086 # two folders
  if "$binary" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=0 \
    -verbosity=0 -artifact_prefix="build/crashes/$name-" ${options[@]+"${options[@]}"} $found \
    >"build/fuzz-$name.log" 2>&1; then
    passed=$((passed + 1))
    echo "$name: $(find "build/corpus/$name" -type f | wc -l) inputs found so far, no fault"
  else
    failed=$((failed + 1))
    tail -n 60 "build/fuzz-$name.log"
    echo "$name: a fault; repeat with: $binary build/crashes/$name-..."
  fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
