#!/usr/bin/env bash
# rock.sh - makes the rock in a tree of its own and loads the module from there.
#
# Owns: build/rock-<version>/.
# Stands on: luarocks, rockspec/*.rockspec; lua-cjson as the system has it (said to be provided, so
# nothing is downloaded).
# Never: touches the user's rocks; finds the module anywhere but in that tree.
#
#   rock.sh VERSION
set -eu
version=$1
lua=$(tools/lua.sh interpreter "$version")
tree=$PWD/build/rock-$version
rm -rf "$tree"
mkdir -p "$tree/source"
echo 'rocks_provided = { ["lua-cjson"] = "2.1.0-1" }' >"$tree/config.lua"
cp -R csrc lua rockspec LICENSE README.md CHANGELOG.md "$tree/source/" # luarocks leaves .o files behind

(cd "$tree/source" && LUAROCKS_CONFIG=$tree/config.lua luarocks --lua-version="$version" \
  --tree="$tree" make rockspec/kling-scm-1.rockspec) >"$tree/log" 2>&1 ||
  { tail -n 40 "$tree/log"; exit 1; }

cd "$tree"
[ -f "lib/lua/$version/kling/core.so" ] || { echo "the rock holds no kling/core.so"; exit 1; }
diff <(cd source/lua && find . -type f | sort) <(cd "share/lua/$version" && find . -type f | sort) ||
  { echo "the rock's files are not the tree's"; exit 1; }
LUA_PATH="$tree/share/lua/$version/?.lua;$tree/share/lua/$version/?/init.lua;;" \
  LUA_CPATH="$tree/lib/lua/$version/?.so;;" "$lua" -e '
  local kling = require "kling"
  assert(kling._VERSION, "no version")
  assert(require "kling.core".methods "task".wait, "tasks can not wait")
  for name in pairs { callback = 1, journal = 1, sandbox = 1 } do
    assert(type(kling[name]) == "table", name)
  end
  print(_VERSION .. ": kling " .. kling._VERSION .. " loads from the rock")'
