--- What `:checkhealth kling` says in Neovim.
-- Owns: the checks and their sentences.
-- Stands on: vim.health; the plugin's settings, when the plugin is there.
-- Never: shows a key or a part of one; asks a service, unless g:kling_health_clock is set: then
-- curl asks the gateway for its Date header, for five seconds at most.
local health = {}

local LARGEST_SKEW = 30 -- seconds; signed tokens are not valid before their time

--- Neovim 0.7 has it as a module of its own, up to 0.9 with other names.
local theirs = vim.health or require "health"
local report = theirs.start and theirs or {
  start = theirs.report_start, ok = theirs.report_ok, warn = theirs.report_warn,
  error = theirs.report_error, info = theirs.report_info,
}

local function first_line(text)
  return (tostring(text):match("^[^\n]*"))
end

local function runtime()
  return jit and jit.version or _VERSION
end

--- The C core: built for this Lua, with which libcurl and TLS.
local function check_core()
  local ok, core = pcall(require, "kling.core")
  if not ok then
    report.error("kling.core can't be loaded into " .. runtime() .. ": " .. first_line(core), {
      "in kling's tree: make LUA=luajit, or luarocks --lua-version=5.1 make",
      "package.cpath must have it; `make env LUA=luajit` prints the lines for a shell" })
    return nil
  end
  report.ok(("kling %s runs in %s"):format(core.version, runtime()))
  local libcurl = core.libcurl()
  local tls = libcurl:match("%S*SSL/%S+") or libcurl:match("%S*TLS/%S+")
  report.ok("libcurl: " .. libcurl)
  if not tls then report.error("this libcurl has no TLS", { "install libcurl with OpenSSL" }) end
  return core
end

local function check_cjson()
  local ok, cjson = pcall(require, "cjson")
  if ok then
    report.ok("lua-cjson " .. tostring(cjson._VERSION))
  else
    report.error("lua-cjson is missing: replies can't be read", {
      "Debian, Ubuntu: apt install lua-cjson", "luarocks --lua-version=5.1 install lua-cjson" })
  end
end

--- The plugin's settings; nil without the plugin.
local function settings_of_plugin()
  local ok, settings = pcall(require, "kling_nvim.settings")
  return ok and settings or nil
end

--- The gateway that is set up, merged; nil when there is none.
local function check_gateway(settings)
  local which = settings and settings.get "gateway"
  if not which then
    report.info("no gateway is set up: require(\"kling_nvim\").setup { gateway = \"...\" }; of: "
      .. table.concat(require("kling.gateway").names(), ", "))
    return nil
  end
  local ok, spec = pcall(require("kling.gateway").find, which)
  if not ok then
    report.error(first_line(spec))
    return nil
  end
  local address = settings.get "base_url" or spec.base_url
  if not address then
    report.error(("gateway %s names no host: set base_url"):format(spec.name))
    return nil
  end
  report.ok(("gateway %s at %s"):format(spec.name, require("kling.address").shown(address)))
  return { spec = spec, address = address }
end

local function is_set(name)
  local value = os.getenv(name)
  return value ~= nil and value ~= ""
end

--- Where a key is; nil when nowhere.
local function place_of_key(settings)
  local function get(name) return settings and settings.get(name) end
  local command = get "key_command"
  if command then return "key_command", vim.fn.executable(command[1]) == 1 end
  local key = get "api_key"
  if key then return type(key) == "function" and "a function" or "setup", true end
  local more = get "client" or {}
  if more.access_key and more.secret_key then return "setup (access and secret key)", true end
  if is_set "KLING_API_KEY" then return "KLING_API_KEY", true end
  if is_set "KLING_ACCESS_KEY" and is_set "KLING_SECRET_KEY" then
    return "KLING_ACCESS_KEY and KLING_SECRET_KEY", true
  end
end

local function check_key(settings)
  local place, usable = place_of_key(settings)
  if place and usable then
    report.ok("a key is there, from " .. place .. " (not shown, not tried)")
  elseif place then
    report.error(place .. ": the program can't be found")
  else
    report.warn("no key was found", { "set KLING_API_KEY, or key_command in setup{}" })
  end
end

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9,
  Oct = 10, Nov = 11, Dec = 12 }

--- Unix seconds of an HTTP date.
local function seconds_of(date)
  local day, month, year, hour, min, sec = date:match("(%d+) (%a+) (%d+) (%d+):(%d+):(%d+)")
  if not day then return nil end
  local now = os.time()
  local offset = os.difftime(now, os.time(os.date("!*t", now)))
  return os.time { day = tonumber(day), month = MONTHS[month], year = tonumber(year),
    hour = tonumber(hour), min = tonumber(min), sec = tonumber(sec), isdst = false } + offset
end

local function check_clock(gateway)
  if not (gateway and vim.g.kling_health_clock) then
    report.info("clock: not compared; :let g:kling_health_clock = 1 asks the gateway for its time")
    return
  end
  local head = vim.fn.system { "curl", "-s", "-I", "--max-time", "5", gateway.address }
  local date = head:match("\n[Dd]ate: ([^\r\n]+)")
  local there = date and seconds_of(date)
  if not there then
    report.warn("clock: the gateway did not tell its time")
  elseif math.abs(os.time() - there) > LARGEST_SKEW then
    report.error(("clock: %d seconds off the gateway's"):format(os.time() - there), {
      "set this machine's clock: signed tokens and callbacks depend on it" })
  else
    report.ok("clock: as the gateway's, give or take " .. LARGEST_SKEW .. " seconds")
  end
end

function health.check()
  pcall(require, "kling_nvim.library") -- the plugin knows one more place to look for the core
  report.start "kling: library"
  local core = check_core()
  check_cjson()
  if not core then return end
  report.start "kling: account"
  local settings = settings_of_plugin()
  local gateway = check_gateway(settings)
  check_key(settings)
  check_clock(gateway)
end

return health
