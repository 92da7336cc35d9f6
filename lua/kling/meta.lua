---@meta kling
-- Types of kling for editors. Written by `make docs` from the library's data and comments.
--
-- Owns: nothing; change the data or the comment instead.
-- Stands on: lua-language-server's annotations.
-- Never: runs. `require "kling"` is lua/kling/init.lua.
-- luacheck: ignore 211 212 241 631

---@alias kling.GatewayName "anyfast"|"kkiai"|"kling"|"powertokens"|"uniall"

--- What kling.file returns.
---@class kling.File
---@field path string

--- Options, all by name; times in seconds.
---@class kling.AllOptions
---@field timeout? number seconds for all of it

--- Options, all by name; times in seconds.
---@class kling.BudgetOptions
---@field cost? number in the units of the prices, or as the service tells; what failed costs nothing unless it says so
---@field name? string budgets of the same name in one journal are one
---@field seconds? number of video; what failed has none
---@field tasks? number how many may be created

--- Options, all by name; times in seconds.
---@class kling.DownloadOptions
---@field index? number which video (default 1)
---@field on_progress? fun(received: integer, total: integer|nil) called with received and total bytes
---@field overwrite? boolean false: refuse an existing file (default true)
---@field timeout? number for all of it
---@field watermark? boolean the version with a watermark

--- Options, all by name; times in seconds.
---@class kling.ListOptions
---@field page_num? number which page (default 1)
---@field page_size? number tasks a page (default 30)

--- Options, all by name; times in seconds.
---@class kling.MapOptions
---@field budget? table tasks, seconds, cost: what all of it may take
---@field client? kling.Client who creates the tasks, when an endpoint is named
---@field concurrency? number items under way at once (default 5)
---@field interval? number between two polls of a task
---@field on_done? fun(item: kling.Item, index: integer) called with item and index as each one ends
---@field timeout? number seconds for one task; the gateway's deadline

--- Options, all by name; times in seconds.
---@class kling.Options
---@field absent_after? number seconds after a create was lost before "no such task" is believed, and it is created again; the gateway's if absent
---@field access_key? string|fun(): string|nil, string|nil with secret_key: signed tokens
---@field allow? string[] names of rules to turn off
---@field allow_http? boolean plain http to other machines, too
---@field api_key? string|fun(): string|nil, string|nil key, or a function that returns it
---@field base_url? string https://host[/path] in place of the gateway's own
---@field budget? table tasks, seconds, cost: what may be spent; name
---@field ca_file? string file of certificates to trust
---@field ca_path? string directory of certificates to trust
---@field capability_rules? boolean hold requests against what Kling's docs say a model can do
---@field concurrency? number|string tasks the account may run at once, or "auto" to learn it
---@field connect_timeout? number for one connection (default 30)
---@field create_timeout? number for all tries of one create (default 60)
---@field gateway kling.GatewayName|kling.data.gateway name of a gateway, or the data of one's own
---@field journal? string|table path of an SQLite file, {driver = "PostgreSQL", ...}, or an open journal
---@field lookup_timeout? number a create whose answer was lost is looked for (default 30)
---@field loop? string|function "block", or as kling.set_wait
---@field models? string[]|"any" further model names to accept, or "any"
---@field polling? kling.PollingOptions first, growth, jitter, interval_max, deadline (seconds)
---@field prices? table|string list of prices, or a file that returns it
---@field proxy? string URL of a proxy, as libcurl takes it
---@field retry_for? number of failing polls in a row before a wait gives up (default 120)
---@field secret_key? string|fun(): string|nil, string|nil the other half of access_key
---@field stall_timeout? number without a byte before a transfer is given up (default 60)
---@field timeout? number for one request to the service (default 120)
---@field user_agent? string what the client calls itself

--- Options, all by name; times in seconds.
---@class kling.PollingOptions
---@field deadline? number a wait lasts when it is told no timeout
---@field first? number before the first poll
---@field growth? number factor from one interval to the next
---@field interval_max? number between two polls at most
---@field jitter? number part by which intervals vary

--- Options, all by name; times in seconds.
---@class kling.RecoverOptions
---@field recreate? boolean create again what can't be looked for

--- Options, all by name; times in seconds.
---@class kling.SubmitOptions
---@field budget? table as in kling.new; of this call alone unless it has a name
---@field idempotency_key? string the same key, the same task; needs a journal
---@field recreate? boolean create again what may exist already

