"""Prompts written by a language model: a template of the caption, filled, polished, checked; else by slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from roadmark.endpoints import AnswerError, ChatAnswer, Message
from roadmark.errors import FormatError
from roadmark.pipeline import JsonValue
from roadmark.variations.caption_words import fit_caption
from roadmark.variations.check import check_prompt
from roadmark.variations.polish import clean_answer
from roadmark.variations.prompt import CaptionText, Prompt
from roadmark.variations.rules import Selections
from roadmark.variations.sentences import condition_sentences
from roadmark.variations.slots import SlotWriter
from roadmark.variations.template import fill_template, parse_template

TEMPLATE_INSTRUCTION = """\
You find the words of a traffic video's description that say its conditions.
You are given a list of categories and a text. For each category, list the words of the text that say it.
Rules:
1. List only words and phrases that stand in the text, spelled exactly as they stand there.
2. Weather is what falls from or hangs in the sky; lighting is the time of day and the light of the whole scene; \
road condition is the state of the road's surface.
3. Leave out the lights of things (headlights, street lamps, traffic lights, reflections), and the state of anything \
but the road.
4. Leave out what is not certain. A category without words has an empty list.
Answer with a JSON array alone, without explanation: [{"category": "...", "words": ["...", "..."]}]
Example: for the categories weather_condition and road_condition and the text "Rain falls on the wet road.", answer \
[{"category": "weather_condition", "words": ["Rain"]}, {"category": "road_condition", "words": ["wet"]}]"""
POLISH_INSTRUCTION = (
    "Rewrite the text as one fluent paragraph. Correct awkward and repeated phrases, keep every detail, every vehicle, "
    "person and event, and the weather, light and state of the road exactly as they are said. Add nothing. Answer with "
    "the rewritten text alone."
)


T = TypeVar("T")


class Chat(Protocol):
    """A model that answers messages, such as `roadmark.endpoints.ChatEndpoint`."""

    model: str

    def complete(
        self, messages: Sequence[Message], parameters: Mapping[str, Any] | None = None, *, stream: bool = False
    ) -> ChatAnswer:
        """Have the model answer."""


@dataclass(frozen=True)
class ChatOptions:
    """How the model is asked.

    Attributes:
        instruction: System message for templates.
        thinking_switch: What turns reasoning off, put before system messages; None chooses by the model's name.
        retry: How often an answer that cannot be used is asked for again.
        check_vars: Whether a template without words for some name cannot be used.
        temperature: For templates.
        polish_temperature: For polishing.
        top_p: As the service takes it, like the rest.
        max_tokens: Longest answer, reasoning included.
        frequency_penalty: Against repeated words.
        presence_penalty: Against repeated topics.
        stream: Have answers sent as they are made.
    """

    instruction: str = TEMPLATE_INSTRUCTION
    thinking_switch: str | None = None
    retry: int = 1
    check_vars: bool = False
    temperature: float = 0.0
    polish_temperature: float = 0.8
    top_p: float = 0.95
    max_tokens: int = 4096
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    stream: bool = True


class _UnusableError(Exception):
    """An answer that no prompt can be made of."""


class ChatWriter:
    """Has a model find the caption's words for conditions, puts the chosen ones there, and has the model polish it.

    What the model loses or changes is noticed (`check_prompt`); then `slots` writes the prompt, which says why.

    Args:
        chat: The model.
        slots: Writes the prompt where the model cannot.
        options: How the model is asked.
    """

    name = "openai"

    def __init__(self, chat: Chat, slots: SlotWriter | None = None, options: ChatOptions | None = None) -> None:
        self.chat = chat
        self.slots = slots or SlotWriter()
        self.options = options or ChatOptions()

    def config(self) -> Mapping[str, JsonValue]:
        """What of the writer's set-up changes its prompts: not where the model runs."""
        return {"model": self.chat.model, **self.slots.config(), **asdict(self.options)}

    def write(
        self,
        caption: CaptionText,
        selections: Selections,
        generator: np.random.Generator,
        source: Selections | None = None,
    ) -> Prompt:
        """See `PromptWriter`."""
        requests = _Requests(self.chat, self.options)
        facts: dict[str, JsonValue] = {"model": self.chat.model}
        try:
            template = requests.template(caption.text, list(selections))
            facts["template"] = {name: list(words) for name, words in template.items()}
            # a child, so that slots would word the prompt as they do without a model
            draft = self._filled(caption, template, selections, generator.spawn(1)[0])
            text = requests.polished(draft, lambda prompt: self._problems(prompt, caption, selections))
        except _UnusableError as error:
            prompt = self.slots.write(caption, selections, generator, source)
            facts["requests"] = requests.sent
            return Prompt(prompt.text, prompt.method, str(error), prompt.problems, facts)
        return Prompt(text, self.name, facts={**facts, "requests": requests.sent})

    def _filled(
        self,
        caption: CaptionText,
        template: Mapping[str, Sequence[str]],
        selections: Selections,
        generator: np.random.Generator,
    ) -> str:
        """The caption with the chosen conditions in place of its own; those that it has no word for are added."""
        filled = fill_template(caption.text, template, selections, caption.terms)
        filled = fit_caption(filled, selections, caption.terms)
        unsaid = {name: value for name, value in selections.items() if check_prompt(filled, {name: value})}
        return " ".join([filled, *condition_sentences(unsaid, generator)]).strip()

    def _problems(self, prompt: str, caption: CaptionText, selections: Selections) -> tuple[str, ...]:
        return check_prompt(prompt, selections, caption.terms, lists=self.slots.lists, max_words=self.slots.max_words)


