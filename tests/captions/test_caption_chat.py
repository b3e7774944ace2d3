"""Captions by a model: what it is asked, what is made of its answer."""

import base64
from fractions import Fraction

import numpy as np
import pytest

from labelled_world import write_world
from roadmark.captions import PARAMETERS, SYSTEM_PROMPT, USER_PROMPT, CaptionRequest, ChatCaptioner
from roadmark.captions.prose import paragraph, telling_words, whole_sentences
from roadmark.captions.video_url import inline_url
from roadmark.clip import Clip
from roadmark.endpoints import AnswerError, ChatAnswer
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.media import VideoWriter, read_video, video_info

REASON1 = "nvidia/cosmos-reason1-7b"
REASON2 = "nvidia/Cosmos-Reason2-2B"


class Model:
    """Stands for an endpoint: keeps what it is asked, says what it is told to."""

    url = "http://vlm:8001/v1"

    def __init__(self, model=REASON1, answer=None):
        self.model = model
        self.answer = answer or ChatAnswer("A red van turns left.", "I see a van.", "stop")
        self.asked = []

    def complete(self, messages, parameters=None, *, stream=False):
        self.asked.append((messages, parameters, stream))
        return self.answer

    def close(self):
        self.asked.append("closed")


@pytest.fixture
def video(tmp_path):
    """Sixteen frames of noise, so that they are as large as they can be."""
    noise = np.random.default_rng(0)
    with VideoWriter(tmp_path / "rgb.mp4", 1280, 720, Fraction(16)) as writer:
        for _ in range(16):
            writer.write(noise.integers(0, 256, (720, 1280, 3), np.uint8))
    return tmp_path / "rgb.mp4"


def small(path):
    with VideoWriter(path, 32, 16, Fraction(4)) as writer:
        writer.write(np.zeros((16, 32, 3), np.uint8))
    return path


def test_the_request_is_the_published_recipe_s(tmp_path):
    model = Model()
    path = small(tmp_path / "rgb.mp4")
    ChatCaptioner(model).caption_video(path)
    ((messages, parameters, stream),) = model.asked
    data = base64.b64encode(path.read_bytes()).decode()
    assert messages == [
        {"role": "system", "content": SYSTEM_PROMPT},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": USER_PROMPT},
                {"type": "video_url", "video_url": {"url": f"data:video/mp4;base64,{data}"}},
            ],
        },
    ]
    assert parameters == {
        "temperature": 0.6,
        "top_p": 0.95,
        "frequency_penalty": 1.05,
        "max_tokens": 4096,
        "media_io_kwargs": {"video": {"fps": 4.0}},
        "mm_processor_kwargs": {"videos_kwargs": {"min_pixels": 1568, "max_pixels": 32768}},
    }
    assert stream is False


@pytest.mark.parametrize(
    ("model", "processor", "sampling"),
    [
        (REASON2, "auto", {"size": {"shortest_edge": 4096, "longest_edge": 25165824}}),
        (REASON1, "reason2", {"size": {"shortest_edge": 4096, "longest_edge": 25165824}}),
        ("Qwen/Qwen3-VL-8B-Instruct", "auto", {"size": {"shortest_edge": 4096, "longest_edge": 25165824}}),
        ("Qwen/Qwen2.5-VL-7B-Instruct", "auto", {"videos_kwargs": {"min_pixels": 1568, "max_pixels": 32768}}),
        ("gpt-next", "auto", None),  # strict services refuse keys that they do not know
        (REASON1, "none", None),
    ],
)
def test_videos_are_sampled_as_each_model_wants_it(model, processor, sampling):
    body = CaptionRequest(processor=processor).body(model)
    assert body.get("mm_processor_kwargs") == sampling
    assert ("media_io_kwargs" in body) == (sampling is not None)


def test_the_request_can_be_changed(tmp_path):
    model = Model()
    request = CaptionRequest(
        system_prompt="",
        user_prompt="What?",
        parameters={"seed": 3},
        stream=True,
        media_first=True,
        fps=2.0,
        max_pixels=262_144,
    )
    ChatCaptioner(model, request).caption_video(small(tmp_path / "rgb.mp4"))
    ((messages, parameters, stream),) = model.asked
    assert [message["role"] for message in messages] == ["user"]
    assert [part["type"] for part in messages[0]["content"]] == ["video_url", "text"]
    assert parameters["seed"] == 3
    assert parameters["media_io_kwargs"] == {"video": {"fps": 2.0}}
    assert parameters["mm_processor_kwargs"]["videos_kwargs"]["max_pixels"] == 262_144
    assert stream is True


def test_a_file_on_a_shared_disk_is_named(tmp_path):
    model = Model()
    path = small(tmp_path / "my clip.mp4")
    ChatCaptioner(model, media="file").caption_video(path)
    assert model.asked[0][0][1]["content"][1]["video_url"]["url"] == path.as_uri()
    assert path.as_uri().endswith("/my%20clip.mp4")


