-- What :Kling can do, as data: completion, help and the reference are made from it.
--
-- Owns: names, usage and one sentence of every command; `run` names the module that does it.
-- Stands on: nothing.
-- Never: does anything.

return {
  doc = "Makes and shows videos. <Tab> completes commands, the parameters of the gateway and "
    .. "their words. Nothing here blocks the editor.",
  names = { "text2video", "image2video", "tasks", "open" },
  text2video = {
    run = "create", usage = "{prompt} [key=value ...]",
    doc = "Makes a video from a description: the words given, the lines of a range, or the text "
      .. "selected. key=value sets a parameter, as in duration=10 or mode=pro; key='two words' "
      .. "when there are blanks.",
  },
  image2video = {
    run = "create", usage = "{file} [prompt] [key=value ...]",
    doc = "Makes a video that starts from a picture, a local JPEG or PNG or a URL.",
  },
  tasks = {
    run = "tasks", usage = "",
    doc = "Shows the tasks of this session, numbered, the newest first; q closes the window, <CR> "
      .. "opens the video under the cursor.",
  },
  open = {
    run = "open", usage = "[n]",
    doc = "Opens the n-th video of :Kling tasks in the system's viewer; the newest without n.",
  },
}
