"""Every transfer backend does the same with the same request, and fails in the same ways.

Services are real servers spoken to over HTTP with the real clients; only what draws the frames is simple.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from roadmark.augment.transfer.cosmos_gradio import CosmosGradioTransfer
from roadmark.augment.transfer.cosmos_jobs import CosmosJobsTransfer
from roadmark.augment.transfer.cosmos_nim import CosmosNimTransfer
from roadmark.augment.transfer.cosmos_videos import CosmosVideosTransfer
from roadmark.augment.transfer.factory import TRANSFERS, make_transfer
from roadmark.augment.transfer.gradio_session import GradioPolicy
from roadmark.augment.transfer.protocol import ControlInput, PendingError, RefusedError, TransferError
from roadmark.endpoints import HttpPolicy
from roadmark.errors import ConfigError, InputError, RoadmarkError
from roadmark.media import VideoWriter, video_info
from transfer_samples import FPS, HEIGHT, WIDTH, Served, make_clip, make_drawn_clip, make_request

FRAMES = 94  # the fewest that every service takes is 93; one more makes a second chunk

EMBEDDED = ("relight", "rerender")
"""Backends without a service."""

RETRIES = 2


def no_wait(seconds: float) -> None:
    """In place of waiting."""


def gradio(url: str, patience: float) -> CosmosGradioTransfer:
    return CosmosGradioTransfer(
        url, policy=GradioPolicy(generation=patience, poll=0.05, busy_retries=RETRIES), sleep=no_wait
    )


def nim(url: str, patience: float) -> CosmosNimTransfer:
    return CosmosNimTransfer(url, policy=HttpPolicy(read_timeout=patience, retries=RETRIES), sleep=no_wait)


def videos(url: str, patience: float) -> CosmosVideosTransfer:
    return CosmosVideosTransfer(
        f"{url}/v1", policy=HttpPolicy(retries=RETRIES, backoff=0.0), generation=patience, poll=0.05, sleep=time.sleep
    )


MAKERS = {"gradio-1.4": gradio, "gradio-1.3": gradio, "nim": nim, "videos": videos}
"""Backends by the server they are tried against; they wait so many seconds for a video."""
services = pytest.mark.parametrize("name", MAKERS)


@contextmanager
def connected(name: str, fault: str = "", patience: float = 60.0):
    """A server that has a fault, and a backend that is set up for it."""
    served = Served(name, fault)
    backend = MAKERS[name](served.url, patience)
    try:
        yield served, backend
    finally:
        backend.close()


class CosmosMachine:
    """`cosmos-jobs` whose jobs somebody runs: the first attempt is pending, the second finds the result."""

    name = "cosmos-jobs"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._backend = CosmosJobsTransfer(folder)
        self.config, self.check, self.close = self._backend.config, self._backend.check, self._backend.close

    def transfer(self, request, output, progress):
        if not list(self._folder.glob("results/*/*")):
            with pytest.raises(PendingError, match="launch.sh"):
                self._backend.transfer(request, output, progress)
            assert not output.exists()
        for job in self._folder.glob("jobs/*/*.json"):
            arguments = json.loads(job.read_text())
            result = self._folder / "results" / job.parent.name / f"{arguments['name']}.mp4"
            result.parent.mkdir(parents=True, exist_ok=True)
            result.write_bytes((job.parent / arguments["video_path"]).read_bytes())
        return self._backend.transfer(request, output, progress)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("conformance") / "clip", FRAMES)


@pytest.fixture
def request_(clip, tmp_path):
    return make_request(clip, tmp_path / "controls")


def quiet(done: float, message: str = "") -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def asked(name, request):
    """The same request for every backend; `rerender` needs a clip that carries its scenario."""
    folder = request.getfixturevalue("tmp_path")
    if name != "rerender":
        return request.getfixturevalue("request_")
    request.getfixturevalue("bare_town")
    return make_request(make_drawn_clip(folder / "simulated"), folder / "controls")


@contextmanager
def backend_of(name: str, folder: Path):
    """A working backend by its name here."""
    if name in MAKERS:
        with connected(name) as (_, backend):
            yield backend
    elif name == "jobs":
        yield CosmosMachine(folder)
    else:
        yield make_transfer(name)


ALL = [*MAKERS, "jobs", *EMBEDDED]
everyone = pytest.mark.parametrize("name", ALL)


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@everyone
def test_the_result_is_h264_of_the_sources_frames_rate_and_size(name, asked, tmp_path):
    output = tmp_path / "out" / "output.mp4"
    heard: list[float] = []
    with backend_of(name, tmp_path / "service") as backend:
        assert backend.name in TRANSFERS
        backend.check(asked)
        result = backend.transfer(asked, output, lambda done, message="": heard.append(done))
    found = video_info(output)
    assert (found.codec, found.pixel_format) == ("h264", "yuv420p")
    assert (found.frames, found.fps, (found.width, found.height)) == (len(asked.clip), asked.clip.fps, asked.clip.size)
    assert result.frame_map is None
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert files_of(output.parent) == ["output.mp4"]  # no receipt, no half file


@everyone
def test_what_is_said_of_a_result_is_the_same_on_every_run(name, asked, tmp_path):
    facts = []
    for run in ("one", "two"):
        with backend_of(name, tmp_path / run) as backend:
            result = backend.transfer(asked, tmp_path / run / "output.mp4", quiet)
            facts.append((json.dumps(dict(result.facts), sort_keys=True), json.dumps(dict(backend.config()))))
    assert facts[0] == facts[1]
    assert str(tmp_path) not in facts[0][0]
    assert "127.0.0.1" not in facts[0][0]


@everyone
def test_a_transfer_that_is_interrupted_leaves_nothing_at_the_outputs_name(name, asked, tmp_path):
    output = tmp_path / "out" / "output.mp4"

    def interrupt(done: float, message: str = "") -> None:
        raise KeyboardInterrupt

    with backend_of(name, tmp_path / "service") as backend:
        with pytest.raises(KeyboardInterrupt):
            backend.transfer(asked, output, interrupt)
        assert not output.exists()
        assert all("receipt" in file for file in files_of(output.parent))
        backend.transfer(asked, output, quiet)  # and it can be done afterwards
    assert video_info(output).frames == len(asked.clip)


def shorter(path: Path, frames: int, size=(WIDTH, HEIGHT), fps=FPS) -> Path:
    import numpy as np

    with VideoWriter(path, *size, fps) as video:
        for _ in range(frames):
            video.write(np.zeros((size[1], size[0], 3), np.uint8))
    return path


def bad_requests(request, folder: Path):
    """Name of what is wrong, the request, the error and what it says."""
    folder.mkdir(exist_ok=True)
    given = request.parameters

    def edge(path: Path | None, weight: float = 1.0):
        return replace(request, controls={"edge": ControlInput(path, weight)})

    yield "control is missing", edge(folder / "no.mp4"), InputError, r"edge control video.*no\.mp4"
    yield "control is short", edge(shorter(folder / "a.mp4", 93)), InputError, r"edge control video has 93 frames"
    yield "control is small", edge(shorter(folder / "b.mp4", FRAMES, (64, 36))), InputError, r"edge .* is 64x36"
    yield (
        "control is slow",
        edge(shorter(folder / "c.mp4", FRAMES, fps=Fraction(25))),
        InputError,
        r"edge .* 25 frames/s",
    )
    yield "control is no video", edge(Path(__file__)), InputError, r"edge control video cannot be used"
    yield "weight", edge(None, 1.5), ConfigError, r"weight of edge is 1\.5"
    yield "weight of nothing", edge(None, 0.0), ConfigError, r"every control has weight 0"
    yield "no control", replace(request, controls={}), ConfigError, r"needs a control; name one of edge"
    yield "prompt", replace(request, prompt="  "), ConfigError, r"prompt is empty"
    yield "surrogates", replace(request, prompt="rain \ud800"), ConfigError, r"not Unicode text \(character 5\)"
    yield "name", replace(request, name="a/b"), ConfigError, r"'a/b' must match"
    yield "guidance", replace(request, parameters=replace(given, guidance=8)), ConfigError, r"guidance is 8"
    yield "sigma", replace(request, parameters=replace(given, sigma_max=201.0)), ConfigError, r"sigma_max is 201"
    yield "resolution", replace(request, parameters=replace(given, resolution="9")), ConfigError, r"resolution is '9'"
    yield "seed", replace(request, seed=-1), ConfigError, r"seed is -1"
    yield "no source", replace(request, video=folder / "none.mp4"), InputError, r"none\.mp4: no such file"
    yield "one frame", replace(request, video=shorter(folder / "d.mp4", 1)), InputError, r"has 1 frames"


@pytest.mark.parametrize("name", [*MAKERS, "jobs"])
def test_bad_requests_are_refused_before_anything_is_sent(name, request_, tmp_path):
    backend = MAKERS[name]("http://127.0.0.1:9", 1.0) if name in MAKERS else CosmosJobsTransfer(tmp_path / "jobs")
    for _, request, error, message in bad_requests(request_, tmp_path / "bad"):
        with pytest.raises(error, match=message):
            backend.check(request)
        with pytest.raises(error, match=message):  # nobody listens at port 9: it is refused before it is sent
            backend.transfer(request, tmp_path / "output.mp4", quiet)
    assert files_of(tmp_path / "jobs") == []


@services
def test_a_service_that_is_down_is_named_with_the_command_that_checks_it(name, request_, tmp_path):
    backend = MAKERS[name]("http://127.0.0.1:9", 1.0)
    with pytest.raises(TransferError, match=r"http://127\.0\.0\.1:9.*check it with: curl -i http://127\.0\.0\.1:9/"):
        backend.transfer(request_, tmp_path / "output.mp4", quiet)


FAULTS = {
    "busy": (TransferError, r"busy|503"),
    "http500": (TransferError, r"500"),
    "timeout": (TransferError, r"within 1 s"),
    "guardrail": (RefusedError, r"(?i)guardrail"),
    "malformed": (TransferError, r"says nothing of a result|not JSON"),
    "wrong-frames": (TransferError, r"sent 93 frames for 94; labels would not fit"),
    "cut-download": (TransferError, r"broke|download failed"),
}


@services
@pytest.mark.parametrize("fault", FAULTS)
def test_a_services_fault_is_an_error_of_its_kind_and_leaves_no_output(name, fault, request_, tmp_path):
    error, message = FAULTS[fault]
    output = tmp_path / "out" / "output.mp4"
    with connected(name, fault, patience=1.0 if fault == "timeout" else 60.0) as (_, backend):
        with pytest.raises(error, match=message) as caught:
            backend.transfer(request_, output, quiet)
        assert isinstance(caught.value, RoadmarkError)
        assert not output.exists()


@services
def test_a_busy_service_is_asked_again(name, request_, tmp_path):
    with connected(name, "busy:2") as (served, backend):
        backend.transfer(request_, tmp_path / "output.mp4", quiet)
        assert len(served.jobs()) == 1


@pytest.mark.parametrize("name", ["gradio-1.4", "gradio-1.3", "videos"])
def test_a_download_that_breaks_off_is_repeated_and_not_paid_for_again(name, request_, tmp_path):
    with connected(name, "cut-download:1") as (served, backend):
        backend.transfer(request_, tmp_path / "output.mp4", quiet)
        assert len(served.jobs()) == 1
    assert video_info(tmp_path / "output.mp4").frames == FRAMES


@pytest.mark.parametrize("name", ["gradio-1.4", "gradio-1.3", "videos"])
def test_a_finished_video_that_could_not_be_fetched_is_fetched_by_the_next_run(name, request_, tmp_path):
    output = tmp_path / "output.mp4"
    attempts = RETRIES + 1 if name == "videos" else HttpPolicy().retries + 1
    with connected(name, f"cut-download:{attempts}") as (served, backend):
        with pytest.raises(TransferError):
            backend.transfer(request_, output, quiet)
        assert not output.exists()
        another = MAKERS[name](served.url, 60.0)
        another.transfer(request_, output, quiet)
        another.close()
        assert len(served.jobs()) == 1
        assert not list(tmp_path.glob("*receipt*"))


@pytest.mark.parametrize("name", ["gradio-1.4", "videos"])
def test_another_request_does_not_take_the_result_of_an_unfinished_one(name, request_, tmp_path):
    output = tmp_path / "output.mp4"
    attempts = RETRIES + 1 if name == "videos" else HttpPolicy().retries + 1
    with connected(name, f"cut-download:{attempts}") as (served, backend):
        with pytest.raises(TransferError):
            backend.transfer(request_, output, quiet)
        backend.transfer(replace(request_, prompt="Fog at noon."), output, quiet)
        assert [job["prompt"] for job in served.jobs()] == [request_.prompt, "Fog at noon."]


def test_backends_are_made_by_name_and_unknown_ones_are_refused():
    for name in ("cosmos-gradio", "cosmos-nim", "cosmos-videos", "cosmos-jobs"):
        assert make_transfer(name).name == name
    with pytest.raises(ConfigError, match=r"unknown transfer backend 'magic'; known: rerender, relight, cosmos-gradio"):
        make_transfer("magic")
