"""`aiohttp_.py WORKLOAD URL COUNT ...`: aiohttp, one session, one coroutine a task.

Owns: a session with 32 connections.
Stands on: common.py, Debian's python3-aiohttp.
Never: opens a connection for every request.
"""
import asyncio
import time

import aiohttp

from common import AT_ONCE, KEY, T2V, TASK, main


def session():
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    return aiohttp.ClientSession(connector=connector, headers={"Authorization": KEY})


async def ask(s, method, url, table=None):
    async with s.request(method, url, json=table) as reply:
        reply.raise_for_status()
        return (await reply.json())["data"]


async def tasks(url, count):
    left = iter(range(count))

    async def worker(s):
        for _ in left:
            task = (await ask(s, "POST", url + T2V, TASK))["task_id"]
            while (await ask(s, "GET", f"{url}{T2V}/{task}"))["task_status"] != "succeed":
                pass
    async with session() as s:
        await asyncio.gather(*(worker(s) for _ in range(AT_ONCE)))
    return count


async def inflight(url, count, interval, seconds):
    interval, stop, polls = float(interval), time.monotonic() + float(seconds), 0

    async def watch(s, i):
        nonlocal polls
        at = time.monotonic() + interval * i / count
        while at < stop:
            await asyncio.sleep(at - time.monotonic())
            await ask(s, "GET", f"{url}{T2V}/8602607538{i:08d}")
            polls += 1
            at = time.monotonic() + interval
    async with session() as s:
        await asyncio.gather(*(watch(s, i) for i in range(count)))
    return polls


async def start(url, count):
    async with session() as s:
        await ask(s, "POST", url + T2V, TASK)
    return count


def run(workload):
    return lambda *args: asyncio.run(workload(*args))


main({"tasks": run(tasks), "inflight": run(inflight), "start": run(start)})