def test_a_clip_s_picture_is_sent(tmp_path):
    clip = Clip.open(write_world(tmp_path / "clip", [], seconds=0.4, videos="default"))
    model = Model()
    told = ChatCaptioner(model).caption(clip)
    data = base64.b64encode((clip.path / "videos" / "rgb.mp4").read_bytes()).decode()
    assert model.asked[0][0][1]["content"][1]["video_url"]["url"].endswith(data)
    assert (told.core, told.conditions) == ("A red van turns left.", "")


def test_a_large_video_is_made_smaller_before_it_is_sent(video, tmp_path):
    size = video.stat().st_size
    url = inline_url(video, size - 1)
    sent = tmp_path / "sent.mp4"
    sent.write_bytes(base64.b64decode(url.partition(",")[2]))
    info = video_info(sent)
    assert (info.width, info.height, info.fps, info.frames) == (640, 360, 4, 4)  # 16 frames a second, every fourth
    assert sent.stat().st_size < size / 10
    first, sample = next(read_video(video)), next(read_video(sent))
    assert abs(first.mean() - sample.mean()) < 3.0
    assert inline_url(video, size - 1) == url  # the same bytes each time
    assert inline_url(video, size) == "data:video/mp4;base64," + base64.b64encode(video.read_bytes()).decode()


def test_a_video_that_stays_too_large_is_refused(video):
    with pytest.raises(InputError, match="more than the 1000 that are sent. Cut it, or share the disk"):
        inline_url(video, 1000)


def test_videos_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(InputError, match="missing.mp4: no such file"):
        ChatCaptioner(Model()).caption_video(tmp_path / "missing.mp4")
    with pytest.raises(InputError, match="missing.mp4: no such file"):
        ChatCaptioner(Model(), media="file").caption_video(tmp_path / "missing.mp4")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video" * 1000)
    with pytest.raises(FormatError, match=r"broken.mp4: not a readable video"):
        inline_url(broken, 100)


def test_the_caption_records_where_it_comes_from(tmp_path):
    told = ChatCaptioner(Model()).caption_video(small(tmp_path / "rgb.mp4"))
    assert told.facts == {
        "captioner": "openai", "model": REASON1, "finish_reason": "stop", "reasoning": "I see a van.",
    }  # fmt: skip


def test_markup_is_taken_away_and_what_was_cut_ends_with_a_sentence(tmp_path):
    answer = "## Scene\n\n1. **A red bus** turns `left`.\n- A cyclist is hit (on the left).\n- The road is w"
    path = small(tmp_path / "rgb.mp4")
    told = ChatCaptioner(Model(answer=ChatAnswer(answer, finish_reason="length"))).caption_video(path)
    assert told.text == "Scene A red bus turns left. A cyclist is hit (on the left)."
    assert set(told.terms) == {"hit", "cyclist", "bus"}


def test_an_answer_of_markup_alone_is_none(tmp_path):
    with pytest.raises(AnswerError, match="the caption holds no words"):
        ChatCaptioner(Model(answer=ChatAnswer("**\n- \n"))).caption_video(small(tmp_path / "rgb.mp4"))


def test_what_changes_captions_counts_and_the_address_does_not():
    one, other = ChatCaptioner(Model()).config(), ChatCaptioner(Model(REASON2)).config()
    assert one != other
    assert one["temperature"] == PARAMETERS["temperature"]
    assert "vlm:8001" not in str(one)
    assert ChatCaptioner(Model(), CaptionRequest(user_prompt="What?")).config() != one


def test_the_connection_is_given_back():
    model = Model()
    ChatCaptioner(model).close()
    assert model.asked == ["closed"]


@pytest.mark.parametrize(("field", "value"), [("user_prompt", " "), ("fps", 0.0), ("fps", 1e9), ("max_pixels", 10)])
def test_requests_make_sense(field, value):
    with pytest.raises(ConfigError, match=field):
        CaptionRequest(**{field: value})


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Bold** and _slanted_ and `code`.", "Bold and slanted and code."),
        ("# Title\nA snake_case word, 3 * 4.", "Title A snake_case word, 3 4."),
        ("* one\n* two", "one two"),
        ("1) one\n2. two", "one two"),
        ("It is 2.5 m wide.", "It is 2.5 m wide."),
        ("\n\n", ""),
    ],
)
def test_prose(text, plain):
    assert paragraph(text) == plain


def test_sentences_that_end_are_kept():
    assert whole_sentences("It is 2.5 m. It rai") == "It is 2.5 m."
    assert whole_sentences("It rai") == "It rai"


def test_telling_words_are_whole_words():
    assert telling_words("Two vans collided; a busy road, no vanilla.") == ("collide", "van")
