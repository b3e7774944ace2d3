"""The chat server as real clients meet it: OpenAI's own, and ours."""

import base64
import json
import sys
from fractions import Fraction

import httpx
import numpy as np
import openai
import pytest
from chat_server import chat_server

from roadmark.captions import CaptionRequest, ChatCaptioner
from roadmark.endpoints import (
    AnswerError,
    ChatEndpoint,
    EndpointError,
    HttpPolicy,
    KeyRefusedError,
    StatusError,
    UnreachableError,
    json_from_text,
)
from roadmark.errors import MissingExtraError
from roadmark.media import VideoWriter
from roadmark.services.chat.app import ChatServing, chat_app
from roadmark.services.transfer.faults import Faults
from roadmark.variations import ChatWriter, check_prompt

MODEL = "local/rules"
ASKED = [{"role": "user", "content": "  A red van\nturns   left. "}]


@pytest.fixture(scope="module")
def url():
    with chat_server(models=("nvidia/cosmos-reason1-7b",), body_limit=2_000_000) as running:
        yield running


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Twelve frames: a grey ground, and a white block of a sixteenth of the picture that moves 4 pixels a frame."""
    path = tmp_path_factory.mktemp("video") / "block.mp4"
    with VideoWriter(path, 64, 32, Fraction(6)) as writer:
        for number in range(12):
            image = np.full((32, 64, 3), 100, np.uint8)
            image[8:24, 4 * number : 4 * number + 8] = 255
            writer.write(image)
    return path


def theirs(url, **keywords):
    return openai.OpenAI(base_url=f"{url}/v1", api_key="not-used", max_retries=0, **keywords)


def ours(url, model=MODEL, **policy):
    return ChatEndpoint(f"{url}/v1", model, policy=HttpPolicy(**{"backoff": 0.0, **policy}))


def about(video_url, system="", **parts):
    content = [{"type": "text", "text": "Describe it."}, {"type": "video_url", "video_url": {"url": video_url}}]
    return [{"role": "system", "content": system}, {"role": "user", "content": content}]


def inline(path):
    return "data:video/mp4;base64," + base64.b64encode(path.read_bytes()).decode()


def test_openai_s_client_lists_models_asks_and_streams(url):
    with theirs(url) as client:
        assert [model.id for model in client.models.list()] == [MODEL, "nvidia/cosmos-reason1-7b"]
        whole = client.chat.completions.create(model=MODEL, messages=ASKED, temperature=0.6, max_tokens=64)
        assert whole.choices[0].message.content == "A red van turns left."
        assert (whole.choices[0].finish_reason, whole.usage.completion_tokens) == ("stop", 5)
        pieces = list(
            client.chat.completions.create(
                model=MODEL, messages=ASKED, stream=True, stream_options={"include_usage": True}
            )
        )
    told = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert told == "A red van turns left."
    assert pieces[-1].choices == []
    assert pieces[-1].usage.total_tokens == 10


@pytest.mark.parametrize("stream", [False, True])
def test_our_client_gets_the_same(url, stream):
    with ours(url) as endpoint:
        endpoint.check()
        answer = endpoint.complete(ASKED, stream=stream)
        assert (answer.text, answer.finish_reason) == ("A red van turns left.", "stop")
        cut = endpoint.complete(ASKED, {"max_tokens": 3}, stream=stream)
    assert (cut.text, cut.finish_reason) == ("A red van", "length")


def test_every_health_path_answers(url):
    assert [httpx.get(url + path).status_code for path in ("/v1/health/ready", "/health", "/v1/models")] == [200] * 3


def test_a_video_without_labels_is_described_by_its_pixels_and_says_so(url, video):
    with theirs(url) as client:
        answer = client.chat.completions.create(
            model="nvidia/cosmos-reason1-7b",
            messages=about(inline(video), "Answer with <think> </think> <answer> </answer>."),
            extra_body={
                "media_io_kwargs": {"video": {"fps": 4.0}},
                "mm_processor_kwargs": {"videos_kwargs": {"min_pixels": 1568, "max_pixels": 32768}},
            },
        )
    content = answer.choices[0].message.content
    assert content.startswith("<think>\nNo labelled clip has this video; its pixels tell this.\n</think>\n\n<answer>\n")
    # a sixteenth of the ground of 100 is 255: 100 + 155 / 16 = 109.7
    assert "This description comes from pixel statistics alone; what the video shows is not known." in content
    assert "It has 64 x 32 pixels and lasts 2.0 seconds at 6 frames per second." in content
    assert "of middle brightness (mean 110 of 255), its colours are neutral, and most of it moves." in content


def test_our_captioner_takes_the_answer_apart(url, video):
    with ours(url) as endpoint:
        caption = ChatCaptioner(endpoint, CaptionRequest(stream=True)).caption_video(video)
    assert caption.text.startswith("This description comes from pixel statistics alone;")
    assert caption.facts["reasoning"] == "No labelled clip has this video; its pixels tell this."


def test_a_template_names_the_words_of_the_text(url):
    system = "Answer with a JSON array alone."
    text = "Rain falls at night on a wet road; the street lamps are lit. {0}"
    question = f"Categories: weather_condition, lighting_condition, season\nText: {text}"
    with ours(url) as endpoint:
        answer = endpoint.complete([{"role": "system", "content": system}, {"role": "user", "content": question}])
    assert json_from_text(answer.text) == [
        {"category": "weather_condition", "words": ["Rain"]},
        {"category": "lighting_condition", "words": ["night"]},
        {"category": "season", "words": []},
    ]


def test_prompts_can_be_written_with_it(url):
    class Caption:
        text = "A red van runs a red light. Rain falls at night."
        core = "A red van runs a red light."
        terms = ("red van", "red light")

    wanted = {"weather_condition": "fog", "lighting_condition": "zenith", "road_condition": "dry"}
    with ours(url) as endpoint:
        prompt = ChatWriter(endpoint).write(Caption, wanted, np.random.default_rng(0))
    assert prompt.method == "openai"
    assert check_prompt(prompt.text, wanted, Caption.terms) == ()


@pytest.mark.parametrize(
    ("change", "status", "code", "message"),
    [
        ({"model": "gpt-9"}, 404, "model_not_found", "The model `gpt-9` does not exist"),
        ({"foo": 1}, 400, None, "Unrecognized request argument supplied: foo"),
        ({"temperature": 3.0}, 400, "invalid_value", "Invalid value for 'temperature'"),
        ({"temperature": "hot"}, 400, "invalid_value", "Invalid value for 'temperature'"),
        ({"n": 2}, 400, "invalid_value", "Invalid value for 'n'"),
        ({"messages": []}, 400, "invalid_value", "Invalid value for 'messages'"),
        ({"messages": None}, 400, "invalid_value", "Invalid value for 'messages'"),
        ({"messages": [{"role": "king", "content": "x"}]}, 400, "invalid_value", "messages.0.role"),
        ({"messages": [{"role": "user", "content": " "}]}, 400, None, "is empty"),
        ({"messages": about("https://example.com/a.mp4")}, 400, None, "this server fetches nothing"),
        ({"messages": about("data:video/mp4;base64,%%%")}, 400, None, "holds no base64"),
        ({"messages": about("data:text/plain,hello")}, 400, None, "begins with data:video/mp4;base64,"),
        ({"messages": about("data:video/mp4;base64,aGVsbG8=")}, 400, None, "The video cannot be read: the video: not"),
        ({"messages": about("file:///etc/passwd")}, 400, None, "Cannot load local files"),
    ],
)
def test_bad_requests_are_refused_as_openai_s_service_does(url, change, status, code, message):
    answer = httpx.post(f"{url}/v1/chat/completions", json={"model": MODEL, "messages": ASKED, **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (status, "invalid_request_error", code)
    assert message in error["message"]


def test_a_missing_key_of_the_request_is_named(url):
    error = httpx.post(f"{url}/v1/chat/completions", json={"model": MODEL}).json()["error"]
    assert (error["param"], error["code"]) == ("messages", "missing_required_parameter")


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_request_are_refused(url, body):
    assert httpx.post(f"{url}/v1/chat/completions", content=body).status_code == 400


def test_a_body_above_the_limit_is_refused_whatever_its_header_says(url):
    def pieces():
        for _ in range(30):
            yield b" " * 100_000

    answer = httpx.post(f"{url}/v1/chat/completions", content=pieces())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/engines", 404), ("GET", "/v1/chat/completions", 405)]
)
def test_other_paths_answer_in_the_api_s_shape(url, method, path, status):
    answer = httpx.request(method, url + path)
    assert answer.status_code == status
    assert answer.json()["error"]["message"] == f"Invalid URL ({method} {path})"


def test_openai_s_client_sees_its_own_errors(url):
    with theirs(url) as client:
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            client.chat.completions.create(model="gpt-9", messages=ASKED)
        with pytest.raises(openai.BadRequestError, match="Unrecognized request argument"):
            client.chat.completions.create(model=MODEL, messages=ASKED, extra_body={"foo": 1})


def test_files_are_read_below_the_allowed_folder_only(video, tmp_path):
    allowed, outside = tmp_path / "allowed", tmp_path / "outside.mp4"
    allowed.mkdir()
    (allowed / "inside clip.mp4").write_bytes(video.read_bytes())
    outside.write_bytes(video.read_bytes())
    (allowed / "link.mp4").symlink_to(outside)
    with chat_server(allowed=allowed) as running, ours(running) as endpoint:
        inside = endpoint.complete(about((allowed / "inside clip.mp4").as_uri())).text
        assert "It has 64 x 32 pixels" in inside
        assert ChatCaptioner(endpoint, media="file").caption_video(allowed / "inside clip.mp4").text == inside
        for path in (outside, allowed / "link.mp4", allowed / "missing.mp4"):
            with pytest.raises(StatusError, match="Cannot load local files"):
                endpoint.complete(about(path.as_uri()))
        with pytest.raises(StatusError, match="Cannot load local files"):
            endpoint.complete(about(f"file://{allowed}/../outside.mp4"))
        with pytest.raises(StatusError, match="Cannot load local files"):
            endpoint.complete(about(f"file://elsewhere{allowed}/inside%20clip.mp4"))


def test_a_key_is_asked_for_where_there_is_one(monkeypatch):
    with chat_server(key="sk-right") as running:
        with (
            pytest.raises(KeyRefusedError, match="name the environment variable that holds its key"),
            ours(running) as it,
        ):
            it.complete(ASKED)
        monkeypatch.setenv("SOME_API_KEY", "sk-right")
        with ChatEndpoint(running, MODEL, key_env="SOME_API_KEY") as endpoint:
            endpoint.check()
            assert endpoint.complete(ASKED).text == "A red van turns left."
        with pytest.raises(openai.AuthenticationError), theirs(running) as client:
            client.models.list()


@pytest.mark.parametrize("fault", ["busy", "rate-limit", "http500", "cut-download"])
@pytest.mark.parametrize("stream", [False, True])
def test_faults_that_pass_are_outlived(fault, stream):
    with chat_server(fault=f"{fault}:2") as running, ours(running) as endpoint:
        assert endpoint.complete(ASKED, stream=stream).text == "A red van turns left."


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("busy", StatusError, "status 503 Service Unavailable after 2 attempts: Queue is full."),
        ("rate-limit", StatusError, "status 429 Too Many Requests after 2 attempts: Rate limit reached."),
        ("http500", StatusError, "status 500 Internal Server Error after 2 attempts"),
        ("cut-download", UnreachableError, "the connection broke after 2 attempts"),
        ("timeout", UnreachableError, "no answer within 0.2 s; allow more time"),
        ("malformed", AnswerError, "the answer is not JSON"),
        ("empty-choices", AnswerError, "gave no answer: the reply has no choices"),
    ],
)
def test_faults_that_stay_are_told(fault, error, message):
    patience = 0.2 if fault == "timeout" else 60.0
    with chat_server(fault=fault) as running:
        endpoint = ours(running, retries=1, read_timeout=patience)
        with endpoint, pytest.raises(error, match=message) as caught:
            endpoint.complete(ASKED)
    assert isinstance(caught.value, EndpointError)
    assert running in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("busy", openai.InternalServerError),
        ("rate-limit", openai.RateLimitError),
        ("http500", openai.InternalServerError),
        ("cut-download", openai.APIConnectionError),
        ("timeout", openai.APITimeoutError),
        ("malformed", json.JSONDecodeError),
    ],
)
def test_openai_s_client_meets_the_same_faults(fault, error):
    patience = 0.5 if fault == "timeout" else 60.0
    with chat_server(fault=fault) as running, theirs(running, timeout=patience) as client, pytest.raises(error):
        client.chat.completions.create(model=MODEL, messages=ASKED)


def test_without_the_extra_the_server_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(
        MissingExtraError, match=r"fastapi is not installed; install it with: pip install 'roadmark\[services"
    ):
        chat_app(ChatServing(), Faults())
