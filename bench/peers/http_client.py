"""`http_client.py WORKLOAD URL COUNT ...`: Python's http.client, one connection a thread.

Owns: 32 connections that stay open.
Stands on: common.py, the standard library.
Never: opens a connection for every request.
"""
import http.client
import json
import shutil
from urllib.parse import urlsplit

from common import I2V, KEY, T2V, TASK, in_threads, main, with_image


def connect(url):
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)


def ask(connection, method, path, table=None):
    headers = {"Authorization": KEY}
    body = None
    if table is not None:
        body = json.dumps(table)
        headers["Content-Type"] = "application/json"
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    assert reply.status == 200, reply.status
    return json.loads(reply.read())["data"]


def tasks(url, count):
    def worker(share):
        connection = connect(url)
        for _ in range(share):
            task = ask(connection, "POST", T2V, TASK)["task_id"]
            while ask(connection, "GET", f"{T2V}/{task}")["task_status"] != "succeed":
                pass
        return share
    return in_threads(count, worker)


def upload(url, count, image):
    connection = connect(url)
    for _ in range(count):
        ask(connection, "POST", I2V, with_image(image))
    return count


def download(url, count, path):
    connection = connect(url)
    for _ in range(count):
        connection.request("GET", "/files/clip.mp4")
        with open(path, "wb") as file:
            shutil.copyfileobj(connection.getresponse(), file)
    return count


def start(url, count):
    ask(connect(url), "POST", T2V, TASK)
    return count


main({"tasks": tasks, "upload": upload, "download": download, "start": start})
