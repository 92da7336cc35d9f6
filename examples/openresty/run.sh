#!/usr/bin/env bash
# run.sh - starts the app with this machine's nginx, in a folder of its own, until Ctrl-C.
#
# Owns: how nginx.conf.in becomes nginx.conf.
# Stands on: OpenResty, or Debian's nginx with libnginx-mod-http-lua; LUA_PATH and LUA_CPATH lead to
# kling where it is not installed: eval "$(make -s env LUA=luajit)".
# Never: holds a secret; settings.lua takes them from the environment.
#
#   run.sh [FOLDER]    FOLDER (default: a new one) gets nginx.conf, nginx.pid, error.log
# APP_LISTEN (127.0.0.1:8080), APP_WORKERS (1), APP_BODY (16m), APP_STREAMS (200), APP_SETTINGS (a
# file like settings.lua), APP_USER (whom the workers run as, when started as root), NGINX.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$(mktemp -d "${TMPDIR:-/tmp}/kling-app.XXXXXX")}
mkdir -p "$folder"
PATH=$PATH:/usr/local/openresty/nginx/sbin:/usr/sbin:/sbin
nginx=${NGINX:-$(command -v openresty || command -v nginx)} || { echo "there is no nginx" >&2; exit 1; }

modules= # OpenResty has Lua built in
if ! "$nginx" -V 2>&1 | grep -qE -- '--add-module=[^ ]*(ngx_lua|lua-nginx|http-lua)'; then
  for name in ndk_http_module ngx_http_lua_module; do
    modules="${modules}load_module ${NGINX_MODULES:-/usr/lib/nginx/modules}/$name.so; "
  done
fi

user=
if [ "$(id -u)" = 0 ]; then user="user ${APP_USER:-nobody} $(id -gn "${APP_USER:-nobody}");"; fi
sed -e "s|@MODULES@|$modules|" -e "s|@HERE@|$here|" -e "s|@USER@|$user|" \
  -e "s|@SETTINGS@|${APP_SETTINGS:-$here/settings.lua}|" -e "s|@WORKERS@|${APP_WORKERS:-1}|" \
  -e "s|@LISTEN@|${APP_LISTEN:-127.0.0.1:8080}|" -e "s|@BODY@|${APP_BODY:-16m}|" \
  -e "s|@STREAMS@|${APP_STREAMS:-200}|" "$here/nginx.conf.in" >"$folder/nginx.conf"

echo "http://${APP_LISTEN:-127.0.0.1:8080}  (files in $folder)"
exec "$nginx" -p "$folder/" -e error.log -c nginx.conf
