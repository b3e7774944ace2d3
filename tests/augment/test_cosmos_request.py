"""The request of Cosmos-Transfer2.5: what our client says is what servers of every version take."""

import pytest
from pydantic import ValidationError

from roadmark.augment.transfer.cosmos_request import (
    DISTILLED_STEPS,
    LISTS_FILES,
    OLDEST,
    STATUS_AS_JSON,
    InferenceArguments,
    chunk_count,
    inference_arguments,
)
from roadmark.augment.transfer.protocol import ControlInput, TransferParameters
from transfer_samples import make_clip, make_request

NEWEST = (1, 5, 1)
VERSIONS = [OLDEST, LISTS_FILES, (1, 4, 0), STATUS_AS_JSON, NEWEST]


def validated(arguments, version=STATUS_AS_JSON):
    return InferenceArguments.model_validate(arguments, context={"version": version})


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("request")
    return make_request(
        make_clip(folder / "clip", 3),
        folder,
        negative_prompt="cartoon",
        controls={
            "seg": ControlInput(None, 0.25, mask=folder / "mask.mp4"),
            "edge": ControlInput(None, 1.0),
            "vis": ControlInput(None, 0.5),
        },
        parameters=TransferParameters(guidance=5, num_steps=20, sigma_max=70.0, resolution="480"),
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_of_every_version_takes_the_request(asked, version):
    arguments = inference_arguments(
        asked, "x", "/u/rgb.mp4", {"edge": "/u/e.mp4"}, {"seg": "/u/m.mp4"}, version=version
    )
    taken = validated(arguments, version)
    assert {name: control.control_weight for name, control in taken.controls().items()} == {
        "edge": 1.0,
        "vis": 0.5,
        "seg": 0.25,
    }
    assert (taken.seg.mask_path, taken.edge.control_path, taken.vis.control_path) == ("/u/m.mp4", "/u/e.mp4", None)
    assert (taken.guidance, taken.num_steps, taken.resolution, taken.seed) == (5, 20, "480", 5)
    assert taken.sigma_max == "70"  # a string, or the real server refuses it
    assert (taken.negative_prompt, taken.prompt) == ("cartoon", asked.prompt)


def test_the_size_of_the_input_is_kept_in_the_words_of_the_version(asked):
    old = inference_arguments(asked, "x", "v", {}, {}, version=OLDEST)
    new = inference_arguments(asked, "x", "v", {}, {}, version=LISTS_FILES)
    assert old["not_keep_input_resolution"] is False
    assert "keep_input_resolution" not in old
    assert new["keep_input_resolution"] is True
    assert "not_keep_input_resolution" not in new


@pytest.mark.parametrize(
    ("key", "value", "refused", "taken"),
    [
        ("keep_input_resolution", True, OLDEST, LISTS_FILES),
        ("not_keep_input_resolution", False, LISTS_FILES, OLDEST),
        ("max_frames", 5, LISTS_FILES, (1, 4, 0)),
        ("context_frame_index", 1, LISTS_FILES, (1, 4, 0)),
        ("guided_generation_mask", "m.mp4", STATUS_AS_JSON, NEWEST),
    ],
)
def test_keys_are_known_from_their_version_on_and_refused_as_unknown_before(key, value, refused, taken):
    arguments = {"name": "x", "prompt": "p", "video_path": "v", "edge": {}, key: value}
    with pytest.raises(ValidationError, match=rf"(?s)InferenceArguments\n{key}\n  Extra inputs are not permitted"):
        validated(arguments, refused)
    assert getattr(validated(arguments, taken), key) == value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": 1}, "colour\n  Extra inputs are not permitted"),
        ({"edge": {"control_wieght": 1}}, "edge.control_wieght\n  Extra inputs are not permitted"),
        ({"edge": {"control_weight": 1.2}}, "less than or equal to 1"),
        ({"edge": {"mask_path": "a", "mask_prompt": "b"}}, "Only one of mask_path or mask_prompt"),
        ({"edge": None}, "No controls provided"),
        ({"guidance": 8}, "less than or equal to 7"),
        ({"sigma_max": 70}, "valid string"),
        ({"prompt": None}, "prompt or prompt_path is required"),
        ({"num_conditional_frames": 3}, "Input should be 0, 1 or 2"),
        ({"vis": {}, "image_context_path": "i.png"}, "provide only one"),
    ],
)
def test_what_the_real_server_refuses_is_refused(change, message):
    good = {"name": "x", "prompt": "p", "video_path": "v", "edge": {}}
    validated(good)
    with pytest.raises(ValidationError) as caught:
        validated({**good, **change})
    assert message in str(caught.value)


def test_the_distilled_model_takes_four_steps(asked):
    assert inference_arguments(asked, "x", "v", {}, {}, distilled=True)["num_steps"] == DISTILLED_STEPS == 4


def test_chunks_overlap_by_their_conditional_frames():
    # 93 new frames, then 92 per chunk: 93 + 92 = 185, so frame 186 begins the third.
    assert [chunk_count(frames) for frames in (1, 93, 94, 185, 186)] == [1, 1, 2, 2, 3]
    assert chunk_count(186, conditional=0) == 2
