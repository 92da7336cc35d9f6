--- Misbehaviour on request: which faults are armed and what each does to a request.
-- Owns: the list of armed faults, how they are matched and counted, the kinds of fault.
-- Stands on: errors, garbage, gzip, media.
-- Never: touches a socket; a fault changes the reply, `reply.wire` tells wire.lua how to send it.
-- A kind is called as kind(fault, ctx, reply); reply is nil when the request was not acted upon.
-- Returning nil means: go on as if nothing happened. ctx.twist collects what to do to the task.

--
-- Who is struck: gateway; on = create, status, list, file, content or unknown; external_task_id,
-- prompt (of a create);
-- nth (only the nth), times (so many), chance (0..1), else every one. `delay` seconds come first;
-- error and busy take retry_after.
-- Kinds and what they take (when = "before", "after" or "head" where it makes sense):
--   delay     seconds, when               error     status, family, code, message, when
--   busy      code (1303)                 reset     how = "rst" or "fin", when
--   hang      seconds                     truncate  keep (bytes); cut is the same
--   drip      bytes_per_second            garbage   kind (garbage.lua), when
--   gzip      honest gzip                 headers   bytes of one header
--   close     after the reply             redirect  to = "same", "other" or a URL, status
-- The task made, by on = "create":
--   stuck; fail (reason, form, took); no_url; word; bare_id; lost (unfindable); speed (seconds)
--   late (how, seconds): reset once it is made; before that no question and no list shows it
-- This reply only: shape (shape); by on = "status": word (word), no_url
-- By on = "file": expired (status), no_range, cut (keep), file_type (type, body),
--   changed (bytes, blind: goes on with the other file as if it were the same), shifted (bytes)

local errors = require "kling.sandbox.errors"
local garbage = require "kling.sandbox.garbage"
local gzip = require "kling.sandbox.gzip"
local media = require "kling.sandbox.media"

local faults = {}
local List = {}
List.__index = List

local kinds = {}

-- Most faults strike `before` the request is acted upon; `after` means the task was made; `head`
-- comes before the body is read. These kinds need an honest reply to spoil.
local ALWAYS_AFTER = {
  truncate = true, cut = true, drip = true, gzip = true, headers = true, close = true,
  late = true,
}
local DEFAULT = { garbage = "after" }

local function when_of(spec)
  return ALWAYS_AFTER[spec.fault] and "after" or spec.when or DEFAULT[spec.fault] or "before"
end

local function wired(reply, wire)
  reply = reply or { status = 200, type = "application/json", body = "" }
  reply.wire = wire
  return reply
end

function kinds.delay(fault, ctx, reply)
  ctx.sleep(fault.seconds or 1)
  return reply
end

function kinds.error(fault, ctx)
  local reply = errors.reply(fault.family or ctx.gateway.task_family, {
    status = fault.status, code = fault.code, message = fault.message, type = fault.type,
    request_id = ctx.request_id,
  })
  reply.headers = reply.headers or {}
  reply.headers["retry-after"] = fault.retry_after and tostring(fault.retry_after)
  return reply
end

--- 1302 or 1303 in the gateway's own words.
function kinds.busy(fault, ctx)
  return kinds.error({
    family = ctx.gateway.busy_family, code = fault.code or 1303, status = fault.status,
    message = fault.message, retry_after = fault.retry_after,
  }, ctx)
end

function kinds.reset(fault) return wired(nil, { abort = fault.how or "rst" }) end

--- The connection is gone at once, and the task is to be seen some time later only.
function kinds.late(fault, ctx, reply)
  if ctx.made then ctx.made.hidden_until = ctx.made.born + (fault.seconds or 3) end
  return wired(reply, { abort = fault.how or "rst" })
end

function kinds.hang(fault, ctx)
  ctx.sleep(fault.seconds or 600)
  return wired(nil, { abort = "fin" })
end