--- Options, all by name; times in seconds.
---@class kling.WaitOptions
---@field interval? number between two polls, in place of the growing interval
---@field on_progress? fun(task: kling.Task) called with the task whenever it has changed
---@field timeout? number seconds; the gateway's deadline if absent

--- Part of a gateway told as data.
---@class kling.data.axes
---@field fields? string[]|false its fields
---@field object? string|false the object field

--- Part of a gateway told as data.
---@class kling.data.compound
---@field names? table<string, string[]|false>|false wire word -> the canonical word of each part
---@field parts? string[]|false the fields it is made of, itself first

--- Part of a gateway told as data.
---@class kling.data.endpoint
---@field endpoint? string|false the endpoint data it builds on; its own key when absent
---@field fields? table|false field name -> words that replace the endpoint's
---@field list? string|false where tasks are listed, with pageNum and pageSize
---@field lookup? string|false where {id} may also be the caller's external_task_id
---@field order? string[]|false wire order of the fields named; the others follow
---@field path? string|false where a task is created (POST)
---@field query? string|false where it is asked after (GET), with {id}
---@field rules? kling.data.rule[]|false rules that hold here besides the endpoint's
---@field without? string[]|false names of endpoint rules that do not hold here

--- Part of a gateway told as data.
---@class kling.data.field
---@field accept? string[]|false media: the forms it may be given in; all when absent
---@field aliases? table<string, string|false>|false enum: other word -> canonical word
---@field also? string[]|false other names under which it may be given
---@field as? "number"|"string"|false how an integer is written
---@field capability? kling.data.field|false words that hold with capability rules
---@field compound? kling.data.compound|false one wire word made of several fields
---@field default? string|number|boolean|false its value when absent
---@field doc? string|false one sentence
---@field fields? table|false object: its fields
---@field fill? string[]|false array and item field: when absent, the first item's
---@field inside? string|false the group field it stands in on the wire
---@field item? kling.data.field|false array: what each item is
---@field max? number|false largest number, or most items
---@field max_bytes? number|false media: largest size, decoded
---@field max_length? number|false most Unicode code points
---@field max_ratio? number|false media: longer over shorter side
---@field min? number|false smallest number, or fewest items
---@field min_length? number|false fewest Unicode code points
---@field min_side? number|false media: shortest side in pixels
---@field name? string|false Kling's own name; items of arrays have none
---@field open? boolean|false enum: kling.new{models=} may add words
---@field required? boolean|false it must be given, after defaults and fills
---@field rules? kling.data.rule[]|false object: rules among its own fields
---@field send? "given"|"always"|"true"|"never"|false given: when given; always: the default too; true: only when true; never
---@field send_when? table|false sent only when this holds; field -> what must hold of it, all of them: true or false, a word or a list of words (after defaults), or "*" when it has to be given
---@field shorthand? string|false object: the field a boolean in its place stands for
---@field source? string|false where the rule is from
---@field spelling? table<string, string|false>|false enum: canonical word -> word on the wire
---@field sum_of? string[]|false array and item field: when absent, their sum
---@field type? "string"|"enum"|"boolean"|"integer"|"number"|"id"|"url"|"media"|"object"|"array"|"group"|false what it is given as
---@field values? string[]|false enum: the canonical words
---@field wire? string|false its name on the wire, when that differs

--- Part of a gateway told as data.
---@class kling.data.gateway
---@field auth? string[]|false how it may be paid: bearer (an API key), jwt (signed from access and secret key)
---@field base_url? string|false scheme and host; absent: kling.new must be given one
---@field capability_rules? boolean|false whether rules about what each model can do hold unless kling.new says otherwise
---@field doc? string|false one sentence
---@field endpoints? table<string, kling.data.endpoint|false>|false endpoint name -> how it is spelled here
---@field extends? string|false the gateway whose words hold where this one says nothing
---@field guarantees? kling.data.guarantees|false what one may rely on
---@field name? string|false how users call it
---@field polling? kling.data.polling|false how often a task is asked after
---@field replies? table|false words that replace those of kling/replies.lua
---@field source? string|false where the facts are from

--- Part of a gateway told as data.
---@class kling.data.guarantees
---@field absent_after? number|false with lookup: seconds after a create whose answer was lost before "no such task" is believed; 120 if absent
---@field callbacks? boolean|false callback_url is called
---@field list? boolean|false tasks can be listed
---@field lookup? boolean|false tasks are found by external_task_id
---@field loses? kling.data.loss[]|false fields that may not reach Kling
---@field unique_external_id? boolean|false a second task with the same external_task_id is refused

