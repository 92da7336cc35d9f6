#!/usr/bin/env bash
# tally.sh - runs several checks and ends with one line: N passed, N failed.
#
# Owns: the sum, and the exit status: 1 when anything failed or no test ran.
# Stands on: every test runner closing with its own "N passed, N failed[, N skipped]".
# Never: stops at the first failure (but for a need); believes a runner that counted no failure but ended badly.
#
#   tally.sh (tests|check|need) NAME COMMAND ...
# `tests` are counted by their closing line; a `check` counts as one, passed when it exits 0; a
# `need` counts when it fails, and nothing after it is run then.
set -u -o pipefail
passed=0 failed=0 skipped=0 bad=
log=$(mktemp "${TMPDIR:-/tmp}/kling-tally.XXXXXX")
trap 'rm -f "$log"' EXIT

closing() { grep -E '^([A-Za-z0-9.]+: )?[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1; }

add() { # kind, exit status
  local p=0 f=0 s=0 line
  if [ "$1" = tests ]; then
    line=$(closing)
    read -r p f s < <(echo "${line#*: }" | tr -cs '0-9' ' ') || true
    if [ "${p:-0}" = 0 ] && [ "${f:-0}" = 0 ]; then f=1; fi # no test ran
  elif [ "$1" = check ] && [ "$2" = 0 ]; then
    p=1
  fi
  if [ "$2" != 0 ] && [ "${f:-0}" = 0 ]; then f=1; fi
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  [ "${f:-0}" = 0 ]
}

while [ $# -ge 3 ]; do
  printf '\n== %s\n' "$2"
  started=$SECONDS
  bash -c "$3" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  if ! add "$1" "$status"; then
    bad="$bad, $2"
    if [ "$1" = need ]; then break; fi
  fi
  if [ $((SECONDS - started)) -ge 5 ]; then echo "($2: $((SECONDS - started)) s)"; fi
  shift 3
done

echo
if [ -n "$bad" ]; then echo "not in order: ${bad#, }"; fi
if [ $skipped -gt 0 ]; then echo "$skipped skipped"; fi
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
