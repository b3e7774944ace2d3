"""Whole runs that are killed at random moments, resumed, killed again, and at last finished.

    python killed_runs.py FOLDER [KILLS] [SEED]

says for how many kills, in how many runs, what came out was the same as of a run that nobody disturbed.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from roadmark.files import hash_file

PIPELINE = Path(__file__).parent / "tiny.yaml"
KEPT_APART = ".timings.jsonl"


def command(output, *options):
    return [sys.executable, "-m", "roadmark", "run", str(PIPELINE), "-o", str(output), *options]


def tree(folder):
    """Every file with its digest; what takes time is kept apart from what is made."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hash_file(path)[1].hex() for path in files if path.name != KEPT_APART}


def begin(output, *options):
    """Start or resume a run, in a group of processes of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command(output, *options), stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def kill(process):
    """Kill a run with its workers, and wait until the last of them is gone."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def run_until(output, seconds, *options):
    """Run and kill after some time; whether it was still at work."""
    process = begin(output, *options)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    return False


def finish(output, *options):
    """Run to the end; what it said."""
    ended = subprocess.run(command(output, *options), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended


def main(folder, kills=50, seed=0):
    generator = random.Random(seed)
    begun = time.monotonic()
    finish(folder / "whole")
    length = time.monotonic() - begun
    expected = tree(folder / "whole")
    done = runs = 0
    while done < kills:
        shutil.rmtree(folder / "killed", ignore_errors=True)
        in_a_row = 0
        while done < kills and in_a_row < 5 and run_until(folder / "killed", generator.uniform(0.5, length)):
            done += 1
            in_a_row += 1
        finish(folder / "killed")
        runs += 1
        found = tree(folder / "killed")
        different = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
        if different:
            sys.exit(f"after {done} kills, {in_a_row} of them in this run, these differ: {', '.join(different)}")
        print(f"{done} kills in {runs} runs: {len(found)} files, all the same", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(value) for value in sys.argv[2:]))
