#!/usr/bin/env bash
# run.sh - builds and runs the C tests: run.sh [plain|asan|tsan|valgrind] [names, as http_once]
#
# Owns: build/spec-c-MODE, the certificate and the servers of the HTTP tests, the sum of all checks.
# Stands on: cc, pkg-config, python3, openssl; nginx that offers HTTP/2 (without it that test is skipped).
# Never: leaves a server running. Ends with: N passed, N failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
mode=plain
case "${1-}" in plain | asan | tsan | valgrind) mode=$1 && shift ;; esac
here=spec/c out=$PWD/build/spec-c-$mode passed=0 failed=0 skipped=0
mkdir -p "$out"
work=$(mktemp -d "${TMPDIR:-/tmp}/kling-spec-c.XXXXXX")
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; rm -rf "$work"' EXIT

# ---- building ----

package=$(tools/lua.sh package "${LUA:-5.4}")
deps=$(pkg-config --libs libcurl libcrypto 2>/dev/null || echo "$(curl-config --libs) -lcrypto")
include="-Icsrc $(pkg-config --cflags "$package" libcurl libcrypto)"
flags="-std=c11 -g -O1 -Wall -Wextra -Wshadow -Wconversion -Werror"
sanitize= run=()
case $mode in
asan)
  sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
  export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1
  ;;
tsan)
  sanitize="-fsanitize=thread -fno-omit-frame-pointer"
  export TSAN_OPTIONS=die_after_fork=0
  ;;
valgrind)
  run=(valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite)
  ;;
esac

compile() { # source, object: when anything it is made of is newer
  local made=$2 deps=
  [ -f "$made.d" ] && deps=$(sed 's/^[^:]*://; s/\\$//' "$made.d")
  if [ -f "$made" ] && [ -n "$deps" ]; then
    local file new=
    for file in $deps; do [ "$file" -nt "$made" ] && new=1; done
    [ -z "$new" ] && return 0
  fi
  # shellcheck disable=SC2086 # flags are words
  ${CC:-cc} $flags $sanitize $include -MMD -MF "$made.d" -c "$1" -o "$made"
}

build() {
  local file objects=()
  for file in csrc/*.c; do
    compile "$file" "$out/$(basename "$file" .c).o" || return 1
    objects+=("$out/$(basename "$file" .c).o")
  done
  rm -f "$out/libkling.a"
  ar crs "$out/libkling.a" "${objects[@]}"
}

link() { # test: only what it calls is taken from the library
  compile "$here/$1.c" "$out/$1.o" || return 1
  # shellcheck disable=SC2046,SC2086
  ${CC:-cc} $sanitize "$out/$1.o" "$out/libkling.a" $deps $(pkg-config --libs "$package") \
    -pthread -lm -ldl -o "$out/$1"
}

# ---- the other end ----

certificate() { # for 127.0.0.1 alone: `localhost` is another name
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=kling-test -keyout "$work/key.pem" \
    -out "$work/ca.pem" -addext subjectAltName=IP:127.0.0.1 >/dev/null 2>&1
}

serve() {
  mkfifo "$work/ports"
  : >"$work/log"
  python3 "$here/server.py" "$work/log" 2 "$work/ca.pem" "$work/key.pem" >"$work/ports" &
  servers+=($!)
  IFS=, read -r KL_PORT KL_PORT2 KL_TLS_PORT <"$work/ports"
  export KL_PORT KL_PORT2 KL_TLS_PORT KL_MODE=$mode KL_LOG=$work/log KL_CA=$work/ca.pem KL_WORK=$work
}

serve_h2() { # ends a connection after its twentieth request, and where /gone is asked for
  export KL_H2_PORT=
  command -v nginx >/dev/null || return 0
  KL_H2_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p "$work/nginx"
  cat >"$work/nginx.conf" <<CONF
daemon off; pid $work/nginx.pid; error_log $work/nginx.log; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off; client_max_body_size 32m; client_body_buffer_size 1m;
  client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx;
  uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx;
  server {
    listen 127.0.0.1:$KL_H2_PORT ssl http2;
    ssl_certificate $work/ca.pem; ssl_certificate_key $work/key.pem;
    keepalive_requests 20; http2_max_concurrent_streams 100;
    location /gone { return 444; }
    location / { proxy_pass http://127.0.0.1:$KL_PORT; proxy_set_header X-Spoken \$server_protocol; }
  }
}
CONF
  nginx -c "$work/nginx.conf" -e "$work/nginx.log" >/dev/null 2>&1 &
  servers+=($!)
  local tries=0
  until (exec 3<>"/dev/tcp/127.0.0.1/$KL_H2_PORT") 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -gt 50 ] && { KL_H2_PORT= && return; }
    sleep 0.1
  done
}

# ---- running ----

names() {
  if [ $# -gt 0 ]; then printf 'test_%s\n' "$@"; else
    for file in "$here"/test_*.c; do
      # It brings its own malloc, and so do sanitizers and valgrind.
      [ "$mode" != plain ] && [ "$file" = "$here/test_oom.c" ] && continue
      basename "$file" .c
    done
  fi
}

one() { # adds up a test's closing line; a test that ends badly has failed at least once
  local name=$1 status p f s
  "${run[@]+"${run[@]}"}" "$out/$name" >"$work/out" 2>&1
  status=$?
  read -r p f s < <(grep -E '^[0-9]+ passed, [0-9]+ failed' "$work/out" | tail -n 1 | tr -cs '0-9' ' ')
  [ $status != 0 ] && [ "${f:-0}" = 0 ] && f=1
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  printf '%-18s %s\n' "${name#test_}" "$(grep -E 'checks passed' "$work/out" | tail -n 1)"
  [ "${f:-0}" = 0 ] || { grep -vE '^[0-9]+ (checks )?passed' "$work/out" | head -n 60; echo "exit status $status"; }
}

build && certificate && serve || { echo "0 passed, 1 failed" && exit 1; }
serve_h2
for name in $(names "$@"); do
  if link "$name"; then one "$name"; else failed=$((failed + 1)); fi
done
if [ $skipped != 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else
  echo "$passed passed, $failed failed"
fi
[ $failed = 0 ] && [ $passed != 0 ]
