"""The /v1/videos backend: its form, jobs that outlive a run, and their end on request."""

import json
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from roadmark.augment.transfer.controls import clip_controls
from roadmark.augment.transfer.cosmos_videos import CosmosVideosTransfer, bucket, form
from roadmark.augment.transfer.protocol import ControlInput, TransferError, TransferParameters
from roadmark.augment.transfer.receipts import Receipt, request_digest
from roadmark.augment.transfer.uploads import RequestFiles
from roadmark.endpoints import HttpService, StatusError
from roadmark.errors import ConfigError
from roadmark.media import video_info
from transfer_samples import Served, make_clip, make_request

FRAMES = 5


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("videos") / "clip", FRAMES)


@pytest.fixture
def asked(clip, tmp_path):
    return make_request(clip, tmp_path / "controls")


def quiet(done, message=""):
    """Progress that nobody looks at."""


@pytest.fixture
def backend():
    """Makes backends, and closes them after the test."""
    with ExitStack() as made:

        def make(url, **options):
            return made.enter_context(closing(CosmosVideosTransfer(f"{url}/v1", **{"poll": 0.02, **options})))

        yield make


FILES = RequestFiles("/u/rgb.mp4", {"edge": "/u/e.mp4", "depth": "/u/d.mp4"}, {})


def test_the_form_is_that_of_a_cosmos_3_server(asked):
    asked = replace(asked, negative_prompt="cartoon", parameters=TransferParameters(guidance=5, num_steps=50))
    fields, files = form(asked, video_info(asked.video), FILES, "nvidia/Cosmos3-Nano")
    assert json.loads(fields.pop("extra_params")) == {
        "edge": {"control_weight": 1.0},
        "depth": {"control_weight": 0.9},
        "resolution": "720",
        "max_frames": FRAMES,
        "num_video_frames_per_chunk": 93,
        "num_conditional_frames": 1,
    }
    assert fields == {
        "prompt": asked.prompt,
        "negative_prompt": "cartoon",
        "model": "nvidia/Cosmos3-Nano",
        "size": "1280x720",  # 128 x 72 is 16:9
        "num_frames": str(FRAMES),
        "fps": "30",
        "num_inference_steps": "50",
        "guidance_scale": "5",
        "seed": "5",
        "control_type": "depth",  # edges can be found on the server, depth cannot
    }
    assert {name: str(path) for name, path in files.items()} == {
        "input_reference": "/u/rgb.mp4",
        "control_reference": "/u/d.mp4",
    }


def test_an_edge_video_is_sent_where_no_other_is_needed_and_vis_is_called_blur(asked):
    alone = replace(asked, controls={"edge": asked.controls["edge"], "vis": ControlInput(None, 0.5)})
    fields, files = form(alone, video_info(asked.video), FILES)
    assert (fields["control_type"], str(files["control_reference"])) == ("edge", "/u/e.mp4")
    assert json.loads(fields["extra_params"])["blur"] == {"control_weight": 0.5}
    derived = replace(asked, controls={"vis": ControlInput(None)})
    fields, files = form(derived, video_info(asked.video), FILES)
    assert "control_type" not in fields
    assert list(files) == ["input_reference"]


def test_only_one_control_video_can_be_sent(clip, asked, tmp_path):
    both = replace(asked, controls=clip_controls(clip, {"depth": 1.0, "seg": 1.0}, tmp_path))
    with pytest.raises(ConfigError, match=r"takes one uploaded control video, not depth and seg; leave one out"):
        CosmosVideosTransfer().check(both)
    with pytest.raises(ConfigError, match=r"needs a video of the depth control"):
        CosmosVideosTransfer().check(replace(asked, controls={"depth": ControlInput(None)}))


@pytest.mark.parametrize(
    ("lines", "size", "expected"),
    [
        ("720", (1920, 1080), (1280, 720)),
        ("720", (640, 480), (1104, 832)),
        ("720", (500, 500), (960, 960)),
        ("480", (1920, 1080), (832, 480)),
        ("480", (480, 640), (544, 736)),
    ],
)
def test_the_size_is_the_bucket_of_the_nearest_shape(lines, size, expected):
    assert bucket(lines, *size) == expected


def test_a_job_of_a_killed_run_is_found_again_and_not_paid_for_twice(asked, backend, tmp_path):
    served = Served("videos")
    output = tmp_path / "output.mp4"
    blocked = replace(asked, prompt="BLOCK until somebody looks again")

    class KilledError(BaseException):
        """In place of SIGKILL: nothing of ours reacts to it."""

    def die(done, message=""):
        if "generates" in message:
            raise KilledError

    with pytest.raises(KilledError):
        backend(served.url).transfer(blocked, output, die)
    assert (tmp_path / "output.receipt.json").exists()
    served.unblock()
    backend(served.url).transfer(blocked, output, quiet)
    assert len(served.jobs()) == 1
    assert video_info(output).frames == FRAMES
    assert not (tmp_path / "output.receipt.json").exists()


def stored_job(tmp_path):
    return json.loads((tmp_path / "output.receipt.json").read_text())["result"]


def test_ctrl_c_has_the_server_drop_the_job(asked, backend, tmp_path):
    served = Served("videos")
    seen = []

    def interrupt(done, message=""):
        if "generates" in message:
            seen.append(stored_job(tmp_path))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backend(served.url).transfer(replace(asked, prompt="BLOCK"), tmp_path / "output.mp4", interrupt)
    served.unblock()
    with HttpService(f"{served.url}/v1") as service, pytest.raises(StatusError, match="404"):
        service.get_json(f"videos/{seen[0]}")
    assert not (tmp_path / "output.receipt.json").exists()


def test_too_long_a_wait_has_the_server_drop_the_job(asked, backend, tmp_path):
    served = Served("videos")
    with pytest.raises(TransferError, match=r"no video within 0\.1 s; job video_gen_\w+ was cancelled"):
        backend(served.url, generation=0.1).transfer(replace(asked, prompt="BLOCK"), tmp_path / "output.mp4", quiet)
    served.unblock()
    assert not (tmp_path / "output.receipt.json").exists()


@pytest.mark.parametrize("held", ["video_gen_gone", "../../models", 7, None])
def test_a_receipt_of_a_job_the_server_does_not_know_is_dropped(held, asked, backend, tmp_path):
    served = Served("videos")
    output = tmp_path / "output.mp4"
    client = backend(served.url)
    client.transfer(asked, output, quiet)
    output.unlink()
    Receipt(output, f"{served.url}/v1", request_digest(asked)).keep(held)
    client.transfer(asked, output, quiet)
    assert len(served.jobs()) == 2