--- Part of a gateway told as data.
---@class kling.data.items
---@field array? string|false the array field
---@field equals? string|false the field that is the total
---@field field? string|false the field of its items
---@field fields? string[]|false the fields of its items

--- Part of a gateway told as data.
---@class kling.data.limit
---@field field? string|false the field
---@field max? number|false largest
---@field min? number|false smallest
---@field values? table|false list of words or numbers

--- Part of a gateway told as data.
---@class kling.data.loss
---@field field? string|false name of the field
---@field reason? string|false when and why it is lost

--- Part of a gateway told as data.
---@class kling.data.polling
---@field deadline? number|false seconds after which waiting is given up
---@field first? number|false seconds from creation to the first question
---@field growth? number|false each interval is this many times the one before
---@field interval_max? number|false longest interval, in seconds
---@field jitter? number|false share by which an interval is varied at random

--- Part of a gateway told as data.
---@class kling.data.rule
---@field capability? boolean|false holds only with capability rules; overridable too
---@field doc? string|false what is allowed, as users are told
---@field exclusive? string[][]|false lists of fields: only fields of one of them may be given
---@field forbid? string[]|false none may be given
---@field items_forbid? kling.data.items|false items must not give these fields
---@field limit? kling.data.limit|false that field: only `values`, or from `min` to `max`
---@field name? string|false its name; rules of one name are turned off together
---@field one_nonzero? kling.data.axes|false exactly one of these numbers of the object is not zero; absent ones are
---@field overridable? boolean|false kling.new{allow={name}} turns it off
---@field refuse? kling.data.limit|false that field: none of `values`
---@field require? string[]|false each must be given
---@field require_any? string[]|false at least one must be given
---@field sequence? kling.data.items|false item fields that are given count 1, 2, 3 in order
---@field source? string|false where it is from
---@field total? kling.data.items|false the item field adds up to the field `equals`, and no item exceeds it
---@field transport? kling.data.transport|false media only in these forms
---@field unless? table|false the rule is skipped when this holds; field -> what must hold of it, all of them: true or false, a word or a list of words (after defaults), or "*" when it has to be given
---@field voices? kling.data.voices|false <<<voice_n>>> in the texts names the n-th item of the list
---@field when? table|false field -> what must hold of it, all of them: true or false, a word or a list of words (after defaults), or "*" when it has to be given

--- Part of a gateway told as data.
---@class kling.data.transport
---@field accept? string[]|false the forms
---@field fields? string[]|false the media fields

--- Part of a gateway told as data.
---@class kling.data.voices
---@field list? string|false the array of voices
---@field needs? table|false what else must hold; field -> what must hold of it, all of them: true or false, a word or a list of words (after defaults), or "*" when it has to be given
---@field texts? string[]|false the fields that may name voices

--- One voice.
---@class kling.text2video.voice_list
---@field voice_id string Id of a preset or custom voice.

--- One shot.
---@class kling.text2video.multi_prompt
---@field index? integer|string Its place, from 1; filled in when absent.
---@field prompt string What the shot shows.
---@field duration integer|string Its length in seconds.

--- How far the camera moves along each axis, -10 to 10, exactly one of them not zero.
---@class kling.text2video.camera_control.config
---@field horizontal? number To the left or right.
---@field vertical? number Up or down.
---@field pan? number Turn about an axis; Kling's editions disagree about which.
---@field tilt? number Turn about an axis; Kling's editions disagree about which.
---@field roll? number About the line of sight.
---@field zoom? number Change of focal length.

--- How the camera moves.
---@class kling.text2video.camera_control
---@field type? "simple"|"down_back"|"forward_up"|"right_turn_forward"|"left_turn_forward" simple (told by config) or one of four fixed moves.
---@field config? kling.text2video.camera_control.config How far the camera moves along each axis, -10 to 10, exactly one of them not zero.

--- Whether a copy with a watermark is made too; true or false will do.
---@class kling.text2video.watermark_info
---@field enabled boolean true makes the copy.

