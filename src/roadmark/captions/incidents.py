"""What happens in a clip, in the order of time: every event a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roadmark.captions.incident_kinds import FAULTS, clause
from roadmark.captions.story import Cast, Story, when
from roadmark.clip import ClipEvent
from roadmark.scene import Happening, Names, Picture, sentence

MOST_TOLD = 4
"""Events that a caption tells; more make it longer than any prompt may be."""

_SEEN_AROUND = 1.0
"""Seconds before and after an event in which someone must be seen to be in it."""
_LED_TO = ("collision", "near_miss")


@dataclass(frozen=True)
class Told:
    """What a caption says of its events.

    Attributes:
        sentences: In the order of time.
        terms: Words that must stay.
        actors: Ids of everyone who was mentioned.
    """

    sentences: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    actors: frozenset[int] = frozenset()


def tell_incidents(events: Sequence[ClipEvent], cast: Cast, names: Names, picture: Picture) -> Told:
    """Tell the events that can be seen.

    Args:
        events: The clip's.
        cast: Everyone who may take part.
        names: Gives actors their names.
        picture: The clip's size, and whether its camera moves.
    """
    shown = [Happening.of(event) for event in events if _seen(event, cast)]
    shown = [it for it in shown if not _is_cause(it, shown)]
    shown.sort(key=lambda it: (it.event.category not in _LED_TO, it.moment, it.event.category, it.event.actor_ids))
    story = Story(cast, names, picture)
    sentences = []
    for it in sorted(shown[:MOST_TOLD], key=lambda it: it.moment):  # the graver ones
        seen = story.first_seen(it)
        sentences.append(sentence(f"{when(seen)}, {clause(story, it)}{story.where(it, seen)}"))
        if it.event.category == "collision":
            sentences += story.aftermath(it)
    return Told(tuple(sentences), tuple(dict.fromkeys(story.terms)), frozenset(story.actors))


def _seen(event: ClipEvent, cast: Cast) -> bool:
    """Whether anyone who takes part is in view meanwhile, or carries the camera."""
    start, end = event.start_time - _SEEN_AROUND, event.end_time + _SEEN_AROUND
    known = [cast.courses[actor] for actor in event.actor_ids if actor in cast.courses]
    return cast.carrier in event.actor_ids or any(course.seen_during(start, end) for course in known)


def _is_cause(it: Happening, others: Sequence[Happening]) -> bool:
    """Whether a violation is told as the cause of a collision or a near miss of its doer."""
    if it.event.category in _LED_TO:
        return False
    return any(
        other.event.category in _LED_TO
        and it.first in other.event.actor_ids
        and other.cause in FAULTS
        and it.event.start_time <= other.moment + 1e-6
        for other in others
    )
