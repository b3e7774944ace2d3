"""The NIM backend: the request follows the server's own description; the VP9 it sends becomes H.264."""

import base64
from dataclasses import replace

import pytest

from roadmark.augment.transfer.cosmos_nim import CosmosNimTransfer, InferSchema, _adapted, _decoded, infer_schema
from roadmark.augment.transfer.protocol import ControlInput, TransferError
from roadmark.errors import ConfigError, InputError
from roadmark.media import read_video, video_info
from transfer_samples import Served, make_clip, make_request


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("nim") / "clip", 93)


@pytest.fixture
def asked(clip, tmp_path):
    return make_request(clip, tmp_path / "controls")


def quiet(done, message=""):
    """Progress that nobody looks at."""


def test_keys_that_the_server_does_not_describe_are_left_out_and_named(asked, tmp_path):
    served = Served("nim")
    backend = CosmosNimTransfer(served.url)
    result = backend.transfer(asked, tmp_path / "output.mp4", quiet)
    backend.close()
    assert result.facts["dropped_keys"] == ["num_video_frames_per_chunk"]
    assert result.facts["weights"] == {"edge": 1.0, "depth": 0.9}
    assert (result.facts["received_codec"], result.facts["transcoded"]) == ("vp9", True)
    (job,) = served.jobs()
    assert (job["prompt"], job["seed"], sorted(job["controls"])) == (asked.prompt, 5, ["depth", "edge"])


def test_what_is_transcoded_is_the_picture_that_was_sent(asked, tmp_path):
    backend = CosmosNimTransfer(Served("nim").url)
    backend.transfer(asked, tmp_path / "output.mp4", quiet)
    backend.close()
    assert video_info(tmp_path / "output.mp4").codec == "h264"
    source, shown = next(read_video(asked.video)), next(read_video(tmp_path / "output.mp4"))
    assert abs(float(shown.mean()) - float(source.mean()) / 2) < 3.0  # the painter halves it


@pytest.mark.parametrize("frames", [92, 481])
def test_lengths_the_server_fails_at_are_refused_before(frames, tmp_path):
    clip = make_clip(tmp_path / "clip", frames)
    with pytest.raises(InputError, match=rf"has {frames} frames; cosmos-nim takes 93 to 480"):
        CosmosNimTransfer().check(make_request(clip, tmp_path))


def test_masks_are_refused(asked):
    masked = replace(asked, controls={"edge": ControlInput(None, 1.0, mask=asked.controls["depth"].video)})
    with pytest.raises(ConfigError, match=r"cosmos-nim takes no masks; leave out that of edge"):
        CosmosNimTransfer().check(masked)


OPENAPI = {
    "paths": {
        "/v1/infer": {
            "post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/R"}}}}}
        }
    },
    "components": {
        "schemas": {
            "R": {
                "properties": {
                    "prompt": {"type": "string"},
                    "video": {"type": "string"},
                    "edge": {"anyOf": [{"$ref": "#/components/schemas/C"}, {"type": "null"}]},
                }
            },
            "C": {"properties": {"control_weight": {}, "control_path": {}}},
        }
    },
}


def test_the_description_is_followed_through_references():
    schema = infer_schema(OPENAPI)
    assert schema == InferSchema(
        frozenset({"prompt", "video", "edge"}), {"edge": frozenset({"control_weight", "control_path"})}
    )


@pytest.mark.parametrize("openapi", [{}, [], None, {"paths": {"/v1/infer": {}}}, {"paths": 3}])
def test_a_server_without_a_description_gets_every_key(openapi):
    assert infer_schema(openapi) == InferSchema(None, None)
    assert _adapted({"a": 1}, InferSchema(), "s") == ({"a": 1}, [])


def test_references_that_go_round_end():
    circle = {"$ref": "#/a"}
    round_about = {**OPENAPI, "a": circle, "components": {"schemas": {"R": circle}}}
    assert infer_schema(round_about) == InferSchema()


def test_a_server_without_a_wanted_control_is_an_error():
    body = {"prompt": "p", "video": "v", "edge": {"control_weight": 1.0}, "depth": {"control_weight": 1.0}, "seed": 1}
    with pytest.raises(TransferError, match=r"nim: its /openapi.json knows no depth; is it"):
        _adapted(body, infer_schema(OPENAPI), "nim")
    kept, dropped = _adapted({key: body[key] for key in ("prompt", "edge", "seed")}, infer_schema(OPENAPI), "nim")
    assert (kept, dropped) == ({"prompt": "p", "edge": {"control_weight": 1.0}}, ["seed"])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, r"holds no b64_video \(it holds \[\]\)"),
        ({"b64_video": "", "seed": 1}, r"it holds \['b64_video', 'seed'\]"),
        ([], r"it holds list"),
        ({"b64_video": "a?b"}, r"is not base64"),
    ],
)
def test_answers_without_a_video_are_errors(answer, message):
    with pytest.raises(TransferError, match=message):
        _decoded(answer, "nim")


def test_a_video_is_decoded():
    assert _decoded({"b64_video": base64.b64encode(b"\x00mp4").decode()}, "nim") == b"\x00mp4"
