--- :Kling text2video and :Kling image2video, from the words to the saved video.
-- Owns: the order of the steps.
-- Stands on: args.lua, client.lua, list.lua, progress.lua, viewer.lua. Runs in a coroutine.
-- Never: sends a create twice; waits without showing it.
local args = require "kling_nvim.args"
local get_client = require("kling_nvim.client").get
local fields = require("kling_nvim.client").fields
local library = require "kling_nvim.library"
local list = require "kling_nvim.list"
local note = require "kling_nvim.note"
local progress = require "kling_nvim.progress"
local selection = require "kling_nvim.selection"
local settings = require "kling_nvim.settings"
local view = require "kling_nvim.viewer"

local function picture(word)
  local path = vim.fn.expand(word)
  if vim.fn.filereadable(path) == 1 then return library().file(path) end
  return word
end

--- The request; settings.request gives what is not named here.
local function request_of(endpoint, call)
  local given, words = args.read(call.rest, fields(endpoint))
  local request = vim.tbl_extend("force", settings.get "request", given)
  if endpoint == "image2video" and words[1] then request.image = picture(table.remove(words, 1)) end
  local prompt = table.concat(words, " ")
  if prompt == "" and call.range > 0 then prompt = selection(call.line1, call.line2) end
  if prompt ~= "" then request.prompt = prompt end
  return request
end

local function path_of(entry)
  local folder = vim.fn.expand(settings.get "folder" or vim.fn.stdpath "data" .. "/kling")
  vim.fn.mkdir(folder, "p")
  local name = (entry.task.id or "video"):gsub("[^%w_.-]", "_")
  return ("%s/%s.mp4"):format(folder, name)
end

local function failed(entry, message, err)
  entry.state, entry.message = "failed", message
  progress.refresh()
  note.failed(message, err)
end

--- Downloads what the task has made and shows it.
local function save(entry)
  entry.state = "saving"
  progress.refresh()
  local path, message, err = entry.task:download(path_of(entry), { on_progress =
    function(received, total)
      entry.share = total and received / total
      progress.refresh()
    end })
  if not path then return failed(entry, message, err) end
  entry.state, entry.path, entry.share = "saved", path, nil
  progress.refresh()
  note.told(("%d is saved as %s"):format(entry.number, vim.fn.fnamemodify(path, ":t")))
  view(path)
end

local function watch(entry)
  local result, message, err = entry.task:wait { on_progress = function(task)
    entry.state, entry.share = task.state, task.progress
    progress.refresh()
  end }
  if not result then return failed(entry, message, err) end
  save(entry)
end

---@param endpoint string
---@param call table rest (the words), range, line1, line2
return function(endpoint, call)
  local request = request_of(endpoint, call)
  local client, why = get_client()
  if not client then return note.failed(why) end
  local entry = list.add(endpoint, request.prompt)
  progress.refresh()
  local task, message, err = client:submit(endpoint, request)
  entry.task = task
  if not task then return failed(entry, message, err) end
  watch(entry)
end
