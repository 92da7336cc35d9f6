-- What a person sees: a real Neovim in a terminal, read off its screen.
--
-- Owns: tools/nvim-screen.sh, the screens in README.md and examples/neovim/README.md.
-- Stands on: busted, tmux, nvim, the sandbox.
-- Never: changes a README (tools/nvim-screen.sh --write does).

local face = require "spec.support.face"
local neovim = require "spec.support.neovim"

local FLOAT = "  1  running +%d+%%  A cat plays the piano in a sm… +%d+ s"
local LIST = "  1  saved +A cat plays the piano in a smoky bar, c…  ~/videos/"

--- Without what is another each time: seconds, and how far the video is.
local function timeless(text)
  return (text:gsub(" +%d+%%", " N%%"):gsub(" +%d+ s", " N s"))
end

--- What stands between a file's marks.
local function shown(path)
  return face.read(path):match "\n<!%-%- screens:[^\n]*\n(.-)<!%-%- end of screens"
end

setup(neovim.build)

describe("the screen", function()
  local said, status
  setup(function() said, status = neovim.sh "tools/nvim-screen.sh" end)

  it("shows two videos being made, and their list afterwards", function()
    assert(status == "0", said)
    assert.matches(FLOAT, said)
    assert.matches("\n:.Kling text2video duration=10\n", said, 1, true)
    assert.matches(LIST, said)
    assert.is_nil(said:find("Press ENTER", 1, true))
  end)

  it("is the one that the READMEs show", function()
    assert.equal(timeless(said), timeless(shown "examples/neovim/README.md"))
    assert.equal(timeless(said:match "^```text\n.-\n```\n"), timeless(shown "README.md"))
  end)
end)
