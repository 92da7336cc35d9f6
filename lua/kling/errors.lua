--- What failures mean: classes, and the codes, types, phrases and HTTP statuses that lead to them.
-- Owns: the classification of every error reply of Kling and the gateways. Pure data.
-- Stands on: nothing. Sources: Kling's table of error codes, new-api's and one-hub's replies.
-- Never: decides what is done about it; the task machine does, from the words below.
--
-- Words of a class:
--   kind       the word users see in `err.kind`; without it the class only looks further
--   text       how the sentence begins
--   hint       what the user can do
--   retry      "always": it may pass and nothing was made, so creates too may be sent again;
--              "asking": questions may be repeated, creates not; absent: it won't pass by itself
--   lost       after a create a task may exist all the same
--   absent     the service says there is no such task
--   resign     signing anew may help once
--   duplicate  a task with this external_task_id exists
--   nested     the message may carry the error of the service behind, which says more
--   refine     a known phrase in the message says more
--   at         HTTP status -> class, looked up before `statuses`
local OPERATOR = "this is the gateway operator's account, not yours: tell the operator"

return {
  classes = {
    invalid = { kind = "invalid", text = "the service refused the request", refine = true },
    unbuilt = { kind = "invalid", text = "the gateway could not use the request" },
    duplicate = {
      kind = "invalid", text = "a task with this external_task_id exists already",
      hint = "ask for that task by its external_task_id, or choose another one", duplicate = true,
    },
    auth = {
      kind = "auth", text = "the service did not accept the key",
      hint = "check the key, and that it belongs to this gateway and base_url",
    },
    clock = {
      kind = "auth", text = "the service did not accept the token's time",
      hint = "check this machine's clock", resign = true,
    },
    permission = { kind = "permission", text = "the service does not permit this" },
    network_list = {
      kind = "permission", text = "the service does not permit this address",
      hint = "add this machine's address to the list of allowed ones in the account's settings",
    },
    quota = {
      kind = "quota", text = "the account has nothing left to spend",
      hint = "top up the account or renew its package; trying again does not help",
    },
    account = {
      kind = "quota", text = "the account is not in order",
      hint = "look at the account's state with the service; trying again does not help",
    },
    policy = {
      kind = "policy", text = "the content was refused by policy",
      hint = "change the prompt or the pictures",
    },
    rate = {
      kind = "rate", text = "too many requests", retry = "always", hint = "ask less often",
    },
    concurrency = {
      kind = "concurrency", text = "too many tasks at once", retry = "always",
      hint = "keep fewer tasks in flight, or wait until some have finished",
    },
    not_found = { kind = "not_found", text = "the service knows no such thing" },
    no_model = {
      kind = "not_found", text = "the service has no such model at the moment",
      hint = "check model_name; the gateway may have no channel that serves it",
    },
    absent = {
      kind = "not_found", text = "the service knows no such task", absent = true,
      hint = "check the id, and that it was made with this gateway and account",
    },

    --- a task may have been made before it went wrong
    trouble = {
      kind = "server", text = "the service failed", retry = "asking", lost = true,
    },
    closed = { kind = "server", text = "the service is down for now", retry = "asking" },
    --- the gateway is set up wrongly: nothing was made, nothing will be
    unfit = {
      kind = "server", text = "the gateway cannot serve this",
      hint = "tell the gateway's operator",
    },
    unshown = {
      kind = "server", text = "the gateway could not show the task", retry = "asking", lost = true,
      hint = "the task itself may be fine: ask again later",
    },
    --- an error nobody has described, with an HTTP status that says all is well
    unknown = {
      kind = "server", text = "the service reported an error", retry = "asking", lost = true,
    },

    --- errors of the service behind the gateway: the nested code first, then the HTTP status
    upstream = { nested = true, at = { ["401"] = "operator", ["429"] = "rate" } },
    task_failed = {
      kind = "invalid", text = "the service behind the gateway refused the request",
      nested = true, refine = true,
    },
    operator = { kind = "auth", text = "the gateway's own key was not accepted", hint = OPERATOR },
    operator_quota = {
      kind = "quota", text = "the gateway has nothing left to spend", hint = OPERATOR,
    },
    operator_permission = {
      kind = "permission", text = "the gateway itself is not permitted this", hint = OPERATOR,
    },

    redirect = {
      kind = "protocol", text = "the service answered with a redirect",
      hint = "check base_url; redirects are not followed here",
    },
    --- 303 says that the request was acted upon (RFC 9110, 15.4.4)
    elsewhere = { kind = "protocol", lost = true, text = "the answer is somewhere else" },
    page = {
      kind = "protocol", lost = true, text = "an HTML page came instead of JSON",
      hint = "check base_url and the path: gateways answer unknown paths with their web page",
    },
    unreadable = { kind = "protocol", lost = true, text = "the reply cannot be read" },
    nameless = { kind = "protocol", lost = true, text = "the reply names no task" },
  },

  --- Kling's numbers, then the words of new-api and one-hub
  codes = {
    ["1000"] = "auth", ["1001"] = "auth", ["1002"] = "auth",
    ["1003"] = "clock", ["1004"] = "clock",
    ["1100"] = "account", ["1101"] = "quota", ["1102"] = "quota",
    ["1103"] = "permission",
    ["1200"] = "invalid", ["1201"] = "invalid", ["1202"] = "invalid", ["1203"] = "not_found",
    ["1300"] = "policy", ["1301"] = "policy",
    ["1302"] = "rate", ["1303"] = "concurrency", ["1304"] = "network_list",
    ["5000"] = "trouble", ["5001"] = "closed", ["5002"] = "trouble",

    invalid_request = "invalid", build_request_failed = "unbuilt",
    quota_not_enough = "quota", insufficient_user_quota = "quota",
    pre_consume_token_quota_failed = "quota",
    access_denied = "permission", invalid_api_key = "auth",
    task_failed = "task_failed", fail_to_fetch_task = "upstream", task_not_exist = "absent",
    model_price_error = "unfit", model_mapping_failed = "unfit", invalid_api_platform = "unfit",
    not_implemented = "unfit", model_not_found = "no_model",
    do_request_failed = "trouble", read_response_body_failed = "trouble",
    unmarshal_response_failed = "trouble",
    get_task_failed = "unshown", convert_to_openai_video_failed = "unshown",
  },

  --- codes that mean something else when the service behind the gateway said them
  nested_codes = {
    ["1000"] = "operator", ["1001"] = "operator", ["1002"] = "operator", ["1003"] = "operator",
    ["1004"] = "operator", invalid_api_key = "operator",
    ["1100"] = "operator_quota", ["1101"] = "operator_quota", ["1102"] = "operator_quota",
    quota_not_enough = "operator_quota", insufficient_user_quota = "operator_quota",
    pre_consume_token_quota_failed = "operator_quota",
    ["1103"] = "operator_permission", ["1304"] = "operator_permission",
    access_denied = "operator_permission",
  },

  --- `error.type`. new_api_error and one_hub_error say nothing and are not listed
  types = {
    authentication_error = "auth", permission_error = "permission",
    insufficient_quota = "quota", rate_limit_error = "rate",
    invalid_request_error = "invalid", new_api_panic = "trouble",
  },

  --- parts of messages, tried in order, whatever the case
  phrases = {
    { "task not found", "absent" },
    { "already exist", "duplicate" },
    { "parallel task over resource pack limit", "concurrency" },
    { "account balance not enough", "quota" },
    --- new-api's words for any 429 of Kling: the group's upstream is saturated, try later
    { "当前分组上游负载已饱和", "rate" },
  },

  --- the last resort; "page", "unreadable" and "nameless" are replies that are no answer at all
  statuses = {
    ["2xx"] = "unknown", ["3xx"] = "redirect", ["4xx"] = "invalid", ["5xx"] = "trouble",
    ["401"] = "auth", ["402"] = "quota", ["403"] = "permission",
    ["303"] = "elsewhere",
    ["404"] = "not_found", ["410"] = "not_found", ["408"] = "trouble", ["499"] = "trouble",
    ["429"] = "rate", ["501"] = "unfit",
    page = "page", unreadable = "unreadable", nameless = "nameless",
  },
}
