"""The contest as data: who takes part, what is done, how often, and how far ours should reach.

Owns: the table of contestants and the table of workloads.
Stands on: nothing; run reads it.
Never: runs or measures anything.
"""
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's requests and aiohttp


def peer(*command):
    return [*command[:-1], str(HERE / "peers" / command[-1])]


# name: command, to which the workload, the URL, the count and the workload's own words are added.
# {bin} is the folder of the compiled clients, {lua} the Lua that ours was built for.
COMMANDS = {
    "limit": ["{bin}/bare"],
    "kling": ["{lua}", str(HERE / "ours.lua")],
    "lua-curl": peer("lua5.1", "lua_curl.lua"),
    "lua-http": peer("luajit", "lua_http.lua"),
    "LuaSocket": peer("luajit", "lua_socket.lua"),
    "http.client": peer(PYTHON, "http_client.py"),
    "requests": peer(PYTHON, "requests_.py"),
    "aiohttp": peer(PYTHON, "aiohttp_.py"),
    "undici": peer("node", "undici.mjs"),
    "fetch": peer("node", "fetch.mjs"),
    "kling-api": peer("node", "kling_api.mjs"),
    "walk": peer("{lua}", "lua_encode.lua"),
    "cjson": peer("{lua}", "lua_encode.lua"),
    "ajv": peer("node", "validate.mjs"),
    "zod": peer("node", "validate.mjs"),
    "curl": peer("curl.sh"),
}

# What is worth a word below the table.
NOTES = {
    "limit": "bare C on libcurl: body prepared, strstr for JSON, handles used again",
    "walk": "a C module that walks the table and writes JSON, checking nothing",
    "cjson": "lua-cjson's encode alone, checking nothing",
    "ajv": "JSON Schema by ajv, then JSON.stringify",
    "zod": "zod, then JSON.stringify",
    "lua-curl": "Debian's binding has easy handles only: one task at a time",
    "LuaSocket": "one task at a time, a connection for every request; loads no TLS",
    "curl": "the command-line tool",
}


def encode(name):
    """One class of request: floor, ours, and what checks or writes it elsewhere."""
    return {
        "title": f"validate + encode: {name}",
        "command": "encode",
        "count": 200000,
        "words": [name],
        "rounds": 5,
        "limit": "walk",
        # contestant: share of the count that it is given, and what is added to its words
        "contestants": {
            "walk": (1, ["walk"]), "kling": (1, []), "cjson": (1, ["cjson"]),
            "ajv": (1, ["ajv"]), "zod": (1, ["zod"]),
        },
        "instructions": {"count": (100, 1100), "for": ("walk", "kling", "cjson")},
        "unit": "request",
        "reach": {"instructions": 2.0},
        "ahead_of": "ajv",
    }


# A workload. Words that not every one has:
#   command: what the contestants call it        path: goes behind the server's URL
#   peer_rounds, peer_seconds: for all but the limit and ours, which need more to tell them apart
#   instructions: two runs under callgrind; their difference divided by that of the work done
#   every: seconds between two polls of a task      least: part of the polls due that must be made
#   waiting: a run with few tasks; the difference in memory divided by that of the tasks
#   asked: what the server must have seen for each unit done      written: bytes the file must have
#   first: the launcher is the server and times the first byte
#   reach: the highest ratio to the limit that ours should have ("waiting": KB a task)
#   ahead_of: whose CPU ours should stay below
WORKLOADS = {
    "tasks": {
        "title": "tasks created and polled to the end, 32 at a time",
        "count": 10000,
        "words": [],
        "rounds": 5,
        "limit": "limit",
        "contestants": {
            "limit": (1, []), "kling": (1, []), "lua-curl": (0.5, []), "lua-http": (0.5, []),
            "undici": (0.5, []), "LuaSocket": (0.3, []), "http.client": (0.2, []),
            "aiohttp": (0.2, []), "fetch": (0.2, []), "kling-api": (0.1, []), "requests": (0.1, []),
        },
        "instructions": {"count": (100, 500), "for": ("limit", "kling", "lua-curl", "LuaSocket")},
        "unit": "task",
        "asked": {"creates": 1, "polls": 3},
        "reach": {"cpu": 1.3, "instructions": 1.3},
    },
    "encode-camera": encode("camera"),
    "encode-storyboard": encode("storyboard"),
    "encode-image": encode("image"),
    "upload": {
        "title": "a 10 MB image uploaded",
        "count": 4,
        "words": ["{files}/image.png"],
        "rounds": 5,
        "limit": "limit",
        "contestants": {
            "limit": (1, []), "kling": (1, []), "lua-curl": (1, []), "lua-http": (1, []),
            "LuaSocket": (1, []), "http.client": (1, []), "requests": (1, []), "undici": (1, []),
            "fetch": (1, []), "kling-api": (1, []),
        },
        "instructions": {"count": (1, 3), "for": ("limit", "kling")},
        "unit": "upload",
        "asked": {"creates": 1, "body_bytes": 13_200_000},
        "reach": {"cpu": 1.4, "rss": 1.4},
    },
    "inflight": {
        "title": "tasks in flight, each polled every 2 s",
        "path": "/forever",
        "count": 10000,
        "words": ["2", "{seconds}"],
        "seconds": 30,
        "rounds": 2,
        "peer_rounds": 1,
        "peer_seconds": 8,
        "limit": "limit",
        "contestants": {
            "limit": (1, []), "kling": (1, []), "lua-http": (1, []), "undici": (1, []),
            "aiohttp": (1, []), "kling-api": (1, []),
        },
        "instructions": {"count": (500, 500), "seconds": (4, 10), "for": ("limit", "kling")},
        "waiting": {"count": 100, "seconds": 4},
        "every": 2,
        "least": 0.5,
        "unit": "poll",
        "asked": {"polls": 1},
        "reach": {"cpu": 1.4, "waiting": 1.5},
    },
    "start": {
        "title": "process start to first request byte",
        "count": 1,
        "words": [],
        "first": True,
        "rounds": 31,
        "peer_rounds": 9,
        "limit": "limit",
        "contestants": {
            "limit": (1, []), "kling": (1, []), "lua-curl": (1, []), "lua-http": (1, []),
            "LuaSocket": (1, []), "http.client": (1, []), "requests": (1, []), "aiohttp": (1, []),
            "undici": (1, []), "fetch": (1, []), "kling-api": (1, []),
        },
        "unit": "start",
        "reach": {"first_byte": 1.6},
    },
    "download": {
        "title": "a 200 MB video downloaded to a file",
        "count": 3,
        "words": ["{files}/got.mp4"],
        "rounds": 5,
        "limit": "limit",
        "contestants": {
            "limit": (1, []), "kling": (1, []), "curl": (1, []), "lua-curl": (1, []),
            "lua-http": (1, []), "LuaSocket": (1, []), "http.client": (1, []), "requests": (1, []),
            "undici": (1, []),
        },
        "instructions": {"count": (1, 3), "for": ("limit", "kling")},
        "unit": "download",
        "written": 200_000_000,
        "reach": {"cpu": 1.2, "rss": 1.4},
    },
}

for name, workload in WORKLOADS.items():
    workload["name"] = name
    workload.setdefault("command", name)
