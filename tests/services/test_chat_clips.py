"""The chat server knows the videos of labelled clips again, and its command."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
from chat_server import chat_server
from typer.testing import CliRunner

from labelled_world import BLUE, Part, straight, write_world
from roadmark.captions import CaptionRequest, ChatCaptioner, GroundTruthCaptioner
from roadmark.cli.app import app
from roadmark.clip import Clip
from roadmark.endpoints import ChatEndpoint
from roadmark.errors import ConfigError, OutputError

MODEL = "local/rules"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    part = Part(1, "vehicle.audi.tt", straight((1.75, -12.0), 1.5708, 3.0), BLUE)
    return write_world(tmp_path_factory.mktemp("clips") / "run" / "clip", [part], seconds=2.0, videos="default")


@contextmanager
def captioner(url):
    with ChatEndpoint(url, MODEL) as endpoint:
        yield ChatCaptioner(endpoint, CaptionRequest(system_prompt="<think></think> <answer></answer>"))


def test_the_video_of_a_clip_is_captioned_from_its_labels(clip):
    with chat_server(clips=clip.parent.parent) as url, captioner(url) as ours:
        told = ours.caption(Clip.open(clip))
    assert told.text == GroundTruthCaptioner().caption(Clip.open(clip)).text
    assert "blue coupe" in told.text
    assert told.facts["reasoning"] == "The video is that of a labelled clip; its labels tell this."


def test_clips_that_are_added_while_it_serves_are_found_and_broken_ones_left_alone(clip, tmp_path):
    clips = tmp_path / "clips"
    (clips / "broken").mkdir(parents=True)
    (clips / "broken" / "clip.json").write_text("{")
    with chat_server(clips=clips) as url, captioner(url) as ours:
        before = ours.caption(Clip.open(clip))
        shutil.copytree(clip, clips / "added")
        after = ours.caption(Clip.open(clip))
    assert before.text.startswith("This description comes from pixel statistics alone")
    assert "blue coupe" in after.text


def test_another_video_of_the_clip_is_not_its_picture(clip):
    with chat_server(clips=clip.parent.parent) as url, captioner(url) as ours:
        told = ours.caption_video(clip / "videos" / "semantic_segmentation.mp4")
    assert told.text.startswith("This description comes from pixel statistics alone")


def serve(*arguments):
    return CliRunner().invoke(app, ["serve", "chat", *arguments])


def test_the_command_names_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = serve("--port", str(port))
    assert isinstance(result.exception, OutputError)
    hint = "Address already in use; another program may be there; give another --port"
    assert str(result.exception) == f"cannot listen at 127.0.0.1:{port}: {hint}"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--clips", "nowhere"], "--clips nowhere: no such folder"),
        (["--allowed-local-media-path", "nowhere"], "--allowed-local-media-path nowhere: no such folder"),
        (["--key-env", "UNSET_API_KEY"], "--key-env UNSET_API_KEY: this environment variable is not set"),
        (["--fault", "earthquake"], "unknown fault 'earthquake'; known: busy, rate-limit"),
        (["--fault", "busy:often"], "'often' is no number of requests"),
    ],
)
def test_the_command_refuses_what_it_cannot_serve(arguments, problem, monkeypatch):
    monkeypatch.delenv("UNSET_API_KEY", raising=False)
    result = serve("--port", "0", *arguments)
    assert isinstance(result.exception, ConfigError)
    assert problem in str(result.exception)


def test_the_command_serves_until_it_is_interrupted(clip):
    command = [sys.executable, "-m", "roadmark", "serve", "chat", "--port", "0", "--clips", str(clip.parent)]
    with subprocess.Popen(
        [*command, "--model", "nvidia/cosmos-reason1-7b"],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"},
    ) as server:  # fmt: skip
        line = server.stderr.readline()
        url = line.split()[4].rstrip(",")
        models = httpx.get(f"{url}/models").json()["data"]
        server.send_signal(signal.SIGINT)
        code = server.wait()
    assert line.startswith("note: chat API at http://127.0.0.1:")
    assert [model["id"] for model in models] == [MODEL, "nvidia/cosmos-reason1-7b"]
    assert code in (0, 130)