--- What text2video takes.
---@class kling.text2video.Request
---@field model_name? "kling-v3"|"kling-v2-6"|"kling-v2-5-turbo"|"kling-v2-1-master"|"kling-v2-master"|"kling-v1-6"|"kling-v1"|string Which model makes the video.
---@field model? "kling-v3"|"kling-v2-6"|"kling-v2-5-turbo"|"kling-v2-1-master"|"kling-v2-master"|"kling-v1-6"|"kling-v1"|string The same as model_name.
---@field prompt? string What the video shows; not used when multi_shot is true with shot_type customize.
---@field negative_prompt? string What the video should not show.
---@field voice_list? kling.text2video.voice_list[] Voices that the prompt names as <<<voice_1>>> and <<<voice_2>>>; needs sound on.
---@field mode? "std"|"pro"|"4k" Quality: std 720p, pro 1080p, 4k.
---@field duration? integer|string Length in seconds; the sum of the shots when it is absent and shots are given.
---@field aspect_ratio? "16:9"|"9:16"|"1:1" Width to height.
---@field cfg_scale? number How closely the video keeps to the prompt, 0 to 1.
---@field multi_shot? boolean Several shots in one video; false when absent.
---@field shot_type? "customize"|"intelligence" Who plans the shots: you (customize) or the model (intelligence).
---@field multi_prompt? kling.text2video.multi_prompt[] The shots, one to six.
---@field sound? "on"|"off" Whether the video gets sound; models from V2.6 on.
---@field camera_control? kling.text2video.camera_control How the camera moves.
---@field watermark_info? kling.text2video.watermark_info|boolean Whether a copy with a watermark is made too; true or false will do.
---@field callback_url? string Where the service posts every change of the task's state.
---@field external_task_id? string Your own id of the task, unique in your account.
---@field extra? table<string, any> Parameters that kling does not know, passed on untouched.

--- One element.
---@class kling.image2video.element_list
---@field element_id string|integer Id of the element; a digit string keeps its 18 digits in every Lua.

--- One voice.
---@class kling.image2video.voice_list
---@field voice_id string Id of a preset or custom voice.

--- One point, counted from the lower left.
---@class kling.image2video.dynamic_masks.trajectories
---@field x number Pixels to the right.
---@field y number Pixels up.

--- One area and its path.
---@class kling.image2video.dynamic_masks
---@field mask string|kling.File The area: a picture, given like image.
---@field trajectories kling.image2video.dynamic_masks.trajectories[] The path, from the first point to the last.

--- One shot.
---@class kling.image2video.multi_prompt
---@field index? integer|string Its place, from 1; filled in when absent.
---@field prompt string What the shot shows.
---@field duration integer|string Its length in seconds.

--- How far the camera moves along each axis, -10 to 10, exactly one of them not zero.
---@class kling.image2video.camera_control.config
---@field horizontal? number To the left or right.
---@field vertical? number Up or down.
---@field pan? number Turn about an axis; Kling's editions disagree about which.
---@field tilt? number Turn about an axis; Kling's editions disagree about which.
---@field roll? number About the line of sight.
---@field zoom? number Change of focal length.

--- How the camera moves.
---@class kling.image2video.camera_control
---@field type? "simple"|"down_back"|"forward_up"|"right_turn_forward"|"left_turn_forward" simple (told by config) or one of four fixed moves.
---@field config? kling.image2video.camera_control.config How far the camera moves along each axis, -10 to 10, exactly one of them not zero.

--- Whether a copy with a watermark is made too; true or false will do.
---@class kling.image2video.watermark_info
---@field enabled boolean true makes the copy.

