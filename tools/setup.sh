#!/usr/bin/env bash
# setup.sh - what each `make` target needs on this machine, installed when it is missing.
#
# Owns: the table of needs below: set, probe, Debian packages, Homebrew formula.
# Stands on: lua.sh; apt-get (root or password-less sudo) or brew.
# Never: remembers; every need is probed each time (a fraction of a second), so what was removed
# since is seen. Never installs anything when nothing is missing.
#
#   setup.sh SET...           installs what the sets miss, or says what to install
#   setup.sh --check SET...   only says
# shellcheck disable=SC2046,SC2086 # lists of package names are meant to be split into words
set -u
here=$(cd "$(dirname "$0")" && pwd)

# Probes: cmd:NAME a command; pc:NAME a pkg-config package; lua:VERSION an interpreter;
# dev:VERSION its headers; mod:VERSION:NAME a module it can load; any:NAME a module some
# interpreter can load; py:NAME a module of the system's Python; nginx:NAME a module of nginx;
# ngx_lua an nginx that runs Lua; initdb PostgreSQL's; fuzzer clang's libFuzzer.
# Of packages written a|b the first that apt knows is taken. No space inside a column.
needs() {
  cat <<'TABLE'
build   cmd:cc              gcc,libc6-dev           gcc
build   cmd:pkg-config      pkg-config              pkgconf
build   pc:libcurl          libcurl4-openssl-dev    curl
build   pc:libcrypto        libssl-dev              openssl@3
sandbox lua:luajit          luajit2|luajit          luajit
sandbox any:http.server     lua-http                luarocks:http
sandbox any:cjson           lua-cjson               luarocks:lua-cjson
test    cmd:python3         python3                 python3
test    cmd:openssl         openssl                 openssl@3
test    cmd:nvim            neovim                  neovim
test    dev:luajit          liblua5.1-0-dev         luajit
test    cmd:tmux            tmux                    tmux
test    cmd:curl            curl                    curl
test    cmd:pgrep           procps                  -
test    ngx_lua             nginx,libnginx-mod-http-lua openresty/brew/openresty
test    initdb              postgresql              postgresql
lint    cmd:gcc             gcc                     gcc
lint    cmd:clang           clang                   llvm
lint    cmd:clang-tidy      clang-tidy              llvm
lint    cmd:cppcheck        cppcheck                cppcheck
lint    cmd:luacheck        lua-check               luarocks:luacheck
memory  cmd:gcc             gcc                     gcc
memory  cmd:valgrind        valgrind                -
fuzz    cmd:clang           clang                   llvm
fuzz    fuzzer              libclang-rt-dev         llvm
rock    cmd:luarocks        luarocks                luarocks
bench   cmd:nginx           nginx                   nginx
bench   nginx:http_lua      libnginx-mod-http-lua   -
bench   cmd:valgrind        valgrind                -
bench   cmd:curl            curl                    curl
bench   lua:5.1             lua5.1                  -
bench   mod:5.1:curl        lua-curl                -
bench   any:socket          lua-socket              luarocks:luasocket
bench   any:cqueues         lua-cqueues             luarocks:cqueues
bench   cmd:python3         python3                 python3
bench   py:requests         python3-requests        -
bench   py:aiohttp          python3-aiohttp         -
bench   cmd:npm             npm                     node
bench   cmd:wrk             wrk                     wrk
TABLE
  needs_of 5.4 lua5.4 liblua5.4-dev lua
  needs_of 5.3 lua5.3 liblua5.3-dev -
  needs_of 5.1 lua5.1 liblua5.1-0-dev -
  needs_of luajit 'luajit2|luajit' liblua5.1-0-dev luajit
}

