"""The servers are as strict as the real ones: unknown keys, ranges, lengths, paths, in the same words and codes."""

import base64
import json
import re
from pathlib import Path

import httpx
import pytest

from roadmark.errors import ConfigError
from roadmark.media import video_info
from roadmark.services.transfer.faults import FAULTS, Faults
from roadmark.services.transfer.gradio_app import CosmosGradioServer
from roadmark.services.transfer.stores import ServerFolder
from roadmark.services.transfer.videos_app import VideosServer
from transfer_samples import Served, make_clip


def no_frames(job):
    """In place of a painter that is not asked."""
    raise AssertionError("nothing was to be drawn")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("servers") / "clip", 93)


@pytest.fixture(params=["v1.3", "v1.4"])
def gradio(request, tmp_path):
    return CosmosGradioServer(ServerFolder(tmp_path), no_frames, status_format=request.param)


def status_of(server, text):
    """(error text) of an answer in either version's words."""
    video, said = server.generate_video(text)
    assert video is None
    if server.status_format == "v1.3":
        assert said.startswith("Error")
        return said
    data = json.loads(said)
    assert (data["rank"], data["result"]) == (0, {})
    return data["status"]


def test_a_request_that_is_no_json_is_a_value_not_an_exception(gradio):
    video, said = gradio.generate_video("{oops")
    assert video is None
    assert re.fullmatch(r"Error parsing request JSON: .+\nPlease ensure your request is valid JSON\.", said)


def request(folder, **changes):
    return json.dumps({"name": "x", "prompt": "Fog.", "video_path": str(folder / "v.mp4"), "edge": {}, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, r"InferenceArguments\ncolour\n  Extra inputs are not permitted"),
        ({"edge": None}, r"No controls provided"),
        ({"guidance": 9}, r"less than or equal to 7"),
        ({"guided_generation_mask": "m.mp4"}, r"Extra inputs are not permitted"),
        ({"name": "a/b"}, r"'a/b' is no name of a file"),
        ({"name": ".."}, r"is no name of a file"),
        ({}, r"Path does not point to a file: .*v\.mp4' is no uploaded file"),
        ({"video_path": "/etc/passwd"}, r"'/etc/passwd' is no uploaded file"),
        ({"video_path": "uploads/../../x"}, r"is no uploaded file"),
        ({"video_path": "a\0b"}, r"is no uploaded file"),
        ({"prompt": None, "prompt_path": "/etc/passwd"}, r"'/etc/passwd' is no uploaded file"),
    ],
)
def test_what_is_refused_is_refused_in_the_status(gradio, tmp_path, changes, message):
    assert re.search(message, status_of(gradio, request(tmp_path, **changes)))


@pytest.mark.parametrize("text", ["[]", "3", "null", '"x"'])
def test_a_request_that_is_no_object_is_refused(gradio, text):
    assert "must be a mapping" in status_of(gradio, text)


def test_masks_and_controls_must_be_uploaded_too(gradio, tmp_path):
    (kept,) = ServerFolder(tmp_path).keep([Path(__file__)])
    for control in ({"control_path": "/etc/hosts"}, {"mask_path": "/etc/hosts"}):
        assert "'/etc/hosts' is no uploaded file" in status_of(
            gradio, request(tmp_path, video_path=str(kept), edge=control)
        )


def test_a_video_that_is_none_is_an_error_in_the_status(gradio, tmp_path):
    (kept,) = ServerFolder(tmp_path).keep([Path(__file__)])
    assert "not a readable video" in status_of(gradio, request(tmp_path, video_path=str(kept)))


def test_uploads_with_the_same_name_do_not_overwrite_each_other(tmp_path):
    folder = ServerFolder(tmp_path)
    one, two = (folder.keep([Path(__file__)])[0] for _ in range(2))
    assert one.name == two.name == Path(__file__).name
    assert one.parent != two.parent
    strange = tmp_path / "no such; name.mp4"
    strange.write_bytes(b"x")
    assert folder.keep([strange])[0].name == "file.mp4"


def test_files_outside_the_results_are_not_handed_out():
    served = Served("gradio-1.4")
    assert httpx.get(f"{served.url}/gradio_api/file=/etc/hostname").status_code in (403, 404)
    assert httpx.get(f"{served.url}/config").status_code == 200


def test_the_default_request_shows_that_the_server_works():
    from gradio_client import Client

    client = Client(Served("gradio-1.4").url, verbose=False, analytics_enabled=False)
    status = client.predict(api_name="/generate_default_request")
    assert status["status"] == "success"
    (video,) = status["result"]["videos"]
    assert Path(video).name == "default.mp4"
    assert video_info(video).frames == 20
    refused = client.predict({"name": "x"}, api_name="/generate")
    assert "validation error" in refused["status"]
    client.close()