--- What image2video takes.
---@class kling.image2video.Request
---@field model_name? "kling-v3"|"kling-v2-6"|"kling-v2-5-turbo"|"kling-v2-1-master"|"kling-v2-1"|"kling-v2-master"|"kling-v1-6"|"kling-v1-5"|"kling-v1"|string Which model makes the video.
---@field model? "kling-v3"|"kling-v2-6"|"kling-v2-5-turbo"|"kling-v2-1-master"|"kling-v2-1"|"kling-v2-master"|"kling-v1-6"|"kling-v1-5"|"kling-v1"|string The same as model_name.
---@field prompt? string What the video shows; not used when multi_shot is true with shot_type customize.
---@field negative_prompt? string What the video should not show.
---@field image? string|kling.File First frame: URL, Base64 or kling.file; JPEG or PNG, 10 MB, sides of 300 and more.
---@field image_tail? string|kling.File Last frame, given like image.
---@field last_image? string|kling.File The same as image_tail.
---@field element_list? kling.image2video.element_list[] Elements of your library that the video should show, three at most.
---@field voice_list? kling.image2video.voice_list[] Voices that the prompt names as <<<voice_1>>> and <<<voice_2>>>; needs sound on.
---@field static_mask? string|kling.File Where nothing moves: a picture, given like image.
---@field dynamic_masks? kling.image2video.dynamic_masks[] What moves along which path, six at most.
---@field mode? "std"|"pro"|"4k" Quality: std 720p, pro 1080p, 4k.
---@field duration? integer|string Length in seconds; the sum of the shots when it is absent and shots are given.
---@field aspect_ratio? "16:9"|"9:16"|"1:1" Width to height.
---@field cfg_scale? number How closely the video keeps to the prompt, 0 to 1.
---@field multi_shot? boolean Several shots in one video; false when absent.
---@field shot_type? "customize"|"intelligence" Who plans the shots: you (customize) or the model (intelligence).
---@field multi_prompt? kling.image2video.multi_prompt[] The shots, one to six.
---@field sound? "on"|"off" Whether the video gets sound; models from V2.6 on.
---@field camera_control? kling.image2video.camera_control How the camera moves.
---@field watermark_info? kling.image2video.watermark_info|boolean Whether a copy with a watermark is made too; true or false will do.
---@field callback_url? string Where the service posts every change of the task's state.
---@field external_task_id? string Your own id of the task, unique in your account.
---@field extra? table<string, any> Parameters that kling does not know, passed on untouched.

--- One gateway and one account there.
---@class kling.Client
---@field gateway string
---@field base_url string
local Client = {}

--- Creates a task. It returns when the service has taken it, or has not.
---@param endpoint string as in "text2video"
---@param request table Kling's parameters; `extra` holds parameters that kling does not know
---@param given table|nil idempotency_key (may stand in the request, too), budget, recreate
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err kind "ambiguous": the task may exist, look before creating another
function Client:submit(endpoint, request, given) end

--- Finds out what became of the creates that a process left behind when it ended: looks for them where the service can be asked, and creates those again that it proves to be missing.
---@param given kling.RecoverOptions|nil recreate: create again what the service can't be asked about
---@return kling.Item[]|nil items each with a task, or with message and err
---@return string|nil message
---@return kling.Error|nil err
function Client:recover(given) end

--- Holds a request against the gateway's rules. Nothing is sent.
---@param endpoint string
---@param request table
---@return true|nil good
---@return string|nil message
---@return kling.Error|nil err err.problems: everything that is wrong, {path, got, allowed, message}
function Client:validate(endpoint, request) end

--- What a create would send.
---@param endpoint string
---@param request table
---@return table|nil preview {method=, url=, headers= {name = value}, body=}; the key is masked
---@return string|nil message
---@return kling.Error|nil err
function Client:preview(endpoint, request) end

--- A task that exists already. Nothing is asked before task:status or task:wait.
---@param id string|integer|table the service's id, or {external_task_id = "..."} where the gateway finds tasks by it
---@param endpoint string|nil may be left out when the gateway has one only
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err
function Client:task(id, endpoint) end

--- A task of task:serialize(), in this or another process.
---@param text string
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err
function Client:resume(text) end

--- What the gateway can do, from its data; nothing is asked.
---@return table capabilities endpoints (models, modes, durations, fields, rules), guarantees
function Client:capabilities() end

--- The account's tasks, newest first as the service has them.
---@param endpoint string
---@param page kling.ListOptions|nil page_num (1), page_size (30)
---@return kling.Task[]|nil tasks
---@return string|nil message
---@return kling.Error|nil err
function Client:list(endpoint, page) end

--- The task a callback speaks of, asked about just now. Not the callback is taken at its word but the answer, so a forged or an old one does no harm.
---@param event kling.Event of kling.callback.parse
---@param endpoint string|nil may be left out; then each endpoint is asked until one knows the task
---@return kling.Task|nil task task.state is the service's answer
---@return string|nil message
---@return kling.Error|nil err
function Client:on_callback(event, endpoint) end

--- Tasks of this client that are being created or waited for, those included whose call was ended by Ctrl-C or an error raised in a callback.
---@return kling.Task[]
function Client:pending() end

--- Stops all waiting. Tasks go on at the service; the client can't be used any more.
function Client:close() end

--- A video from a description. Creates a task. It returns when the service has taken it, or has not.
---@param request kling.text2video.Request
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err kind "ambiguous": the task may exist, look before creating another
function Client:text2video(request) end

