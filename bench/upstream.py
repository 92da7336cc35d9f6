"""The loopback server: starts nginx in a folder of its own on a free port, asks it, stops it.

Owns: the nginx process and its folder.
Stands on: Debian's nginx with ngx_lua, upstream.conf.in, upstream.lua.
Never: listens beyond 127.0.0.1, needs root, leaves anything running.
"""
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = "/usr/lib/nginx/modules"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Upstream:
    def __init__(self, files):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="kling-bench-"))
        conf = (HERE / "upstream.conf.in").read_text()
        words = {"MODULES": MODULES, "PORT": self.port, "HERE": HERE, "FILES": files}
        for word, value in words.items():
            conf = conf.replace(f"@{word}@", str(value))
        (self.folder / "nginx.conf").write_text(conf)

    def __enter__(self):
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [nginx, "-p", self.folder, "-c", "nginx.conf", "-e", "error.log"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                self.stats()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        log = self.folder / "error.log"
        self.__exit__()
        raise SystemExit(f"nginx did not start: {log.read_text() if log.exists() else 'no log'}")

    def stats(self):
        """What the server was asked since the last call."""
        with urllib.request.urlopen(self.url + "/stats", timeout=5) as reply:
            return json.load(reply)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
