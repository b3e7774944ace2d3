"""Events and actors of a clip as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from roadmark.clip import Clip, ClipEvent
from roadmark.scene import Happening


def event_rows(events: Iterable[ClipEvent], *, negative: bool = False) -> list[dict[str, Any]]:
    """Rows of the timeline, in seconds of the clip.

    Args:
        events: Of a clip, in its order.
        negative: They are pairs that do not collide.
    """
    rows = []
    for number, event in enumerate(events, start=1):
        happening = Happening.of(event)
        roles = {actor: role for role, actor in happening.roles.items()}
        rows.append(
            {
                "id": f"{'negative' if negative else 'event'}_{number:06d}",
                "kind": event.category,
                "detail": event.sub_category or (happening.kind if happening.kind != event.category else ""),
                "start": round(event.start_time, 3),
                "end": round(event.end_time, 3),
                "moment": round(happening.moment, 3),
                "actors": [[actor, roles.get(actor, "")] for actor in event.actor_ids],
                "caption": event.caption,
                "cause": happening.cause,
                "negative": negative,
            }
        )
    return rows


def actor_names(clip: Clip, captions: Mapping[int, str], actors: Iterable[int]) -> dict[str, list[str]]:
    """Words and paint (`#rrggbb`, empty where it has none) of actors, by id."""
    found = {}
    for actor in sorted(set(actors)):
        record = clip.manifest.actors.get(str(actor))
        words = captions.get(actor) or (record.category if record else "")
        paint = "#{:02x}{:02x}{:02x}".format(*record.color) if record and record.color else ""
        found[str(actor)] = [words, paint]
    return found
