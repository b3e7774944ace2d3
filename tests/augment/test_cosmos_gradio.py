"""The Gradio backend: what it sends, what it refuses by the server's model, and how it waits."""

import re
import threading
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from roadmark.augment.transfer.controls import clip_controls
from roadmark.augment.transfer.cosmos_gradio import CosmosGradioTransfer
from roadmark.augment.transfer.cosmos_nim import CosmosNimTransfer
from roadmark.augment.transfer.cosmos_request import inference_arguments
from roadmark.augment.transfer.cosmos_videos import CosmosVideosTransfer
from roadmark.augment.transfer.gradio_session import GradioPolicy
from roadmark.augment.transfer.protocol import ControlInput, TransferError, TransferParameters
from roadmark.augment.transfer.receipts import Receipt, request_digest
from roadmark.errors import ConfigError, InputError
from roadmark.media import video_info
from transfer_samples import Served, make_clip, make_request
from transfer_samples.clips import CAR

FRAMES = 5
QUICK = GradioPolicy(poll=0.02)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("gradio") / "clip", FRAMES)


@pytest.fixture
def asked(clip, tmp_path):
    return make_request(clip, tmp_path / "controls")


def quiet(done, message=""):
    """Progress that nobody looks at."""


@pytest.fixture
def connect():
    """Makes backends, and closes them after the test."""
    with ExitStack() as made:
        yield lambda url: made.enter_context(closing(CosmosGradioTransfer(url, policy=QUICK)))


@pytest.fixture
def transferred(tmp_path):
    """Run a request against a server and give back what reached it and what was said of the result."""

    def run(name, request, **options):
        served = Served(name)
        backend = CosmosGradioTransfer(served.url, policy=QUICK, **options)
        result = backend.transfer(request, tmp_path / f"{request.name}.mp4", quiet)
        backend.close()
        return served.jobs(), result.facts

    return run


@pytest.mark.parametrize("name", ["gradio-1.4", "gradio-1.3"])
def test_every_control_its_weight_and_its_mask_reach_the_server(name, clip, asked, tmp_path, transferred):
    controls = clip_controls(clip, {"edge": 0.25, "depth": 0.5, "seg": 0.75}, tmp_path, mask_actors=[CAR])
    (job,), facts = transferred(name, replace(asked, controls={**controls, "vis": ControlInput(None, 0.125)}))
    assert sorted(job["controls"]) == ["depth", "edge", "seg"]  # vis is made there
    assert (job["prompt"], job["seed"]) == (asked.prompt, asked.seed)
    assert facts["weights"] == {"edge": 0.25, "vis": 0.125, "depth": 0.5, "seg": 0.75}
    assert facts["masked"] == ["edge", "depth", "seg"]
    assert facts["server_version"] == {"gradio-1.4": "at least 1.4.2", "gradio-1.3": "at least 1.3.0"}[name]


@pytest.mark.parametrize("name", ["gradio-1.4", "gradio-1.3"])
def test_our_own_server_is_told_what_the_clip_knows_of_its_videos(name, asked, transferred):
    (job,), _ = transferred(name, asked)
    assert job["near"] == asked.clip.manifest.depth.video_near


def test_uploads_have_names_that_no_other_request_uses_and_that_stay(asked, transferred):
    (one,), _ = transferred("gradio-1.4", asked)
    (again,), _ = transferred("gradio-1.4", replace(asked, seed=6))
    (other,), _ = transferred("gradio-1.4", replace(asked, name="crossing-2"))
    assert re.fullmatch(r"crossing-1-source-[0-9a-f]{12}\.mp4", one["video"])
    assert one["video"] == again["video"] != other["video"]
    assert len({one["video"], *one["controls"].values()}) == 3


def test_a_control_the_server_does_not_serve_is_refused_there_and_here_before(asked, clip, tmp_path, transferred):
    with pytest.raises(TransferError, match=r"failed: model edge does not serve depth"):
        transferred("gradio-edge", asked)
    with pytest.raises(ConfigError, match=r"cosmos-gradio with edge has no 'depth' control here; it has edge"):
        CosmosGradioTransfer("http://127.0.0.1:9", model="edge").check(asked)
    edge = replace(asked, controls=clip_controls(clip, {"edge": 1.0}, tmp_path))
    (job,), _ = transferred("gradio-edge", edge, model="edge")
    assert list(job["controls"]) == ["edge"]


def test_the_distilled_model_takes_one_chunk_of_frames(clip, tmp_path, tmp_path_factory):
    long = make_clip(tmp_path / "clip", 94)
    controls = clip_controls(long, {"edge": 1.0}, tmp_path)
    request = make_request(long, tmp_path, controls=controls)
    with pytest.raises(InputError, match=r"has 94 frames; cosmos-gradio with edge/distilled takes 2 to 93"):
        CosmosGradioTransfer(model="edge/distilled").check(request)
    CosmosGradioTransfer(model="edge").check(request)
    CosmosGradioTransfer(model="edge/distilled").check(
        make_request(clip, tmp_path, controls=clip_controls(clip, {"edge": 1.0}, tmp_path))
    )