function kinds.truncate(fault, _, reply)
  return wired(reply, { keep = fault.keep or math.floor(#reply.body / 2) })
end

kinds.cut = kinds.truncate

function kinds.drip(fault, _, reply)
  return wired(reply, { bytes_per_second = fault.bytes_per_second or 10 })
end

function kinds.close(_, _, reply) return wired(reply, { close = true }) end

function kinds.garbage(fault, _, reply)
  local make = garbage[fault.kind or "text"] or error("no such garbage: " .. fault.kind, 0)
  local out = make(fault, reply)
  out.status = fault.status or out.status
  return out
end

function kinds.gzip(_, _, reply)
  reply.body = gzip.wrap(reply.body)
  reply.headers = reply.headers or {}
  reply.headers["content-encoding"] = "gzip"
  return reply
end

function kinds.headers(fault, _, reply)
  reply.headers = reply.headers or {}
  reply.headers["x-padding"] = ("x"):rep(fault.bytes or 1024 * 1024)
  return reply
end

function kinds.redirect(fault, ctx)
  local to = fault.to or "same"
  local place = to == "same" and ctx.origin or to == "other" and ctx.other_origin
  return {
    status = fault.status or 302, type = "text/html", body = "",
    headers = { location = place and place .. ctx.target or to },
  }
end

-- What follows twists the task or its view and lets the request go on.

local function twist(name, value)
  return function(fault, ctx) ctx.twist[name] = value(fault) end
end

kinds.stuck = twist("stuck", function() return true end)
kinds.fail = twist("failure", function(fault)
  return { reason = fault.reason or "Image pixel is invalid", form = fault.form, took = fault.took }
end)
kinds.no_url = twist("no_url", function() return true end)
kinds.word = twist("word", function(fault) return fault.word or "reticulating" end)
kinds.bare_id = twist("bare", function() return true end)
kinds.lost = twist("lost", function() return true end)
kinds.shape = twist("shape", function(fault) return fault.shape end)
kinds.speed = twist("speed", function(fault) return fault.seconds end)
kinds.no_range = twist("no_range", function() return true end)
kinds.shifted = twist("shift", function(fault) return fault.bytes or 7 end)

function kinds.changed(fault, ctx)
  ctx.twist.file_bytes, ctx.twist.blind = fault.bytes or 100000, fault.blind
end

--- The link is taken back: 403 or 404 now, a fresh one when the task is asked again.
function kinds.expired(fault, ctx)
  media.revoke(ctx.task)
  local status = fault.status or 403
  return {
    status = status, type = "application/xml",
    body = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
  }
end

function kinds.file_type(fault)
  return { status = 200, type = fault.type or "text/html", body = fault.body or "<html></html>" }
end

faults.kinds = kinds

--- Make an empty list of faults.
---@param random function like math.random
---@return table list
function faults.new(random)
  return setmetatable({ random = random, armed = {}, of_all = {}, of_prompt = {}, hits = {} },
    List)
end

--- Arm a fault.
---@param spec table fault, gateway, on, nth, times, chance, external_task_id, when, delay, ...
function List:add(spec)
  if not kinds[spec.fault] then error("no such fault: " .. tostring(spec.fault), 0) end
  local copy = { seen = 0, hit = 0 }
  for name, value in pairs(spec) do copy[name] = value end
  copy.when = when_of(copy)
  self.armed[#self.armed + 1] = copy
  local list = copy.prompt and self.of_prompt[copy.prompt] or not copy.prompt and self.of_all or {}
  list[#list + 1] = copy
  if copy.prompt then self.of_prompt[copy.prompt] = list end
end

--- Disarm all faults.
function List:clear() self.armed, self.of_all, self.of_prompt, self.hits = {}, {}, {}, {} end

local function concerns(fault, request)
  return (fault.when == "head") == (request.head or false)
    and (not fault.gateway or fault.gateway == request.gateway)
    and (not fault.on or fault.on == request.on)
    and (not fault.external_task_id or fault.external_task_id == request.external)
end

function List:strikes(fault)
  if fault.nth then return fault.seen == fault.nth end
  if fault.times and fault.hit >= fault.times then return false end
  return not fault.chance or self.random() < fault.chance
end

local function first(self, list, request, struck)
  for _, fault in ipairs(list) do
    if concerns(fault, request) then
      fault.seen = fault.seen + 1
      if not struck and self:strikes(fault) then struck = fault end
    end
  end
  return struck
end

--- The fault that strikes this request, if one does; each armed fault counts what it has seen.
-- Those meant for this prompt come first.
---@param request table gateway, on, external, prompt, head
---@return table|nil fault
function List:take(request)
  local struck = first(self, self.of_prompt[request.prompt or ""] or {}, request)
  struck = first(self, self.of_all, request, struck)
  if struck then
    struck.hit = struck.hit + 1
    self.hits[struck.fault] = (self.hits[struck.fault] or 0) + 1
  end
  return struck
end

return faults
