-- What a person sees: a real Neovim in a terminal, read off its screen.
--
-- Owns: tools/nvim-screen.sh, the screens in examples/neovim/README.md.
-- Stands on: busted, tmux, nvim, the sandbox.
-- Never: changes the README.

local neovim = require "spec.support.neovim"

local FLOAT = "  1  running +%d+%%  A cat plays the piano in a sm… +%d+ s"
local LIST = "  1  saved +A cat plays the piano in a smoky bar, c…  ~/videos/"

setup(neovim.build)

describe("the screen", function()
  it("shows two videos being made, and their list afterwards", function()
    local said, status = neovim.sh "tools/nvim-screen.sh"
    assert(status == "0", said)
    assert.matches(FLOAT, said)
    assert.matches("\n:.Kling text2video duration=10\n", said, 1, true)
    assert.matches(LIST, said)
    assert.is_nil(said:find("Press ENTER", 1, true))
  end)

  it("is the one that the README shows", function()
    local file = assert(io.open "examples/neovim/README.md")
    local text = file:read "*a"
    file:close()
    assert.matches(FLOAT, text)
    assert.matches(LIST, text)
  end)
end)
