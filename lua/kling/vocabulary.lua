-- The closed vocabulary of gateway and endpoint data: every word, its type, what it means.
--
-- Owns: the list of words; gateway/check.lua holds a user's gateway against it, reference docs and
-- editor types are made from it, csrc/plan*.c and csrc/rules.c give the words their effect.
-- Stands on: nothing. Pure data.
-- Never: holds a function. A gateway that can't be told in these words needs a new word here.
--
-- Types: string, boolean, number, scalar (any of these three), strings (list of strings), data
-- (anything plain), word (one of `words`), list / map / record (each entry is of section `of`),
-- fields (list of fields in an endpoint, field name -> words that replace in a gateway),
-- condition (see rule.when). In a gateway `false` removes an inherited word or field.

local condition_doc = "field -> what must hold of it, all of them: true or false, a word or a "
  .. "list of words (after defaults), or \"*\" when it has to be given"

return {
  gateway = {
    name = { type = "string", doc = "how users call it" },
    doc = { type = "string", doc = "one sentence" },
    source = { type = "string", doc = "where the facts are from" },
    extends = { type = "string", doc = "the gateway whose words hold where this one says nothing" },
    base_url = { type = "string", doc = "scheme and host; absent: kling.new must be given one" },
    auth = { type = "strings", words = { "bearer", "jwt" },
      doc = "how it may be paid: bearer (an API key), jwt (signed from access and secret key)" },
    endpoints = { type = "map", of = "endpoint", doc = "endpoint name -> how it is spelled here" },
    polling = { type = "record", of = "polling", doc = "how often a task is asked after" },
    guarantees = { type = "record", of = "guarantees", doc = "what one may rely on" },
    capability_rules = { type = "boolean",
      doc = "whether rules about what each model can do hold unless kling.new says otherwise" },
    replies = { type = "data", doc = "words that replace those of kling/replies.lua" },
  },

  endpoint = {
    endpoint = { type = "string", doc = "the endpoint data it builds on; its own key when absent" },
    path = { type = "string", doc = "where a task is created (POST)" },
    query = { type = "string", doc = "where it is asked after (GET), with {id}" },
    lookup = { type = "string", doc = "where {id} may also be the caller's external_task_id" },
    list = { type = "string", doc = "where tasks are listed, with pageNum and pageSize" },
    fields = { type = "fields", doc = "field name -> words that replace the endpoint's" },
    order = { type = "strings", doc = "wire order of the fields named; the others follow" },
    rules = { type = "list", of = "rule", doc = "rules that hold here besides the endpoint's" },
    without = { type = "strings", doc = "names of endpoint rules that do not hold here" },
  },

  polling = {
    first = { type = "number", doc = "seconds from creation to the first question" },
    growth = { type = "number", doc = "each interval is this many times the one before" },
    jitter = { type = "number", doc = "share by which an interval is varied at random" },
    interval_max = { type = "number", doc = "longest interval, in seconds" },
    deadline = { type = "number", doc = "seconds after which waiting is given up" },
  },

  guarantees = {
    lookup = { type = "boolean", doc = "tasks are found by external_task_id" },
    list = { type = "boolean", doc = "tasks can be listed" },
    callbacks = { type = "boolean", doc = "callback_url is called" },
    unique_external_id = { type = "boolean",
      doc = "a second task with the same external_task_id is refused" },
    absent_after = { type = "number", doc = "with lookup: seconds after a create whose answer was"
      .. " lost before \"no such task\" is believed; 120 if absent" },
    loses = { type = "list", of = "loss", doc = "fields that may not reach Kling" },
  },

  loss = {
    field = { type = "string", doc = "name of the field" },
    reason = { type = "string", doc = "when and why it is lost" },
  },

  field = {
    name = { type = "string", doc = "Kling's own name; items of arrays have none" },
    doc = { type = "string", doc = "one sentence" },
    source = { type = "string", doc = "where the rule is from" },
    type = { type = "word", doc = "what it is given as", words = { "string", "enum", "boolean",
      "integer", "number", "id", "url", "media", "object", "array", "group" } },
    also = { type = "strings", doc = "other names under which it may be given" },
    wire = { type = "string", doc = "its name on the wire, when that differs" },
    inside = { type = "string", doc = "the group field it stands in on the wire" },
    required = { type = "boolean", doc = "it must be given, after defaults and fills" },
    default = { type = "scalar", doc = "its value when absent" },
    send = { type = "word", words = { "given", "always", "true", "never" },
      doc = "given: when given; always: the default too; true: only when true; never" },
    send_when = { type = "condition", doc = "sent only when this holds; " .. condition_doc },
    values = { type = "strings", doc = "enum: the canonical words" },
    aliases = { type = "map", of = "string", doc = "enum: other word -> canonical word" },
    spelling = { type = "map", of = "string", doc = "enum: canonical word -> word on the wire" },
    open = { type = "boolean", doc = "enum: kling.new{models=} may add words" },
    min = { type = "number", doc = "smallest number, or fewest items" },
    max = { type = "number", doc = "largest number, or most items" },
    min_length = { type = "number", doc = "fewest Unicode code points" },
    max_length = { type = "number", doc = "most Unicode code points" },
    as = { type = "word", words = { "number", "string" }, doc = "how an integer is written" },
    sum_of = { type = "strings", doc = "array and item field: when absent, their sum" },
    fill = { type = "strings", doc = "array and item field: when absent, the first item's" },
    shorthand = { type = "string", doc = "object: the field a boolean in its place stands for" },
    fields = { type = "fields", doc = "object: its fields" },
    item = { type = "record", of = "field", doc = "array: what each item is" },
    rules = { type = "list", of = "rule", doc = "object: rules among its own fields" },
    accept = { type = "strings", words = { "url", "base64", "file" },
      doc = "media: the forms it may be given in; all when absent" },
    max_bytes = { type = "number", doc = "media: largest size, decoded" },
    min_side = { type = "number", doc = "media: shortest side in pixels" },
    max_ratio = { type = "number", doc = "media: longer over shorter side" },
    capability = { type = "record", of = "field", doc = "words that hold with capability rules" },
    compound = { type = "record", of = "compound", doc = "one wire word made of several fields" },
  },

  compound = {
    parts = { type = "strings", doc = "the fields it is made of, itself first" },
    names = { type = "map", of = "strings", doc = "wire word -> the canonical word of each part" },
  },

  rule = {
    name = { type = "string", doc = "its name; rules of one name are turned off together" },
    doc = { type = "string", doc = "what is allowed, as users are told" },
    source = { type = "string", doc = "where it is from" },
    capability = { type = "boolean", doc = "holds only with capability rules; overridable too" },
    overridable = { type = "boolean", doc = "kling.new{allow={name}} turns it off" },
    when = { type = "condition", doc = condition_doc },
    unless = { type = "condition", doc = "the rule is skipped when this holds; " .. condition_doc },
    require = { type = "strings", action = true, doc = "each must be given" },
    require_any = { type = "strings", action = true, doc = "at least one must be given" },
    forbid = { type = "strings", action = true, doc = "none may be given" },
    exclusive = { type = "list", of = "strings", action = true,
      doc = "lists of fields: only fields of one of them may be given" },
    refuse = { type = "record", of = "limit", action = true, doc = "that field: none of `values`" },
    limit = { type = "record", of = "limit", action = true,
      doc = "that field: only `values`, or from `min` to `max`" },
    total = { type = "record", of = "items", action = true,
      doc = "the item field adds up to the field `equals`, and no item exceeds it" },
    sequence = { type = "record", of = "items", action = true,
      doc = "item fields that are given count 1, 2, 3 in order" },
    items_forbid = { type = "record", of = "items", action = true,
      doc = "items must not give these fields" },
    one_nonzero = { type = "record", of = "axes", action = true,
      doc = "exactly one of these numbers of the object is not zero; absent ones are" },
    transport = { type = "record", of = "transport", action = true,
      doc = "media only in these forms" },
    voices = { type = "record", of = "voices", action = true,
      doc = "<<<voice_n>>> in the texts names the n-th item of the list" },
  },

  limit = {
    field = { type = "string", doc = "the field" },
    values = { type = "data", doc = "list of words or numbers" },
    min = { type = "number", doc = "smallest" },
    max = { type = "number", doc = "largest" },
  },

  items = {
    array = { type = "string", doc = "the array field" },
    field = { type = "string", doc = "the field of its items" },
    fields = { type = "strings", doc = "the fields of its items" },
    equals = { type = "string", doc = "the field that is the total" },
  },

  axes = {
    object = { type = "string", doc = "the object field" },
    fields = { type = "strings", doc = "its fields" },
  },

  transport = {
    fields = { type = "strings", doc = "the media fields" },
    accept = { type = "strings", words = { "url", "base64", "file" }, doc = "the forms" },
  },

  voices = {
    texts = { type = "strings", doc = "the fields that may name voices" },
    list = { type = "string", doc = "the array of voices" },
    needs = { type = "condition", doc = "what else must hold; " .. condition_doc },
  },
}
