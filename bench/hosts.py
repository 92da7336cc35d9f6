"""What a host with a loop feels while calls are in flight: Neovim's gaps, nginx's waiting times.

Owns: workloads that are no contest of clients: the host with calls in flight beside the host without.
Stands on: nvim, nginx with ngx_lua, wrk, openssl; the tree's build for LuaJIT; hosts/.
Never: compares two rounds: control and measurement stand side by side in each.
"""
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from upstream import HERE, MODULES, free_port

ROOT = HERE.parent
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")  # loaded by the first TLS connection, as in life
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
FRONT_CORE, OTHER_CORE = 0, 1  # nginx with kling has one core to itself

# reach: what is looked at, whose, against whose, how much more it may be, in which unit.
WORKLOADS = {
    "neovim": {
        "title": "Neovim: longest gap of the main loop, 50 requests in flight",
        "count": 50, "rounds": 15, "control": "empty", "shown": ("gap",),
        "reach": (("gap", "https", "empty", 5, "ms"), ("gap", "http", "empty", 5, "ms")),
    },
    "nginx": {
        "title": "nginx: one worker, 200 calls of 300 ms in flight, a trivial location beside them",
        "count": 200, "rounds": 5, "seconds": 5, "control": "nothing",
        "shown": ("trivial p50", "trivial p99", "call p50", "call p99"),
        "reach": (("trivial p99", "kling", "nothing", 3, "ms"), ("call p50", "kling", "native", 2, "%")),
    },
}


