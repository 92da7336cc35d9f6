-- :Kling, for Neovim 0.7 and later.
--
-- Owns: the command's name.
-- Stands on: kling_nvim, which is loaded at the first use.
-- Never: loads the library at the start of the editor.

if vim.g.loaded_kling then return end
vim.g.loaded_kling = true

vim.api.nvim_create_user_command("Kling", function(call)
  require("kling_nvim").command(call)
end, {
  nargs = "*",
  range = true,
  desc = "Make and show videos with Kling AI",
  complete = function(word, line) return require "kling_nvim.complete"(word, line) end,
})
