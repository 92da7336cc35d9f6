"""`requests_.py WORKLOAD URL COUNT ...`: requests, one session a thread.

Owns: 32 sessions that keep their connections.
Stands on: common.py, Debian's python3-requests.
Never: opens a connection for every request.
"""
import requests

from common import I2V, KEY, T2V, TASK, in_threads, main, with_image


def session():
    s = requests.Session()
    s.headers["Authorization"] = KEY
    return s


def data(reply):
    reply.raise_for_status()
    return reply.json()["data"]


def tasks(url, count):
    def worker(share):
        s = session()
        for _ in range(share):
            task = data(s.post(url + T2V, json=TASK))["task_id"]
            while data(s.get(f"{url}{T2V}/{task}"))["task_status"] != "succeed":
                pass
        return share
    return in_threads(count, worker)


def upload(url, count, image):
    s = session()
    for _ in range(count):
        data(s.post(url + I2V, json=with_image(image)))
    return count


def download(url, count, path):
    s = session()
    for _ in range(count):
        with s.get(url + "/files/clip.mp4", stream=True) as reply, open(path, "wb") as file:
            for chunk in reply.iter_content(1 << 16):
                file.write(chunk)
    return count


def start(url, count):
    data(session().post(url + T2V, json=TASK))
    return count


main({"tasks": tasks, "upload": upload, "download": download, "start": start})
