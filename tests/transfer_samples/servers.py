"""Real servers in a process of their own, one of every API, started when the first test asks for one."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


class Services:
    """The process, and what can be told to it."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="roadmark-services-")
        script = Path(__file__).with_name("service_process.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            text=True,
        )
        self.urls = self._answer()
        atexit.register(self._end)

    def tell(self, **command: Any) -> Any:
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        line = self._process.stdout.readline()
        assert line, "the services' process has ended; run tests/transfer_samples/service_process.py to see why"
        return json.loads(line)

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@functools.cache
def services() -> Services:
    """The one process of this test run."""
    return Services()


class Served:
    """One server of it.

    Attributes:
        url: Its address.
    """

    def __init__(self, name: str, fault: str = "") -> None:
        self._name = name
        self.url = services().urls[name]
        services().tell(server=name, fault=fault)

    def jobs(self) -> list[dict[str, Any]]:
        """Requests that reached its painter."""
        return services().tell(server=self._name, jobs=True)

    def unblock(self) -> None:
        """Let its painter go on, where a prompt with BLOCK made it wait."""
        services().tell(unblock=True)
