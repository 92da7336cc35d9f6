#!/bin/sh
# curl.sh download URL COUNT FILE: the command-line tool, one process, one connection.
# Owns: nothing. Stands on: curl. Never: measures; the process that started it does.
set -e
url=$2 count=$3 file=$4
set --
for _ in $(seq "$count"); do set -- "$@" -o "$file" "$url/files/clip.mp4"; done
curl -sS --fail "$@"
echo "{\"done\":$count}"
