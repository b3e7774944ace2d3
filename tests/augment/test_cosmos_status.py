"""What Gradio servers of both versions, on Gradio 5 and 6, say of a finished request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.augment.transfer.cosmos_status import finished_video
from roadmark.augment.transfer.protocol import RefusedError, TransferError

SERVER = "http://gpu:8080"
FILE_DATA = {"path": "/tmp/gradio/ab/x.mp4", "url": "http://gpu:8080/gradio_api/file=/tmp/gradio/ab/x.mp4"}
OLD = (
    "Found output: outputs/generation_1/x.mp4\nFinal prompt: {rain}\n"
    'Result json: {"videos": ["outputs/generation_1/x.mp4"]}'
)


def new(status="success", **result):
    return json.dumps({"rank": 0, "status": status, "request_id": 0, "result": result}, indent=4)


@pytest.mark.parametrize(
    ("video", "status", "paths"),
    [
        (FILE_DATA, new(videos=["/o/x.mp4"]), ("/tmp/gradio/ab/x.mp4", "/o/x.mp4")),  # Gradio 6, not downloaded
        ({"video": FILE_DATA, "subtitles": None}, new(videos=["/o/x.mp4"]), ("/tmp/gradio/ab/x.mp4", "/o/x.mp4")),
        ("/tmp/x.mp4", new(videos=["/tmp/x.mp4"]), ("/tmp/x.mp4",)),
        (None, new(videos=["/o/x.mp4"]), ("/o/x.mp4",)),
        (None, OLD, ("outputs/generation_1/x.mp4", "/workspace/outputs/generation_1/x.mp4")),
        ("/tmp/x.mp4", OLD, ("/tmp/x.mp4", "outputs/generation_1/x.mp4", "/workspace/outputs/generation_1/x.mp4")),
        ("/tmp/x.mp4", "done", ("/tmp/x.mp4",)),
    ],
)
def test_the_places_of_a_video_best_first(video, status, paths):
    assert finished_video(video, status, SERVER).paths == paths


@pytest.mark.parametrize(
    "status",
    [new(videos=[]), 'Generation failed - no output found in outputs/g1\nResult json: {"videos": []}'],
    ids=["new", "old"],
)
def test_success_without_a_video_is_the_guardrail(status):
    with pytest.raises(RefusedError, match=r"http://gpu:8080: .*guardrail refused.*change the prompt"):
        finished_video(None, status, SERVER)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (new("Worker not repsonsive. Restarted all workers."), "failed: Worker not repsonsive"),
        (new("1 validation error for InferenceArguments\nmax_frames\n  Extra inputs"), "InferenceArguments max_frames"),
        ("Error: CUDA out of memory", "failed: Error: CUDA out of memory"),
        ("Error parsing request JSON: Expecting value", "failed: Error parsing request JSON"),
        ('{"rank": 0, "status": "succ', "says nothing of a result"),
        ("", "says nothing of a result"),
        (new(), "names no video"),
        (new(videos=[None, 3, ""]), "names no video"),
        (new(videos="x.mp4"), "names no video"),
        ("[" * 100_000, "says nothing of a result"),
    ],
)
def test_failures_repeat_the_servers_words(status, message):
    with pytest.raises(TransferError, match="http://gpu:8080") as caught:
        finished_video(None, status, SERVER)
    assert message in str(caught.value)
    assert not isinstance(caught.value, RefusedError)
    assert len(str(caught.value)) < 1000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["video", "path", "status", "result", "videos", "x"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(VALUES, VALUES | VALUES.map(json.dumps) | st.text())
def test_whatever_a_server_answers_is_a_path_or_an_error_of_ours(video, status):
    try:
        paths = finished_video(video, status, SERVER).paths
    except TransferError:
        return
    assert paths
    assert all(isinstance(path, str) and path for path in paths)
