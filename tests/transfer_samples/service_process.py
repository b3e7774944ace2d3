"""A process with a server of every transfer API, told by lines of JSON on its standard input what to do.

    {"server": "nim", "fault": "busy:2"}   this fault from now on, and no requests remembered
    {"server": "nim", "jobs": true}        which requests reached the painter since then
    {"unblock": true}                      let painters go on that wait at the word BLOCK in their prompt

Gradio leaves event loops open; in a process of its own that is nobody else's concern.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import uvicorn

from roadmark.media import read_video
from roadmark.services import Faults, TransferServing
from roadmark.services.transfer.serving import transfer_app
from roadmark.services.transfer.worker import TransferJob

SERVERS = {
    "gradio-1.4": {"api": "gradio", "status_format": "v1.4"},
    "gradio-1.3": {"api": "gradio", "status_format": "v1.3"},
    "gradio-edge": {"api": "gradio", "status_format": "v1.4", "model": "edge"},
    "nim": {"api": "nim"},
    "videos": {"api": "videos"},
}


class Painter:
    """The source at half its brightness, which takes no time; remembers its jobs."""

    def __init__(self, go_on: threading.Event) -> None:
        self.jobs: list[TransferJob] = []
        self._go_on = go_on

    def __call__(self, job: TransferJob) -> Iterator[np.ndarray]:
        self.jobs.append(job)
        if "BLOCK" in job.prompt:
            self._go_on.wait(60.0)
        frames = [frame // 2 for frame in read_video(job.video)]
        yield from frames[: job.max_frames]


def told(job: TransferJob) -> dict:
    """What tests look at."""
    near = job.sidecar.depth_near if job.sidecar else None
    controls = {name: path.name for name, path in sorted(job.controls.items())}
    return {"prompt": job.prompt, "seed": job.seed, "video": job.video.name, "controls": controls, "near": near}


def start(app) -> str:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=1)
    listener = config.bind_socket()
    threading.Thread(target=uvicorn.Server(config).run, args=([listener],), daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def main(root: Path) -> None:
    go_on = threading.Event()
    faults = {name: Faults() for name in SERVERS}
    painters = {name: Painter(go_on) for name in SERVERS}
    urls = {}
    for name, options in SERVERS.items():
        serving = TransferServing(folder=root / name, faults=faults[name], painter=painters[name], **options)
        urls[name] = start(transfer_app(serving)[0])
    print(json.dumps(urls), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = None
        if "unblock" in command:
            go_on.set()
        elif "fault" in command:
            faults[command["server"]].release()
            faults[command["server"]].__init__(command["fault"])
            painters[command["server"]].jobs.clear()
            go_on.clear()
        elif "jobs" in command:
            answer = [told(job) for job in painters[command["server"]].jobs]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