--- A video that starts from a picture, ends with one, or both. Creates a task. It returns when the service has taken it, or has not.
---@param request kling.image2video.Request
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err kind "ambiguous": the task may exist, look before creating another
function Client:image2video(request) end

--- What every failure that isn't misuse comes with, as third value.
---@class kling.Error
---@field kind string one of invalid, auth, permission, quota, rate, concurrency, policy, not_found, ambiguous, timeout, failed, expired, network, protocol, cancelled, budget, server
---@field retryable boolean the same call may succeed later, and repeating it is safe
---@field code string|nil the service's own code
---@field status integer|nil HTTP status
---@field request_id string|nil what the service calls the request; its support asks for it
---@field task_id string|nil
---@field external_task_id string|nil
---@field gateway string|nil
---@field retry_after number|nil seconds the service asked to wait
---@field lost_for number|nil ambiguous: seconds since the answer to the create was lost
---@field hint string|nil what to do
---@field cause string|nil kind of what went wrong on the way (ambiguous, timeout)
---@field problems kling.Problem[]|nil everything that is wrong with a request (invalid)
local Error = {}

--- What a callback says.
---@class kling.Event
---@field verified boolean a signature was there, and it is right
---@field task_id string|nil behind a gateway with ids of its own it may be the id at Kling
---@field external_task_id string|nil
---@field state string queued, running, succeeded or failed
---@field raw_status string the service's word
---@field reason string|nil why it failed
---@field created_at number|nil Unix seconds
---@field updated_at number|nil Unix seconds
---@field result table|nil as of task:wait, when it succeeded
---@field webhook_id string|nil the same for every delivery of one message
local Event = {}

--- A function that was started by kling.spawn.
---@class kling.Fiber
---@field done boolean it has returned or raised
---@field ok boolean|nil it has returned
---@field values table|nil what it returned, `n` values; or the error alone
local Fiber = {}

--- One create that was meant, and what became of it.
---@class kling.Intent
---@field state string open (it may have been sent), ambiguous, accepted, succeeded, failed, refused
---@field gateway string
---@field base_url string
---@field endpoint string
---@field external_task_id string|nil
---@field task_id string|nil
---@field idempotency_key string|nil
---@field request table
---@field kind string|nil of the error
---@field reason string|nil why it was refused or failed
---@field result kling.Result|nil
---@field path string|nil where the video was saved
---@field seconds number of video
---@field cost number as reserved, or as the service told it
---@field created_at number Unix seconds
---@field updated_at number Unix seconds
local Intent = {}

--- What one of many has come to.
---@class kling.Item
---@field index integer its place in the list that was given
---@field ok boolean it has a result; or it is a function that returned no failure
---@field task kling.Task|nil
---@field result any the task's result; or the first value a function returned
---@field message string|nil why there is none
---@field err kling.Error|nil as everywhere; kind "raised" for a function that raised
local Item = {}

--- A journal. `tasks` lists what it holds, `close` gives up what this process takes care of.
---@class kling.Journal
local Journal = {}

--- What is in the journal, oldest first.
---@param given table|nil state: only those in that state; also "settled", "downloaded"
---@return kling.Intent[]|nil intents
---@return string|nil message
---@return kling.Error|nil err
function Journal:tasks(given) end

--- Lets the database go. What is not settled may be taken up by another process from now on.
function Journal:close() end

--- One thing that is wrong with a request.
---@class kling.Problem
---@field path string where, as in "multi_prompt[2].duration"
---@field got string what stands there
---@field allowed string what may stand there
---@field rule string|nil name of the rule
---@field message string all of it in one sentence
local Problem = {}

--- What a task that succeeded has made.
---@class kling.Result
---@field videos kling.Video[]
---@field task_id string
---@field external_task_id string|nil
---@field created_at integer|nil Unix seconds
---@field updated_at integer|nil Unix seconds
---@field cost string|nil in the service's units, where it tells them
local Result = {}

--- A running sandbox.
---@class kling.Sandbox
---@field url string where it listens
---@field port integer
---@field pid integer
---@field ca_file string|nil its certificate, with tls = true
local Sandbox = {}

--- Send an admin command; raises when the sandbox refuses it.
---@param method string GET, POST or DELETE
---@param path string under /_sandbox/, may carry a query
---@param value table|nil what to send
---@return table reply
function Sandbox:admin(method, path, value) end

