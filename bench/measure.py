"""One run: build what is needed, start a contestant by the launcher, check that it did its work.

Owns: the compiled clients, the files that are sent and fetched, the environment of the children.
Stands on: upstream.py, limit/Makefile, tools/lua.sh, the tree's build/, valgrind's callgrind.
Never: believes a contestant: the server's count must agree with what it says.
"""
import json
import os
import random
import re
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import contest
from upstream import HERE, Upstream

ROOT = HERE.parent
SHM = Path("/dev/shm")


class Failed(Exception):
    pass


def write_png(path, width=2200, height=1500):
    """A real picture of noise, stored without compression: 9.9 MB."""
    row = random.Random(1)
    raw = b"".join(b"\0" + row.randbytes(width * 3) for _ in range(height))

    def chunk(kind, data):
        end = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + end
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
                     + chunk(b"IDAT", zlib.compress(raw, 0)) + chunk(b"IEND", b""))


def write_mp4(path, size):
    """The beginning of an MP4, then nothing up to the size."""
    with open(path, "wb") as file:
        file.write(struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp41"))
        file.write(struct.pack(">I4s", size - 24, b"mdat"))
        file.truncate(size)


class Machine:
    def __init__(self):
        self.version = os.environ.get("LUA", "5.4")
        self.lua = self.named("interpreter")
        self.out = Path(os.environ.get("BENCH_OUT", ROOT / "build" / "bench"))
        self.bin = self.out / "bin" / self.version
        self.bin.mkdir(parents=True, exist_ok=True)
        counted = os.environ.get("BENCH_INSTRUCTIONS") != "0"
        self.valgrind = shutil.which("valgrind") if counted else None
        make = ["make", "-s", "-C", HERE / "limit"]
        subprocess.run([*make, f"OUT={self.bin}", f"LUA={self.named('package')}"], check=True)
        built = ROOT / "build" / self.version
        lua_path = f"{ROOT}/lua/?.lua;{ROOT}/lua/?/init.lua;{HERE}/?.lua;;"
        self.env = {**os.environ, "LUA_PATH": lua_path,
                    "LUA_CPATH": f"{self.bin}/?.so;{built}/?.so;;"}

    def named(self, what):
        """What this machine calls the Lua, or the package with its headers."""
        command = [ROOT / "tools" / "lua.sh", what, self.version]
        return subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True).stdout.strip()

    def __enter__(self):
        place = SHM if SHM.is_dir() else None
        self.files = Path(tempfile.mkdtemp(prefix="kling-bench-", dir=place))
        write_png(self.files / "image.png")
        write_mp4(self.files / "clip.mp4", contest.WORKLOADS["download"]["written"])
        self.upstream = Upstream(self.files).__enter__()
        return self

    def __exit__(self, *_):
        self.upstream.__exit__()
        shutil.rmtree(self.files, ignore_errors=True)

    def command(self, name, workload, count, words):
        known = {"bin": self.bin, "lua": self.lua, "files": self.files, **words}
        url = "@URL@" if workload.get("first") else self.upstream.url + workload.get("path", "")
        more = [*workload["words"], *workload["contestants"][name][1]]
        command = [*contest.COMMANDS[name], workload["command"], url, str(count), *more]
        return [part.format(**known) for part in command]

    def run(self, command):
        """Runs to the end; returns what the contestant said."""
        for left in self.files.glob("got.mp4*"):
            left.unlink()
        self.upstream.stats()
        done = subprocess.run(command, env=self.env, cwd=ROOT, text=True, capture_output=True)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode or not lines or lines[-1].get("status", 0) or "done" not in lines[0]:
            errors = [line for line in done.stderr.splitlines() if line.strip()]
            raise Failed(([e for e in errors if "==" not in e] or ["no answer"])[0][:160])
        return {**lines[-1], **lines[0]}

    def check(self, workload, done):
        """The server must have seen the work, and the file must be whole."""
        if done == 0:
            raise Failed("did nothing")
        seen = self.upstream.stats()
        for what, each in workload.get("asked", {}).items():
            fine = seen[what] >= each * done if what == "body_bytes" else seen[what] == each * done
            if not fine:
                raise Failed(f"says {done} done, but the server saw {seen[what]} {what}")
        if "written" in workload:
            size = (self.files / "got.mp4").stat().st_size
            if size != workload["written"]:
                raise Failed(f"wrote {size} bytes")

    def sample(self, name, workload, count, words):
        first = ["first"] if workload.get("first") else []
        said = self.run([self.bin / "launch", *first, *self.command(name, workload, count, words)])
        self.check(workload, said["done"])
        sample = {"cpu": said["cpu"] / said["done"], "rss": said["rss_kb"], "done": said["done"],
                  "wall": said["wall"]}
        if "every" in workload:
            sample["kept"] = self.kept(workload, said["done"], count, words["seconds"])
        return {**sample, "first_byte": said["first_byte"]} if first else sample

    def kept(self, workload, done, count, seconds):
        """The part of all polls that were due which was made; the first interval may be waited."""
        due = count * seconds / workload["every"]
        if done < workload["least"] * (due - count):
            raise Failed(f"made {done} of {due:.0f} polls")
        return done / due

    def collected(self, name, workload, count, words):
        """Instructions of one run, and how much it did. The profile stays in the build folder."""
        profile = self.out / f"callgrind.{workload['name']}.{name}"
        said = self.run([self.valgrind, "--tool=callgrind", f"--callgrind-out-file={profile}",
                         *self.command(name, workload, count, words)])
        self.check(workload, said["done"])
        total = re.search(r"^(?:totals|summary): (\d+)", profile.read_text(), re.M)
        return int(total.group(1)), said["done"]

    def instructions(self, name, workload):
        plan = workload["instructions"]
        runs = zip(plan["count"], plan.get("seconds", (0, 0)))
        (a, few), (b, many) = [
            self.collected(name, workload, count, {"seconds": seconds}) for count, seconds in runs]
        return (b - a) / (many - few)