# Sets lua-VERSION (to build and use the module) and spec-VERSION (to run the specs).
needs_of() { # version, Debian's interpreter, Debian's headers, formula of both
  cat <<TABLE
lua-$1  lua:$1              $2                      $4
lua-$1  dev:$1              $3                      $4
lua-$1  mod:$1:cjson        lua-cjson               luarocks:lua-cjson
spec-$1 mod:$1:busted       lua-busted              luarocks:busted
spec-$1 mod:$1:socket       lua-socket              luarocks:luasocket
spec-$1 mod:$1:dbd.sqlite3  lua-dbi-sqlite3         luarocks:luadbi-sqlite3
spec-$1 mod:$1:dbd.postgresql lua-dbi-postgresql    luarocks:luadbi-postgresql
TABLE
}

PATH=$PATH:/usr/sbin:/sbin # nginx lives there on Debian

holds() { # probe
  local kind=${1%%:*} what=${1#*:} lua
  case $kind in
    cmd) command -v "$what" ;;
    pc) pkg-config --exists "$what" ;;
    lua) "$here/lua.sh" interpreter "$what" ;;
    dev) "$here/lua.sh" package "$what" ;;
    mod) lua=$("$here/lua.sh" interpreter "${what%%:*}") && "$lua" -e "require '${what#*:}'" ;;
    any) "$here/lua.sh" having "$what" ;;
    py) /usr/bin/python3 -c "import $what" ;;
    nginx) [ -f "/usr/lib/nginx/modules/ngx_${what}_module.so" ] ;;
    ngx_lua) command -v openresty || { command -v nginx && [ -f /usr/lib/nginx/modules/ngx_http_lua_module.so ]; } ;;
    initdb) command -v initdb || ls /usr/lib/postgresql/*/bin/initdb ;;
    fuzzer) [ -f "$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a")" ] ;;
    *) echo "setup.sh: unknown probe $1" >&2; exit 2 ;;
  esac >/dev/null 2>&1
}

missing() { # set...: lines "probe debian brew" of what is not there
  local set probe debian brew
  while read -r set probe debian brew; do
    case " $* " in *" $set "*) holds "$probe" || echo "$probe $debian $brew" ;; esac
  done < <(needs)
}

words() { # column of the lines in $lacks, commas apart, each once
  echo "$lacks" | awk -v c="$1" '{ n = split($c, w, ","); for (i = 1; i <= n; i++) if (w[i] != "-" && !seen[w[i]]++) print w[i] }'
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { command -v apt-get >/dev/null && as_root true 2>/dev/null; }

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 \
    -o Acquire::Retries=2 "$@" </dev/null
}

debian_names() { # a|b -> the one apt has, the first when it can't say
  local word name
  for word in $(words 2); do
    for name in ${word//|/ }; do
      if apt-cache show "$name" >/dev/null 2>&1; then break; fi
      name=${word%%|*}
    done
    echo "$name"
  done
}

install() {
  # A source of packages that can't be reached need not matter, so a failed update is no reason to
  # stop: the install says whether it did.
  apt update >/dev/null || true
  local names
  names=$(debian_names)
  echo "installing:" $names
  apt install --no-install-recommends $names
}

advise() {
  echo "Missing for '$*':" $(echo "$lacks" | cut -d' ' -f1)
  local rocks brews
  rocks=$(words 3 | sed -n 's/^luarocks://p') brews=$(words 3 | grep -v '^luarocks:')
  if [ "$(uname)" = Darwin ]; then
    if [ -n "$brews" ]; then echo "  brew install luarocks" $brews; fi
    if [ -n "$rocks" ]; then printf '  luarocks install %s\n' $rocks; fi
  else
    echo "  Debian, Ubuntu:  apt-get update && apt-get install --no-install-recommends" $(words 2 | sed 's/|.*//')
    echo "  as root, or with a sudo that asks for no password, this is done for you."
  fi
} >&2

check=no
if [ "${1-}" = --check ]; then check=yes; shift; fi
lacks=$(missing "$@")
if [ -z "$lacks" ]; then exit 0; fi
if [ $check = no ] && may_install; then
  install || { sleep 5; install; }
  lacks=$(missing "$@")
  if [ -z "$lacks" ]; then exit 0; fi
fi
advise "$@"
exit 1