class _Requests:
    """The requests for one prompt."""

    def __init__(self, chat: Chat, options: ChatOptions) -> None:
        self.chat = chat
        self.options = options
        self.sent = 0

    def template(self, text: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        question = f"Categories: {', '.join(names)}\nText: {text}"

        def read(answer: str) -> dict[str, tuple[str, ...]]:
            template = parse_template(answer, names, text)
            missing = [name for name in names if name not in template]
            if missing and self.options.check_vars:
                raise FormatError(f"the template has no words for {', '.join(missing)}")
            return template

        return self._until_usable(self.options.instruction, question, self.options.temperature, read, "template")

    def polished(self, draft: str, problems: Callable[[str], tuple[str, ...]]) -> str:
        def read(answer: str) -> str:
            text = clean_answer(answer)
            found = problems(text)
            if found:
                raise FormatError("; ".join(found[:4]))
            return text

        return self._until_usable(POLISH_INSTRUCTION, draft, self.options.polish_temperature, read, "polished prompt")

    def _until_usable(
        self, instruction: str, question: str, temperature: float, read: Callable[[str], T], what: str
    ) -> T:
        messages = [
            {"role": "system", "content": _switched(instruction, self.options.thinking_switch, self.chat.model)},
            {"role": "user", "content": question},
        ]
        parameters = {
            "temperature": temperature,
            "top_p": self.options.top_p,
            "max_tokens": self.options.max_tokens,
            "frequency_penalty": self.options.frequency_penalty,
            "presence_penalty": self.options.presence_penalty,
        }
        reason = ""
        for _ in range(1 + self.options.retry):
            self.sent += 1
            try:
                answer = self.chat.complete(messages, parameters, stream=self.options.stream)
                if answer.finish_reason == "length":
                    raise FormatError(f"cut after {self.options.max_tokens} tokens (max_tokens)")
                return read(answer.text)
            except (FormatError, AnswerError) as error:
                reason = str(error)
        raise _UnusableError(f"the model's {what} cannot be used: {reason}")


def thinking_switch(model: str) -> str:
    """What turns a model's reasoning off, by its name; empty for models that have no such switch.

    Sources: the model cards of nvidia/NVIDIA-Nemotron-Nano-9B-v2 and nvidia/Llama-3_3-Nemotron-Super-49B-v1.

    Examples:
        >>> thinking_switch("nvidia/nvidia-nemotron-nano-9b-v2"), thinking_switch("gpt-oss")
        ('/no_think', '')
    """
    name = model.lower()
    if "nemotron" not in name:
        return ""
    return "detailed thinking off" if "llama" in name else "/no_think"


def _switched(instruction: str, switch: str | None, model: str) -> str:
    wanted = thinking_switch(model) if switch is None else switch
    return instruction if wanted in instruction else f"{wanted}\n{instruction}"
