#!/usr/bin/env bash
# lua.sh - what this machine calls its Lua versions. Everything else asks here.
#
# Owns: the names under which Debian, Homebrew and plain builds install interpreters and headers.
# Stands on: the interpreters' own `-v`, pkg-config.
# Never: trusts a name alone; `lua` is 5.1 here and 5.4 there.
#
#   lua.sh interpreter 5.4     the command that runs it        (lua5.4, lua-5.4, lua54, lua)
#   lua.sh package luajit      the pkg-config package to build a module for it with
#   lua.sh having http.server  the first interpreter that can load all modules named
# Prints nothing and fails when there is none.
set -u

names() { # 5.4 -> the names it goes by
  if [ "$1" = luajit ]; then echo luajit luajit2; else echo "lua$1 lua-$1 lua${1/./} lua"; fi
}

is() { # command, version: does the command run that version?
  local said
  said=$("$1" -v 2>&1) || return 1
  case $2 in luajit) [[ $said == LuaJIT* ]] ;; *) [[ $said == "Lua $2"* ]] ;; esac
}

interpreter() {
  local name
  for name in $(names "$1"); do
    if is "$name" "$1"; then echo "$name"; return; fi
  done
  return 1
}

# LuaJIT loads modules built for Lua 5.1; the other way round it exports functions 5.1 lacks.
package() {
  local wanted=$1 name
  if [ "$1" = luajit ]; then wanted=5.1; fi
  for name in $(names "$wanted"); do
    if [[ $(pkg-config --modversion "$name" 2>/dev/null) == "$wanted"* ]]; then echo "$name"; return; fi
  done
  [ "$1" = luajit ] && pkg-config --exists luajit 2>/dev/null && echo luajit
}

having() {
  local version lua module
  for version in luajit 5.1 5.4 5.3; do
    lua=$(interpreter "$version") || continue
    for module in "$@"; do
      "$lua" -e "require '$module'" >/dev/null 2>&1 || continue 2
    done
    echo "$lua"
    return
  done
  return 1
}

case ${1-} in
  interpreter | package | having) "$@" ;;
  *) echo "usage: lua.sh interpreter|package VERSION, lua.sh having MODULE..." >&2; exit 2 ;;
esac
