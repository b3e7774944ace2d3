"""`roadmark serve transfer` as users start it: a process with an address, ended by Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager

import httpx
import pytest

from roadmark.augment.transfer.cosmos_videos import CosmosVideosTransfer
from roadmark.cli import main
from roadmark.media import read_video, video_info
from transfer_samples import make_clip, make_request


@contextmanager
def served(*options, **environment):
    """Start the command; gives its address and its process."""
    environment = {**os.environ, **environment}
    command = [sys.executable, "-m", "roadmark", "serve", "transfer", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as process:
        try:
            line = process.stderr.readline()
            found = re.fullmatch(r"note: (\w+) API at (http://127\.0\.0\.1:\d+), stop it with Ctrl-C\n", line)
            assert found, line + process.stderr.read()
            yield found[2], process
        finally:
            process.terminate()


def test_a_whole_transfer_through_the_command_with_our_own_relight(tmp_path):
    clip = make_clip(tmp_path / "clip", 3)
    asked = make_request(clip, tmp_path / "controls", prompt="A clear night, the road is dry.")
    with served("--api", "videos", "--work-dir", str(tmp_path / "work")) as (url, process):
        with closing(CosmosVideosTransfer(f"{url}/v1", poll=0.1)) as backend:
            backend.transfer(asked, tmp_path / "output.mp4", lambda done, message="": None)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert video_info(tmp_path / "output.mp4").frames == 3
    source, night = next(read_video(asked.video)), next(read_video(tmp_path / "output.mp4"))
    assert night.mean() < 0.5 * source.mean()
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["outputs", "uploads"]


@pytest.mark.parametrize(("api", "path"), [("gradio", "/config"), ("nim", "/v1/health/ready")])
def test_every_api_answers(api, path):
    with served("--api", api) as (url, _):
        assert httpx.get(url + path).status_code == 200


def test_a_server_that_is_told_to_end_leaves_no_files_behind(tmp_path):
    with served("--api", "videos", "--fault", "timeout", TMPDIR=str(tmp_path)) as (url, process):
        (folder,) = tmp_path.glob("roadmark-serve-*")
        form = {"prompt": "Fog.", "extra_params": '{"edge": {}}'}
        answer = httpx.post(f"{url}/v1/videos", data=form, files={"input_reference": b"hangs before it is read"})
        assert answer.status_code == 200  # and its work never ends
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
        assert not folder.exists()


@pytest.fixture
def run(monkeypatch, capsys):
    """The command in this process; gives its exit code and what it said."""

    def run_here(*options):
        monkeypatch.setattr(sys, "argv", ["roadmark", "serve", "transfer", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err

    return run_here


def test_a_port_that_is_taken_is_an_error(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said = run("--api", "nim", "--port", port)
    assert code == 1
    assert f"error: cannot listen at 127.0.0.1:{port}" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fault", "fire"], "error: unknown fault 'fire'; known: busy, http500, timeout"),
        (["--model", "multiview"], "error: no model 'multiview' is served here; known: multicontrol, edge"),
    ],
)
def test_wrong_options_are_errors(run, options, message):
    code, said = run(*options)
    assert (code, message in said) == (1, True), said
