"""Weather, light and state of the road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from roadmark.questions.asking.forms import Asker
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

WEATHER: Final[Mapping[str, str]] = {
    "clear_sky": "clear sky",
    "overcast": "overcast",
    "snow_falling": "snow is falling",
    "raining": "it is raining",
    "fog": "fog",
}
ROAD: Final[Mapping[str, str]] = {
    "dry": "free of water, snow and sand",
    "snow": "covered with snow",
    "sand": "covered with sand",
    "puddles": "wet with puddles",
    "flooding": "flooded",
}
LIGHT: Final[Mapping[str, str]] = {
    "sunrise": "low sun",
    "sunset": "low sun",
    "golden_hour": "low sun",
    "twilight": "twilight, the sun is down",
    "blue_hour": "twilight, the sun is down",
    "mid_morning": "full daylight",
    "afternoon": "full daylight",
    "zenith": "full daylight",
    "night": "night",
}
"""Times of day that one picture cannot tell apart have one name."""


class ConditionsFamily:
    """Asks for weather, light and road state, by their names and by yes or no."""

    name = "conditions"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`; nothing where the conditions are not known."""
        if scene.conditions is None:
            return
        known = scene.conditions
        yield from _named(
            asker, "weather", known.weather, WEATHER,
            ("What is the weather in the video?", "Which weather does the video show?", "How is the weather?"),
            ("Is the weather in the video best described as: {it}?", "Does the video show this weather: {it}?"),
        )  # fmt: skip
        yield from _named(
            asker, "light", known.lighting, LIGHT,
            ("What is the light like?", "Which light does the video show?", "At what kind of light was it filmed?"),
            ("Is the light in the video best described as: {it}?", "Does the video show this light: {it}?"),
        )  # fmt: skip
        if not (known.road == "dry" and known.weather in ("raining", "snow_falling")):  # wet, whatever it is called
            yield from _named(
                asker, "road", known.road, ROAD,
                ("What is the state of the road?", "In which state is the road surface?", "How does the road look?"),
                ("Is the road {it}?", "In this video, is the road surface {it}?"),
            )  # fmt: skip


def _named(
    asker: Asker,
    what: str,
    value: str,
    words: Mapping[str, str],
    open_wordings: tuple[str, ...],
    closed_wordings: tuple[str, ...],
) -> Iterator[Question]:
    right = words[value]
    wrong = sorted(set(words.values()) - {right})
    facts = {what: value}
    yield from asker.choice(f"conditions.{what}", open_wordings, {}, right, wrong, facts=facts)
    yield asker.short(f"conditions.{what}_words", open_wordings, {}, right, facts=facts)
    for named, answer in ((right, True), (asker.pick(wrong), False)):
        yield asker.yes_no(f"conditions.{what}_is", closed_wordings, {"it": named}, answer, asked=named, facts=facts)