class Nginx:
    """A server in a folder of its own, which calls the service at an address; "-": it is the service."""

    def __init__(self, service, core):
        self.folder = Path(tempfile.mkdtemp(prefix="kling-bench-"))
        self.port, self.tls, self.core = free_port(), free_port(), core
        self.url, self.ca = f"http://127.0.0.1:{self.port}", self.folder / "ca.pem"
        conf = (HERE / "hosts" / "nginx.conf.in").read_text()
        words = {"MODULES": MODULES, "ROOT": ROOT, "PORT": self.port, "TLS": self.tls, "SERVICE": service}
        for word, value in words.items():
            conf = conf.replace(f"@{word}@", str(value))
        (self.folder / "nginx.conf").write_text(conf)
        self.certify()

    def certify(self):
        """A certificate of its own, put behind those that every machine has."""
        command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout key.pem -out cert.pem"
        subprocess.run(["openssl", *command.split(), "-addext", "subjectAltName=IP:127.0.0.1"],
                       cwd=self.folder, check=True, capture_output=True)
        bundle = BUNDLE.read_text() if BUNDLE.exists() else ""
        self.ca.write_text(bundle + (self.folder / "cert.pem").read_text())

    def ask(self, path):
        return urllib.request.urlopen(self.url + path, timeout=5).read().decode()

    def __enter__(self):
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [nginx, "-p", self.folder, "-c", "nginx.conf", "-e", "error.log"]
        self.process = subprocess.Popen(pinned(command, self.core), stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                self.ask("/trivial")
                return self
            except OSError:
                time.sleep(0.02)
        self.__exit__()
        raise SystemExit("nginx did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def pinned(command, core):
    several = (os.cpu_count() or 1) > 1 and shutil.which("taskset")
    return ["taskset", "-c", str(core), *command] if several else command


# ---- Neovim ----

def gap(w, service, url):
    """One editor's life; `url` None: it does nothing."""
    env = {**os.environ, "BENCH_COUNT": str(w["count"] if url else 0), "BENCH_URL": url or service.url,
           "BENCH_CA": str(service.ca), "LUA_PATH": f"{ROOT}/lua/?.lua;{ROOT}/lua/?/init.lua;;",
           "LUA_CPATH": f"{ROOT}/build/luajit/?.so;;"}
    command = ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {HERE}/hosts/gap.lua"]
    before = int(service.ask("/connections"))
    done = subprocess.run(command, env=env, text=True, capture_output=True, timeout=60)
    line = re.search(r"\{.*\}", done.stdout + done.stderr)
    said = json.loads(line.group(0)) if line else {}
    new = int(service.ask("/connections")) - before - 1
    want = w["count"] if url else 0
    if said.get("done") != want or new != want:
        raise SystemExit(f"neovim: {new} connections, {done.stdout}{done.stderr}"[:400])
    return {"gap": said["gap"], "load": said["load"]}


def neovim(w, rounds):
    samples = {"empty": [], "http": [], "https": []}
    with Nginx("-", OTHER_CORE) as service:
        urls = {"empty": None, "http": service.url, "https": f"https://127.0.0.1:{service.tls}"}
        for _ in range(rounds):
            for name, found in samples.items():
                found.append(gap(w, service, urls[name]))
    return samples


# ---- nginx ----

def milliseconds(text):
    value, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def wrk(url, connections, seconds):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", url]
    return subprocess.Popen(pinned(command, OTHER_CORE), text=True, stdout=subprocess.PIPE)


def latencies(process, what):
    text = process.communicate()[0]
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"nginx, {what}: {text}")
    return {f"{what} p{part}": milliseconds(re.search(rf"(?m)^\s+{part}%\s+(\S+)$", text).group(1))
            for part in (50, 99)}


def look(front, w, way):
    """The trivial location while so many calls go one way; "nothing": alone."""
    seconds = max(2, round(w["seconds"] * min(SCALE, 1)))
    calls = None if way == "nothing" else wrk(f"{front.url}/{way}", w["count"], seconds + 2)
    try:
        time.sleep(1)
        found = latencies(wrk(f"{front.url}/trivial", 1, seconds), "trivial")
        return {**found, **(latencies(calls, "call") if calls else {})}
    finally:
        if calls:
            calls.kill()


def nginx(w, rounds):
    samples = {"nothing": [], "native": [], "kling": []}
    with Nginx("-", OTHER_CORE) as service, Nginx(service.url, FRONT_CORE) as front:
        for _ in range(rounds):
            for name, found in samples.items():
                found.append(look(front, w, name))
    return samples


# ---- the arithmetic, the table, the file ----

def above(samples, key, ours, control, unit):
    """The median of the differences within a round."""
    pairs = [(a[key], b[key]) for a, b in zip(samples[ours], samples[control])]
    return median((a / b - 1) * 100 if unit == "%" else a - b for a, b in pairs)


def summary(runs):
    keys = runs[0].keys()
    return {"value": {k: median(r[k] for r in runs) for k in keys},
            "worst": {k: max(r[k] for r in runs) for k in keys}, "samples": runs}


def print_table(w, title, result, reach):
    print(f"\n{w['title']}: ms, median of the rounds (worst)  [{title}]")
    print(f"  {'':12}" + "".join(f"{key:>21}" for key in w["shown"]))
    for name, entry in result.items():
        cells = [f"{entry['value'][k]:.2f} ({entry['worst'][k]:.2f})" if k in entry["value"] else "-"
                 for k in w["shown"]]
        print(f"  {name:12}" + "".join(f"{cell:>21}" for cell in cells))
    for r in reach:
        verdict = "reached" if r["have"] < r["most"] else "MISSED"
        print(f"  reach: {r['key']} of {r['of']} less than {r['most']} {r['unit']} above {r['control']}"
              f" -> {r['have']:+.2f} {r['unit']}, {verdict}")
    if title == "neovim":
        print(f"  loading the library, once an editor: a gap of {result['https']['value']['load']:.1f} ms")


def measure(out, title):
    """Runs a workload, prints it, writes its JSON."""
    w = WORKLOADS[title]
    subprocess.run(["make", "-s", "-C", ROOT, "LUA=luajit", "VARIANT="], check=True, stdout=subprocess.DEVNULL)
    rounds = max(1, round(w["rounds"] * min(SCALE, 1)))
    samples = {"neovim": neovim, "nginx": nginx}[title](w, rounds)
    result = {name: summary(runs) for name, runs in samples.items()}
    reach = [{"key": key, "of": ours, "control": control, "most": most, "unit": unit,
              "have": above(samples, key, ours, control, unit)} for key, ours, control, most, unit in w["reach"]]
    print_table(w, title, result, reach)
    about = {"scale": SCALE, "lua": "luajit", "cores": os.cpu_count(), "kernel": platform.release()}
    report = {"workload": title, "title": w["title"], "unit": "ms", "limit": w["control"], "reach": reach,
              "contestants": result, "failed": {}, "machine": about}
    (out / f"{title}.json").write_text(json.dumps(report, indent=1) + "\n")
    return True
