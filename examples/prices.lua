-- Prices for kling.new { prices = "examples/prices.lua" }: what a budget's `cost` is counted in.
--
-- Owns: an example. Copy it and put in what your own contract says.
-- Stands on: units per second of the official API for kling-v3 (Kling's price list; 4k costs the
-- same with and without sound). Kling tells what a task took in final_unit_deduction.
-- Never: holds anything but data; it is loaded without access to any function.
--
-- The first row counts all of whose words agree with the task: gateway, endpoint, model_name, mode,
-- sound, duration or any other parameter. per_second is for each second of video, per_task for each
-- task; both may stand in one row.
return {
  { gateway = "kling", model_name = "kling-v3", mode = "std", sound = "off", per_second = 0.6 },
  { gateway = "kling", model_name = "kling-v3", mode = "std", sound = "on", per_second = 0.9 },
  { gateway = "kling", model_name = "kling-v3", mode = "pro", sound = "off", per_second = 0.8 },
  { gateway = "kling", model_name = "kling-v3", mode = "pro", sound = "on", per_second = 1.2 },
  { gateway = "kling", model_name = "kling-v3", mode = "4k", per_second = 3.0 },
}
