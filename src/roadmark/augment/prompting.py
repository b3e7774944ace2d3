"""Prompts of a run's variations: given ones as they are, others by the writer that settings ask for, each paid once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from roadmark.augment.chat_services import prompt_endpoint
from roadmark.augment.items import Job
from roadmark.augment.settings import AugmentSettings
from roadmark.augment.steps import StepStore
from roadmark.augment.work import own_conditions
from roadmark.captions import Caption
from roadmark.endpoints import ChatEndpoint
from roadmark.errors import ConfigError
from roadmark.pipeline import JsonValue
from roadmark.variations import ChatOptions, ChatWriter, HandWriter, Prompt, PromptWriter, SlotWriter, read_prompt


class Prompting:
    """Writes the prompts of one run.

    Args:
        settings: All settings.

    Raises:
        ConfigError: A language model was asked for, and none is named.
    """

    def __init__(self, settings: AugmentSettings) -> None:
        self._endpoint: ChatEndpoint | None = None
        slots = SlotWriter(settings.lists, settings.prompt_words)
        self._writer: PromptWriter = slots
        if settings.writer == "openai":
            self._endpoint = prompt_endpoint(settings)
            self._writer = _chat_writer(settings, self._endpoint, slots)

    def config(self) -> Mapping[str, JsonValue]:
        """What changes the prompts."""
        return {"writer": self._writer.name, **self._writer.config()}

    def write(self, job: Job, caption: Caption | None, generator: np.random.Generator, store: StepStore) -> Prompt:
        """The prompt of a variation.

        Args:
            job: The variation.
            caption: The source's caption; None where the prompt is given.
            generator: Chooses among wordings.
            store: Keeps what a model wrote until the variation is done.

        Raises:
            PromptError: None can be made.
            EndpointError: The model cannot be asked.
        """
        if job.prompt is not None:
            given = HandWriter(job.prompt.text)
            return Prompt(given.text, given.name, facts={"origin": job.prompt.origin})
        if caption is None:
            raise ConfigError(f"{job.id}: there is neither a caption nor a prompt")
        source = {} if job.clip is None else own_conditions(job.clip)

        def write() -> dict[str, JsonValue]:
            prompt = self._writer.write(caption, job.selections, generator, source)
            return {
                "text": prompt.text,
                "method": prompt.method,
                "fallback_reason": prompt.fallback_reason,
                "problems": list(prompt.problems),
                "facts": dict(prompt.facts),
            }

        if self._endpoint is None:
            return self._writer.write(caption, job.selections, generator, source)
        asked: JsonValue = [caption.text, caption.core, dict(job.selections), source, dict(self.config())]
        kept = store.json("prompt", asked, write)
        return Prompt(**{**kept, "problems": tuple(kept["problems"])})

    def close(self) -> None:
        """Give back connections."""
        if self._endpoint is not None:
            self._endpoint.close()


def _chat_writer(settings: AugmentSettings, endpoint: ChatEndpoint, slots: SlotWriter) -> ChatWriter:
    asked = settings.template_generation
    given = asked.parameters.model_dump(exclude={"retry_policy"})
    options = ChatOptions(
        **given, check_vars=asked.parameters.retry_policy == "check_vars", thinking_switch=asked.thinking_switch
    )
    if asked.system_prompt_file is not None:
        options = replace(options, instruction=read_prompt(asked.system_prompt_file))
    elif asked.system_prompt is not None:
        options = replace(options, instruction=asked.system_prompt)
    return ChatWriter(endpoint, slots, options)
