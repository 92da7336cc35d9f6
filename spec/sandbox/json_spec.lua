-- The sandbox's JSON: strict in, exact out.

local json = require "kling.sandbox.json"
local text = require "kling.sandbox.text"

describe("kling.sandbox.json", function()
  it("tells arrays, objects and null apart", function()
    local value = assert(json.decode '{"a":[],"o":{},"n":null,"f":false,"d":1.5e1}')
    assert.equal("array", json.type(value.a))
    assert.equal("object", json.type(value.o))
    assert.equal("null", json.type(value.n))
    assert.is_false(value.f)
    assert.equal(15, value.d)
    assert.equal('{"a":[],"d":15,"f":false,"n":null,"o":{}}', json.encode(value))
  end)

  it("reads every escape", function()
    assert.equal('"\\/\b\f\n\r\té😀', json.decode [["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"]])
  end)

  local bad = {
    "", "nul", "NaN", "Infinity", "01", "1.", ".5", "+1", "0x10", "[1,]", "[1 2]", '{"a":1,}',
    "{a:1}", "{'a':1}", '{"a":1,"a":2}', '"\\ud800"', '"\\udc00"', '"\\x41"', '"tab\there"',
    '"open', "[", "{", "1 2", '"\255"', '"\237\160\128"', '"\192\128"', ("["):rep(200),
  }
  for _, body in ipairs(bad) do
    it("refuses " .. body:sub(1, 20):gsub("[^\32-\126]", "."), function()
      local value, complaint = json.decode(body)
      assert.is_nil(value)
      assert.is_string(complaint)
    end)
  end

  it("writes long integers as they are and milliseconds without an exponent", function()
    local written = json.encode { id = json.raw "860260753860210752", at = 1766374262370 }
    assert.equal('{"at":1766374262370,"id":860260753860210752}', written)
  end)

  it("counts code points", function()
    assert.equal(4, text.length "a日é😀")
    assert.is_true(text.is_utf8 "a日é😀")
  end)

  it("reads Base64 and says what is wrong with it", function()
    assert.equal("hello", text.from_base64 "aGVsbG8=")
    assert.equal("\255\254", text.from_base64url "__4")
    assert.is_nil(text.base64_problem "aGVsbG8=")
    for _, s in ipairs { "data:image/png;base64,AAAA", "AA AA", "AAA", "A=AA", "AA\nA" } do
      assert.is_string(text.base64_problem(s))
    end
  end)
end)