--- The base_url of a gateway.
---@param name string
---@return string
function Sandbox:base_url(name) end

--- Arm a fault.
---@param spec table fault, gateway, on, nth, times, chance, external_task_id, when, delay, ...
---@return table reply
function Sandbox:fault(spec) end

--- Disarm all faults.
---@return table reply
function Sandbox:clear() end

--- Forget tasks, figures, faults and changed options.
---@return table reply
function Sandbox:reset() end

--- Let every unfinished task end now: with a long `speed` it is you who says when.
---@return table reply
function Sandbox:finish() end

--- Change options.
---@param changes table new values by name; `gateway` names one gateway
---@return table reply
function Sandbox:options(changes) end

--- The figures, of everything or of one gateway.
---@param gateway string|nil
---@return table
function Sandbox:stats(gateway) end

--- The tasks made, of everything or of one gateway.
---@param gateway string|nil
---@return table list
function Sandbox:tasks(gateway) end

--- End the sandbox and wait until it is gone. Harmless when repeated.
function Sandbox:stop() end

--- A video that was asked for. A userdata; the fields can be read only.
---@class kling.Task
---@field id string|nil the service's id; nil until it has told one
---@field external_task_id string|nil the caller's own id, or one that kling made up
---@field state string|nil "queued", "running", "succeeded", "failed"; nil: not known
---@field raw_status string|nil the service's own word for the state
---@field progress number|nil 0 to 1, where the service tells it
---@field created_at integer|nil Unix seconds
---@field updated_at integer|nil Unix seconds
---@field born integer|nil Unix seconds by this machine's clock; nil unless kling created it
---@field reason string|nil why it failed
---@field gateway string
---@field endpoint string
---@field client kling.Client
---@field created boolean it has an id
---@field done boolean it succeeded, failed, or was never created
---@field busy boolean a create or a question is under way
---@field watched boolean it is polled
---@field version integer grows whenever something changed
---@field asked integer questions that were answered
---@field due number|nil seconds until its next question
---@field error fun(self: kling.Task): string|nil, kling.Error|nil why it was not created, why it failed, or why the last question had no answer
---@field trouble fun(self: kling.Task): string|nil, kling.Error|nil why the polls are failing now
---@field raw fun(self: kling.Task): table|nil the last reply as lua-cjson gives it
---@field result fun(self: kling.Task): kling.Result|nil once it has succeeded
---@field watch fun(self: kling.Task, options: table|nil) polls from now on, while something waits
---@field unwatch fun(self: kling.Task) stops polling
---@field ask fun(self: kling.Task) one question, sent when something waits
---@field cancel fun(self: kling.Task) stops everything here; the task goes on at the service
local Task = {}