def b64(path):
    return base64.b64encode(path.read_bytes()).decode()


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"colour": 1}, 400, "Extra inputs are not permitted"),
        ({"edge": {"control_path": "x"}}, 400, "Extra inputs are not permitted"),
        ({"resolution": "1080"}, 400, "Input should be '256', '480', '512' or '720'"),
        ({"edge": None}, 400, "at least one control is required"),
        ({"video": "%%%"}, 400, "video: not base64"),
        ({"video": base64.b64encode(b"no video").decode()}, 500, "not a readable video"),
    ],
)
def test_the_nim_refuses_as_the_real_one(clip, changes, code, message):
    body = {"prompt": "Fog.", "video": b64(clip.video("rgb")), "edge": {}, **changes}
    answer = httpx.post(f"{Served('nim').url}/v1/infer", json=body)
    assert (answer.status_code, message in answer.text) == (code, True), answer.text


def test_the_nim_fails_at_lengths_it_does_not_take(tmp_path):
    body = {"prompt": "Fog.", "video": b64(make_clip(tmp_path / "clip", 92).video("rgb")), "edge": {}}
    answer = httpx.post(f"{Served('nim').url}/v1/infer", json=body)
    assert answer.status_code == 500
    assert "92 frames, not 93 to 480" in answer.text


def test_the_nim_describes_itself_and_its_health():
    url = Served("nim").url
    assert httpx.get(f"{url}/v1/health/ready").json()["status"] == "ready"
    assert httpx.get(f"{url}/v1/health/live").json()["status"] == "live"
    assert httpx.get(f"{url}/v1/metadata").status_code == 200
    schema = httpx.get(f"{url}/openapi.json").json()["components"]["schemas"]["Transfer2Request"]
    assert schema["properties"]["resolution"]["default"] == "480"
    assert schema["additionalProperties"] is False


def post_video(clip, files=None, **changes):
    form = {"prompt": "Fog.", "extra_params": '{"edge": {}}', **changes}
    form = {key: value for key, value in form.items() if value is not None}
    files = {"input_reference": clip.video("rgb").read_bytes()} if files is None else files
    return httpx.post(f"{Served('videos').url}/v1/videos", data=form, files=files)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "1"}, "colour: Extra inputs are not permitted"),
        ({"prompt": None}, "prompt: Field required"),
        ({"extra_params": "{oops"}, "Invalid JSON or number in form field."),
        ({"extra_params": "[]"}, "give at least one of edge, blur, depth, seg, wsm"),
        ({"extra_params": '{"edge": {}, "max_frames": -1}'}, "max_frames must be positive."),
        ({"fps": "fast"}, "Invalid JSON or number in form field."),
        ({"seed": "-1"}, "lie within 0"),
        ({"size": "1280 by 720"}, "size: write it like 1280x720"),
        ({"control_type": "depth"}, "control_reference requires a control_type of"),
    ],
)
def test_the_videos_api_refuses_as_the_real_one(clip, changes, message):
    answer = post_video(clip, **changes)
    assert (answer.status_code, message in answer.text) == (400, True), answer.text


def test_the_videos_api_wants_a_source(clip):
    answer = post_video(clip, files={"control_reference": b"x"}, control_type="depth")
    assert (answer.status_code, "input_reference is required" in answer.text) == (400, True)


def test_jobs_that_are_not_there_are_not_found():
    url = f"{Served('videos').url}/v1/videos/video_gen_0"
    assert [httpx.get(url).status_code, httpx.get(f"{url}/content").status_code, httpx.delete(url).status_code] == [
        404
    ] * 3


def test_a_source_that_is_no_video_is_a_failed_job(clip):
    url = f"{Served('videos').url}/v1/videos"
    job = httpx.post(
        url, data={"prompt": "Fog.", "extra_params": '{"edge": {}}'}, files={"input_reference": b"no video"}
    ).json()
    while job["status"] in ("queued", "in_progress"):
        job = httpx.get(f"{url}/{job['id']}").json()
    assert (job["status"], job["error"]["code"]) == ("failed", 500)
    assert "not a readable video" in job["error"]["message"]


def test_the_videos_api_has_models_and_health():
    url = Served("videos").url
    assert httpx.get(f"{url}/health").status_code == 200
    assert httpx.get(f"{url}/v1/models").json()["data"][0]["id"] == "roadmark/relight"


def test_a_closed_videos_server_ends_its_work(tmp_path):
    server = VideosServer(ServerFolder(tmp_path), no_frames, Faults("timeout"))
    server.close()
    assert server.find("x") is None


@pytest.mark.parametrize("fault", ["fire", "busy:x", "busy:-1", "busy:99999999"])
def test_faults_that_there_are_not_are_refused(fault):
    with pytest.raises(ConfigError, match=r"unknown fault 'fire'; known: busy|is no number of requests"):
        Faults(fault)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_strikes_as_often_as_it_is_told_to(fault):
    faults = Faults(f"{fault}:2")
    assert [faults.strikes(fault) for _ in range(3)] == [True, True, False]
    always = Faults(fault)
    assert [always.strikes(fault) for _ in range(3)] == [True] * 3
    assert not any(always.strikes(other) for other in FAULTS if other != fault)
