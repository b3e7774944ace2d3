"""Prompts by a language model: what it is asked, what becomes of its answers, and when slots take over."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

from roadmark.endpoints import AnswerError, ChatAnswer, UnreachableError
from roadmark.errors import FormatError
from roadmark.variations import ChatOptions, ChatWriter, SlotWriter, check_prompt, thinking_switch
from roadmark.variations.polish import clean_answer
from roadmark.variations.template import fill_template, parse_template

CHOSEN = {"weather_condition": "raining", "lighting_condition": "night", "road_condition": "puddles"}
CORE = "A red van hits a white sedan at a traffic light."
TERMS = ("red van", "white sedan", "hits")
TEMPLATE = [
    {"category": "weather_condition", "words": ["clear sky"]},
    {"category": "lighting_condition", "words": ["midday"]},
    {"category": "road_condition", "words": ["dry"]},
]
FLUENT = "At night, in steady rain, a red van hits a white sedan at a traffic light beside a puddle."


@dataclass(frozen=True)
class Words:
    core: str = CORE
    conditions: str = "It is midday under a clear sky and the road is dry."
    terms: tuple[str, ...] = TERMS

    @property
    def text(self):
        return f"{self.core} {self.conditions}"


class Script:
    """A model that gives the answers it is told, one after the other, and notes what it was asked."""

    def __init__(self, *answers, model="nvidia/nvidia-nemotron-nano-9b-v2"):
        self.model = model
        self.answers = list(answers)
        self.asked = []

    def complete(self, messages, parameters=None, *, stream=False):
        self.asked.append((messages, parameters, stream))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, ChatAnswer) else ChatAnswer(answer)


def write(chat, options=None, caption=None, chosen=CHOSEN):
    return ChatWriter(chat, SlotWriter(), options).write(caption or Words(), chosen, np.random.default_rng(0))


def by_slots(caption=None, chosen=CHOSEN):
    return SlotWriter().write(caption or Words(), chosen, np.random.default_rng(0))


def test_a_template_is_asked_for_filled_and_polished():
    chat = Script(json.dumps(TEMPLATE), FLUENT)
    prompt = write(chat)
    assert (prompt.text, prompt.method, prompt.fallback_reason, prompt.problems) == (FLUENT, "openai", "", ())
    assert prompt.facts == {
        "model": "nvidia/nvidia-nemotron-nano-9b-v2",
        "template": {entry["category"]: entry["words"] for entry in TEMPLATE},
        "requests": 2,
    }
    (template, at_first, streamed), (polish, then, _) = chat.asked
    assert "Categories: weather_condition, lighting_condition, road_condition\n" in template[1]["content"]
    assert template[1]["content"].endswith(Words().text)
    assert (at_first["temperature"], then["temperature"], streamed) == (0.0, 0.8, True)
    assert polish[1]["content"].startswith(f"{CORE} It is night-time under a rainy sky and the road is wet. ")


def test_the_draft_says_everything_before_it_is_polished():
    chat = Script("[]", FLUENT)
    assert write(chat).method == "openai"
    draft = chat.asked[1][0][1]["content"]
    assert check_prompt(draft, CHOSEN, TERMS) == ()


@pytest.mark.parametrize(
    ("polished", "reason"),
    [
        ("A red van hits a white sedan in the rain by a puddle.", "does not say lighting_condition night"),
        ("At noon, in rain, a red van hits a white sedan by a puddle.", "says 'noon', not lighting_condition night"),
        ("At night in the rain a white sedan waits by a puddle.", "lost 'red van'; lost 'hits'"),
        ("Rain and a red van. " * 60, "has 300 words"),
        ("", "is empty"),
        ("<think>At night, in rain", "is empty"),
    ],
)
def test_slots_take_over_from_a_prompt_that_lost_something(polished, reason):
    prompt = write(Script(json.dumps(TEMPLATE), polished, polished))
    assert prompt.text == by_slots().text
    assert (prompt.method, prompt.problems) == ("slots", ())
    assert prompt.fallback_reason.startswith("the model's polished prompt cannot be used: ")
    assert reason in prompt.fallback_reason
    assert prompt.facts["requests"] == 3


def test_an_answer_that_cannot_be_used_is_asked_for_again():
    chat = Script("I cannot do that.", json.dumps(TEMPLATE), "Nothing at all.", FLUENT)
    prompt = write(chat)
    assert (prompt.text, prompt.method, prompt.facts["requests"]) == (FLUENT, "openai", 4)


@pytest.mark.parametrize(
    "answer",
    [
        "There is nothing to see.",
        '[{"category": "weather_condition", "words": ["rain"',
        "[1, 2, 3]",
        ChatAnswer(json.dumps(TEMPLATE), finish_reason="length"),
        AnswerError("http://127.0.0.1: no content", url="http://127.0.0.1"),
    ],
)
def test_slots_take_over_from_a_template_that_cannot_be_read(answer):
    prompt = write(Script(answer, answer))
    assert (prompt.text, prompt.method) == (by_slots().text, "slots")
    assert prompt.fallback_reason.startswith("the model's template cannot be used: ")


def test_a_service_that_does_not_answer_is_no_reason_for_slots():
    with pytest.raises(UnreachableError):
        write(Script(UnreachableError("http://127.0.0.1:1: nobody answers", url="http://127.0.0.1:1")))


def test_check_vars_wants_words_for_every_name():
    some = json.dumps(TEMPLATE[:2])
    prompt = write(Script(some, some), ChatOptions(check_vars=True))
    assert prompt.fallback_reason == (
        "the model's template cannot be used: the template has no words for road_condition"
    )
    assert write(Script(some, FLUENT), ChatOptions(check_vars=False)).method == "openai"


def test_retry_zero_asks_once():
    chat = Script("nonsense")
    assert write(chat, ChatOptions(retry=0)).facts["requests"] == len(chat.asked) == 1


@pytest.mark.parametrize(
    ("model", "switch"),
    [
        ("nvidia/nvidia-nemotron-nano-9b-v2", "/no_think"),
        ("nvidia/llama-3.3-nemotron-super-49b-v1", "detailed thinking off"),
        ("Qwen/Qwen3-8B", ""),
    ],
)
def test_reasoning_is_turned_off_by_the_models_own_switch(model, switch):
    assert thinking_switch(model) == switch
    chat = Script(json.dumps(TEMPLATE), FLUENT, model=model)
    write(chat)
    assert all(messages[0]["content"].startswith(f"{switch}\n" if switch else "") for messages, _, _ in chat.asked)


def test_a_switch_of_ones_own_wins_and_is_not_given_twice():
    chat = Script(json.dumps(TEMPLATE), FLUENT)
    write(chat, ChatOptions(instruction="detailed thinking off.\nFind words.", thinking_switch="detailed thinking off"))
    assert chat.asked[0][0][0]["content"] == "detailed thinking off.\nFind words."
    assert chat.asked[1][0][0]["content"].startswith("detailed thinking off\nRewrite")


def test_braces_in_captions_are_text():
    caption = Words(core="A red van {weather_condition} {0} hits } a white sedan {.")
    chat = Script(json.dumps(TEMPLATE), FLUENT)
    assert write(chat, caption=caption).method == "openai"
    assert "A red van {weather_condition} {0} hits } a white sedan {." in chat.asked[1][0][1]["content"]


def test_where_the_model_runs_does_not_change_the_configuration():
    config = ChatWriter(Script(), SlotWriter(max_words=120), ChatOptions(retry=3)).config()
    assert (config["model"], config["retry"], config["max_words"]) == ("nvidia/nvidia-nemotron-nano-9b-v2", 3, 120)
    json.dumps(config)


SHAPES = [
    '[{"category": "weather", "words": ["rain"]}]',
    '```json\n[{"category": "Weather", "words": ["rain"]},]\n```',
    '<think>[1]</think>{"category": "weather", "words": "rain"}',
    '{"templates": [{"category": "weather", "words": ["rain"]}]}',
    '{"weather": ["rain"], "road": null}',
    '[{"weather": "rain"}] // that is all',
    '{"result": {"weather": ["snow"]}, "weather": {"first": "rain"}}',
]


@pytest.mark.parametrize("answer", SHAPES)
def test_templates_are_read_in_every_shape_that_models_give_them(answer):
    assert parse_template(answer, ["weather", "road"], "Heavy rain.") == {"weather": ("rain",)}


@pytest.mark.parametrize("answer", ["", "none", "[[[]]]", '["rain"]', "[" * 5000])
def test_what_is_no_template_is_refused(answer):
    with pytest.raises(FormatError):
        parse_template(answer, ["weather"], "Heavy rain.")


def test_words_that_are_not_in_the_text_and_foreign_categories_do_not_count():
    answer = '[{"category": "weather", "words": ["hail", "rain", "  "]}, {"category": "colour", "words": ["red"]}]'
    assert parse_template(answer, ["weather"], "Rain on a red, trained van.") == {"weather": ("rain",)}
    assert parse_template(answer, ["weather"], "A trained driver.") == {}


@pytest.mark.parametrize(
    ("text", "words", "filled"),
    [
        ("Rain falls at noon.", {"weather": ["rain"], "lighting": ["noon"]}, "Fog falls at night."),
        ("The rainy road, rain-free.", {"weather": ["rainy"]}, "The foggy road, rain-free."),
        ("The sky is clear.", {"weather": ["clear"]}, "The sky is foggy."),
        ("A traffic light shines.", {"lighting": ["light"]}, "A traffic light shines."),
        ("A clear van in clear weather.", {"weather": ["clear weather", "clear"]}, "A clear van in fog."),
        ("Nothing of it.", {}, "Nothing of it."),
    ],
)
def test_filling_puts_the_new_conditions_where_the_old_were(text, words, filled):
    chosen = {"weather": "fog", "lighting": "night"}
    assert fill_template(text, words, chosen, terms=("clear van",)) == filled


def test_values_of_ones_own_are_filled_in_as_they_are_spoken():
    assert fill_template("It is spring.", {"season": ["spring"]}, {"season": "late_autumn"}) == "It is late autumn."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('<think>...</think>\n"A van."', "A van."),
        ("**A van**\n\n1. waits\n2) turns\n- stops", "A van waits turns stops"),
        ("```\nA van.\n```", "A van."),
        ("<answer>A  van.</answer>", "A van."),
        ("a_b stays", "a_b stays"),
    ],
)
def test_polished_text_is_one_plain_paragraph(answer, text):
    assert clean_answer(answer) == text