--- Waits until the task has succeeded or failed, or the time is up. Can be called again at any time; a task that had ended before is not asked about again.
---@param given kling.WaitOptions|nil timeout (seconds; the gateway's deadline), interval (seconds), on_progress
---@return kling.Result|nil result
---@return string|nil message
---@return kling.Error|nil err kind "failed": the service gave up; "timeout": the task goes on
function Task:wait(given) end

--- Calls back when the task has ended, or waiting for it has. In hosts with a loop the program just goes on; in a plain script the callback runs while something else waits.
---@param fn function called with the task, and with what task:wait returns: result, message, err
---@param given kling.WaitOptions|nil as for task:wait
---@return kling.Task task
function Task:on_done(fn, given) end

--- Calls back whenever the task's state or progress has changed, until it ends.
---@param fn function called with the task
---@return kling.Task task
function Task:on_progress(fn) end

--- Asks once. A failure that may pass is tried again, three times in all, unless the service wants more time than the client's retry_for.
---@return string|nil state "queued", "running", "succeeded", "failed", or "unknown"
---@return table|string details raw_status, progress, reason, created_at, updated_at, task_id, external_task_id; without an answer: the message
---@return kling.Error|nil err
function Task:status() end

--- Saves a video that the task has made. It is written to `<path>.part` first; a download that broke off is continued by the next call. Processes that save at the same time need a path each.
---@param path string
---@param given kling.DownloadOptions|nil index (1), watermark (false), overwrite (true), timeout (seconds), on_progress (called with received and total bytes; total is nil where the server does not say)
---@return string|nil path
---@return integer|string bytes or message
---@return kling.Error|nil err
function Task:download(path, given) end

--- The task as a line of text without secrets; client:resume(text) takes it up again.
---@return string|nil text
---@return string|nil message
---@return kling.Error|nil err
function Task:serialize() end

--- Stops waiting for the task, wherever that is done; the task itself goes on at the service.
function Task:forget() end

--- One of the videos that a task has made.
---@class kling.Video
---@field id string|nil
---@field url string valid for a limited time (Kling: 30 days)
---@field duration number|nil seconds
---@field watermark_url string|nil
local Video = {}

--- Kling AI videos from Lua.
---@class kling
---@field _VERSION string The version of the library, as in "0.1.0".
---@field null lightuserdata Stands for JSON's null in replies; the same as cjson.null.
local kling = {}

--- Waits until all have ended.
---@param things table list of tasks, functions, or what kling.spawn returned
---@param given kling.AllOptions|nil timeout (seconds)
---@return kling.Item[] items in the order of the list
function kling.all(things, given) end

--- Waits until one has succeeded. The others go on.
---@param things table list of tasks, functions, or what kling.spawn returned
---@param given kling.AllOptions|nil timeout (seconds)
---@return kling.Item|nil item
---@return string|nil message why the last one did not
---@return kling.Error|nil err
function kling.any(things, given) end

--- Iterates over tasks (or functions, or what kling.spawn returned) as they end. In Lua 5.1 the iterator can't wait inside a spawned function; call it by hand there.
---@param things table list
---@param given kling.AllOptions|nil timeout (seconds): those that have not ended by then come last
---@return fun(): kling.Item|nil
function kling.as_completed(things, given) end

--- A local JPEG or PNG to be sent as a picture; it is read while it is sent.
---@param path string
---@return table
function kling.file(path) end

--- The project's gateways.
---@return string[] names in alphabetical order
function kling.gateways() end

--- Waits for functions started by kling.spawn, all of them when none is named. Raises what one of them raised, after all have ended.
---@param ... kling.Fiber
---@return any ... what the function returned; of several functions, the first value of each
function kling.join(...) end

--- Does the same with every item of a list, some at a time, and waits for all of them.
---@param requests table list of requests, or of whatever the function takes
---@param how string|function name of an endpoint: each request becomes a task that is waited for; or a function(request, index) that may create, wait and download: its values become the item's
---@param given kling.MapOptions|nil concurrency (5: what Kling's smaller packages allow), client (needed with an endpoint), timeout (seconds a task), interval (seconds), on_done (called with item and index)
---@return kling.Item[] items in the order of the requests
function kling.map(requests, how, given) end

--- Makes a client. Nothing is read, asked or connected to.
---@param given kling.Options
---@return kling.Client
function kling.new(given) end

--- Waits in all clients by a function of the user's own, or by the loop of a name.
---@param wait function|string|nil function(done, seconds, engine); nil: as before
function kling.set_wait(wait) end

--- Starts a function that may wait for tasks while others do.
---@param fn function
---@param ... any its arguments
---@return kling.Fiber fiber it has run up to its first wait
function kling.spawn(fn, ...) end

kling.callback = {}

--- Checks and reads a callback.
---@param headers table<string, string|string[]> of the HTTP request, in any case
---@param body string as it came, byte for byte
---@param options table|nil secret (string or list of strings, "whsec_..."), signed (true: refuse callbacks without a signature), tolerance (300 seconds), max_bytes (1 MiB), now (Unix seconds)
---@return kling.Event|nil event verified is false when there was no signature, or no secret for it
---@return string|nil message
---@return kling.Error|nil err kind "auth": forged, altered or too old; "protocol": not readable
function kling.callback.parse(headers, body, options) end

kling.journal = {}

--- Opens a journal; a file that does not exist is made.
---@param spec string|table path of an SQLite file, or {driver = "PostgreSQL", database =, user =, password =, host =, port =}
---@return kling.Journal|nil journal
---@return string|nil message
---@return kling.Error|nil err code "journal"
function kling.journal.open(spec) end

kling.sandbox = {}

--- Serve until Ctrl-C, in this Lua or, when it has no lua-http, in one that does.
---@param options table|nil port, speed, keys, faults, tls and others: kling/sandbox/init.lua
function kling.sandbox.run(options) end

--- Start a sandbox as a child process; it ends with this process at the latest.
---@param options table|nil port, speed, keys, faults, tls and others: kling/sandbox/init.lua
---@return kling.Sandbox handle
function kling.sandbox.start(options) end

return kling
