"""Small stages that worker processes can import."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from roadmark.errors import FormatError
from roadmark.files import AtomicDirectory


@dataclass(frozen=True)
class Shout:
    """Writes its input in capitals with a random number behind it; some words make it fail or die."""

    mark: str = "!"
    version: str = "1"
    name: str = "shout"
    log: list = field(default_factory=list, compare=False)

    def config(self):
        return {"mark": self.mark}

    def run(self, item, rng):
        self.log.append(item.id)  # seen by the test only when run in its own process
        text = item.inputs["text"].read_text()
        with AtomicDirectory(item.output, overwrite=item.replace) as folder:
            (folder / "begun.txt").write_text(text)
            if text == "bad":
                raise FormatError("not a word", path=item.inputs["text"], field="text")
            if text == "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            if text == "exit":
                raise SystemExit(3)
            (folder / "shout.txt").write_text(f"{text.upper()}{self.mark} {rng.integers(1_000_000)}")
        return {"letters": len(text)}


class Forgetful(Shout):
    def run(self, item, rng):
        return {"letters": 0}


class NotJson(Shout):
    def run(self, item, rng):
        super().run(item, rng)
        return {"path": item.output}


def square(x):
    if x == 13:
        raise ValueError("thirteen")
    if x == 99:
        os._exit(7)
    return x * x


def unpicklable(x):
    return lambda: x


@dataclass(frozen=True)
class Caller:
    """Asks a service once per item; its result says how many items were at it together."""

    room: Path
    name: str = "call"
    version: str = "1"

    def config(self):
        return {}

    def requests(self, item):
        return {"vlm": 1}

    def run(self, item, rng):
        (self.room / item.id).touch()
        together = len(list(self.room.iterdir()))
        item.output.write_text("asked")
        (self.room / item.id).unlink()
        return {"together": together}


@dataclass(frozen=True)
class DiesOnce:
    """Is killed in the middle of its first attempt at each item."""

    marks: Path
    name: str = "die"
    version: str = "1"

    def config(self):
        return {}

    def run(self, item, rng):
        with AtomicDirectory(item.output, overwrite=item.replace) as folder:
            (folder / "half.txt").write_text("half")
            mark = self.marks / item.id
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            (folder / "half.txt").write_text("whole")


class Counting:
    """Counts the items it has seen since it was unpickled."""

    name = "count"
    version = "1"

    def __init__(self):
        self.seen = 0

    def __reduce__(self):
        return Counting, ()

    def config(self):
        return {}

    def run(self, item, rng):
        self.seen += 1
        item.output.write_text(str(self.seen))
