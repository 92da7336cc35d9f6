#!/usr/bin/env bash
# nvim-screen.sh - what the plugin looks like: a real Neovim in tmux, the sandbox behind it.
#
# Owns: what stands between the marks "screens" in examples/neovim/README.md and README.md.
# Stands on: tmux, nvim, the LuaJIT build; kling.sandbox, which Neovim starts itself.
# Never: leaves a tmux server or a folder behind.
#
#   nvim-screen.sh           prints the screens: while two videos are made, and afterwards
#   nvim-screen.sh --write   puts both into the plugin's README, the first into the project's
set -eu
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.."
server=kling-screen-$$
folder=$(mktemp -d)
trap 'tmux -L "$server" kill-server 2>/dev/null || true; rm -rf "$folder"' EXIT

cat >"$folder/init.lua" <<LUA
vim.opt.rtp:prepend { "$PWD", "$PWD/examples/neovim" }
vim.o.shortmess = vim.o.shortmess .. "I"
require("kling_nvim.library")()
box = require("kling.sandbox").start { speed = 6, -- it ends with the last name for it
  faults = { { fault = "stuck", on = "create" } } } -- until box:finish()
require("kling_nvim").setup { gateway = "anyfast", base_url = box:base_url "anyfast",
  api_key = "sandbox-key", folder = "~/videos", open = false,
  client = { polling = { first = 0.5, interval_max = 0.5 } } }
LUA
cat >"$folder/scenes.md" <<'TEXT'
# Scenes

A cat plays the piano in a smoky bar, close up.
Rain on a neon street, seen from a tram.
TEXT

screen() { tmux -L "$server" capture-pane -p; }
keys() { tmux -L "$server" send-keys "$@"; }
await() { # pattern: until the screen shows it, a minute at most
  for _ in $(seq 300); do
    if screen | grep -q "$1"; then return; fi
    sleep 0.2
  done
  echo "nvim-screen.sh: the screen never showed '$1':" >&2
  screen >&2
  exit 1
}

env -u LUA_PATH -u LUA_CPATH -u LD_PRELOAD tmux -L "$server" -f /dev/null new-session -d -x 76 -y 12 \
  -c "$folder" "HOME='$folder' nvim -i NONE -n -u init.lua scenes.md"
await 'smoky bar'
keys 3G Enter 3G
keys ':.Kling text2video mode=pro' Enter
await '1  running .*[1-9] s'
keys 4G ':.Kling text2video duration=10' Enter
await '2  running .*[1-9] s'
running=$(screen)
keys ':lua box:finish()' Enter
await '2  saved'
await '1  saved'
keys Escape ':Kling tasks' Enter
await '  1  saved .*smoky'
after=$(screen)

fenced() { printf '```text\n%s\n```\n' "$1"; }
both() { printf '%s\n\nAfterwards, `:Kling tasks`:\n\n%s\n' "$(fenced "$running")" "$(fenced "$after")"; }
put() { # file, text: between the file's marks
  printf '%s\n' "$2" >"$folder/block"
  sed -i -e "/^<!-- screens:/,/^<!-- end of screens/{/^<!-- screens:/r $folder/block
/^<!--/!d}" "$1"
}
if [ "${1-}" = --write ]; then
  put README.md "$(fenced "$running")"
  put examples/neovim/README.md "$(both)"
else
  both
fi
