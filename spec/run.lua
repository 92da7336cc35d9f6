-- Runs the specs under the interpreter that runs this file: lua5.4 spec/run.lua [files, options]
--
-- Owns: nothing; .busted says what is run and how it is reported.
-- Stands on: busted as an installed module, whatever its command's first line says.
-- Never: sets paths; `make spec` and `make env` do.

require "busted.runner" { standalone = false }
