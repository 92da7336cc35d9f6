"""What the Python contestants share: the command line, the request tables, threads.

Owns: nothing that is measured beyond what a user would write.
Stands on: the standard library.
Never: sends anything.
"""
import base64
import json
import sys
import threading
from pathlib import Path

AT_ONCE = 32
KEY = "Bearer sk-0123456789abcdef0123456789abcdef"
REQUESTS = json.loads((Path(__file__).parent.parent / "requests.json").read_text())
TASK, UPLOAD = REQUESTS["task"]["request"], REQUESTS["upload"]["request"]
T2V, I2V = "/v1/videos/text2video", "/v1/videos/image2video"


def with_image(path):
    return {**UPLOAD, "image": base64.b64encode(Path(path).read_bytes()).decode()}


def in_threads(count, worker):
    """Runs `worker(share)` in 32 threads; the shares add up to `count`, as the results do."""
    done = []
    def run(share):
        done.append(worker(share))
    shares = [count // AT_ONCE + (i < count % AT_ONCE) for i in range(AT_ONCE)]
    threads = [threading.Thread(target=run, args=(share,)) for share in shares]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sum(done)


def main(workloads):
    name, url, count, *more = sys.argv[1:]
    print(json.dumps({"done": workloads[name](url, int(count), *more)}))