def test_unknown_models_are_refused():
    with pytest.raises(
        ConfigError, match=r"no single-camera model 'multiview'.*known: edge, vis, depth, seg, edge/dist"
    ):
        CosmosGradioTransfer(model="multiview")


def test_files_larger_than_the_server_takes_are_refused(asked, tmp_path, monkeypatch):
    monkeypatch.setattr("roadmark.augment.transfer.cosmos_gradio.SERVER_LIMIT", 1000)
    with pytest.raises(InputError, match=r"rgb\.mp4: has \d+ bytes; the server takes 1000"):
        CosmosGradioTransfer().check(asked)


def test_a_small_sigma_goes_as_the_text_the_server_wants(asked, transferred):
    jobs, _ = transferred("gradio-1.4", replace(asked, parameters=TransferParameters(sigma_max=0.5, resolution="480")))
    assert len(jobs) == 1


@pytest.mark.parametrize("name", ["gradio-1.4", "gradio-1.3"])
def test_what_the_server_refuses_is_said_in_its_words(name, asked, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "roadmark.augment.transfer.cosmos_gradio.inference_arguments",
        lambda *given, **more: {**inference_arguments(*given, **more), "colour": 1},
    )
    backend = CosmosGradioTransfer(Served(name).url, policy=QUICK)
    with pytest.raises(
        TransferError, match=r"request failed: .*InferenceArguments colour Extra inputs are not permitted"
    ):
        backend.transfer(asked, tmp_path / "x.mp4", quiet)


def test_a_receipt_of_a_result_the_server_has_no_more_is_dropped(asked, connect, tmp_path):
    served = Served("gradio-1.4")
    output = tmp_path / "x.mp4"
    Receipt(output, served.url, request_digest(asked)).keep(["/gone/x.mp4", 3, "outputs/gone/x.mp4"])
    connect(served.url).transfer(asked, output, quiet)
    assert len(served.jobs()) == 1
    assert video_info(output).frames == FRAMES
    assert not (tmp_path / "x.receipt.json").exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"server": 1}', b"\xff"])
def test_a_damaged_receipt_is_none(damage, asked, tmp_path):
    receipt = Receipt(tmp_path / "x.mp4", "http://gpu", request_digest(asked))
    receipt.path.write_bytes(damage)
    assert receipt.held() is None
    receipt.keep(["/o/x.mp4"])
    assert receipt.held() == ["/o/x.mp4"]
    assert Receipt(tmp_path / "x.mp4", "http://other", request_digest(asked)).held() is None
    assert Receipt(tmp_path / "x.mp4", "http://gpu", request_digest(replace(asked, seed=6))).held() is None
    receipt.drop()
    assert receipt.held() is None


def test_ctrl_c_takes_a_waiting_request_out_of_the_servers_queue(asked, tmp_path, connect):
    served = Served("gradio-1.4")
    first, second, third = (replace(asked, prompt=text) for text in ("BLOCK the only worker", "Fog.", "Rain."))
    working = threading.Thread(target=connect(served.url).transfer, args=(first, tmp_path / "first.mp4", quiet))
    working.start()
    heard = []

    def interrupt(share, message=""):
        heard.append(message)
        if "queue" in message:
            raise KeyboardInterrupt

    try:
        while not served.jobs():
            working.join(0.05)
        with pytest.raises(KeyboardInterrupt):
            connect(served.url).transfer(second, tmp_path / "second.mp4", interrupt)
        assert heard[-1].startswith("waiting in the server's queue")
    finally:
        served.unblock()
        working.join(60.0)
    connect(served.url).transfer(third, tmp_path / "third.mp4", quiet)  # the queue is worked on in order
    assert [job["prompt"] for job in served.jobs()] == [first.prompt, third.prompt]


@contextmanager
def web_server(status, body):
    """A web server that is none of ours, and answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>hello</html>", r"{url}/config: the answer is not JSON .*curl -i {url}/config"),
        (b"{}", r"{url}: no Gradio server answers \(.*curl -i {url}/config"),
    ],
)
def test_a_server_that_is_not_gradio_is_named(body, message, asked, tmp_path):
    with web_server(200, body) as url, pytest.raises(TransferError, match=message.format(url=url)):
        CosmosGradioTransfer(url).transfer(asked, tmp_path / "x.mp4", quiet)


@pytest.mark.parametrize("make", [CosmosGradioTransfer, CosmosNimTransfer, CosmosVideosTransfer])
def test_a_key_without_permission_is_named_and_not_shown(make, asked, clip, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_COSMOS_KEY", "topsecret")
    if make is CosmosNimTransfer:
        clip = make_clip(tmp_path / "long", 93)
        asked = make_request(clip, tmp_path / "controls")
    with web_server(403, b"no") as url, pytest.raises(TransferError) as caught:
        make(url, key_env="MY_COSMOS_KEY").transfer(asked, tmp_path / "x.mp4", quiet)
    assert "the key in the environment variable MY_COSMOS_KEY has no permission" in str(caught.value)
    assert "topsecret" not in str(caught.value)


def test_an_address_with_a_password_is_refused(asked, tmp_path):
    with pytest.raises(ConfigError, match=r"holds a password"):
        CosmosGradioTransfer("http://me:secret@gpu:8080").transfer(asked, tmp_path / "x.mp4", quiet)
