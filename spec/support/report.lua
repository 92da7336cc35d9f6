-- How the specs report: busted's plain output, closed by one line "N passed, N failed".
--
-- Owns: that last line. Errors outside a test (a file that can't be loaded) count as failed, and so
-- does a run without any test.
-- Stands on: busted's plainTerminal handler and its counters.
-- Never: changes what is run.

return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.plainTerminal"(options)

  busted.subscribe({ "exit" }, function()
    local passed = handler.successesCount
    local failed = handler.failuresCount + handler.errorsCount
    local skipped = handler.pendingsCount
    io.write(string.format("\n%s passed, %s failed", passed, failed))
    if skipped > 0 then io.write(string.format(", %s skipped", skipped)) end
    io.write("\n")
    io.flush()
    return nil, true
  end)

  return handler
end
