-- What luacheck allows. `min` is what Lua 5.1, LuaJIT, 5.3 and 5.4 have in common.
std = "min"
max_line_length = 100
exclude_files = { "**/node_modules/**" }
-- Asked for by name before use, since not every Lua has them.
read_globals = { "jit", "unpack", table = { fields = { "unpack", "move" } },
  package = { other_fields = true } }

files["spec"] = { std = "min+busted" }
files["lua/kling/loop"] = { read_globals = { "ngx", "vim" } }
files["lua/kling/health.lua"] = { read_globals = { "vim" } }
files["examples/neovim"] = { globals = { "vim" } }
files["spec/neovim/inside.lua"] = { globals = { "vim" } }
files["examples/openresty"] = { globals = { "ngx" } }
files["bench"] = { std = "max", max_line_length = false, read_globals = { "vim" } }
files["rockspec"] = { std = "rockspec" }
