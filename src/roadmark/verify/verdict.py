"""From findings to a verdict: every reason to reject, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roadmark.clip import ClipEvent
from roadmark.verify.limits import Limits
from roadmark.verify.objects import ObjectFinding
from roadmark.verify.outcomes import Bounded, Measured
from roadmark.verify.verification import LookRecord


def metric_limits(metrics: Mapping[str, Bounded], limits: Limits) -> dict[str, float]:
    """The limit of every metric that decides: a least one for recall, else a greatest one."""
    found = {"flicker": limits.flicker, "scene_shift": limits.displacement}
    recall = metrics.get("boundary_recall")
    if recall is not None and isinstance(recall.identity, Measured):
        found["boundary_recall"] = limits.boundary_recall * recall.identity.value
    return found


def metric_reasons(metrics: Mapping[str, Bounded], limits: Mapping[str, float]) -> list[str]:
    """What is wrong with numbers about the whole video."""
    reasons = []
    for name, limit in limits.items():
        outcome = metrics[name].value if name in metrics else None
        if not isinstance(outcome, Measured):
            continue
        value = outcome.value
        if name == "boundary_recall" and value < limit:
            reasons.append(f"only {value:.2f} of the labels' boundaries can be seen; at least {limit:.2f} should be")
        elif name == "flicker" and value > limit:
            reasons.append(f"flickers by {value:.1f} gray levels beyond its source; at most {limit:.1f} are borne")
        elif name == "scene_shift" and value > limit:
            reasons.append(f"the picture has moved {value:.0f} pixels against its labels")
    return reasons


def object_reasons(findings: Sequence[ObjectFinding], events: Sequence[ClipEvent]) -> list[str]:
    """What is wrong with objects, and with those who take part in what happens."""
    reasons = []
    for finding in findings:
        who = f"{finding.category} {finding.actor_id}"
        if finding.state == "gone":
            reasons.append(f"{who} is gone")
        elif finding.state == "moved":
            x, y = finding.displacement
            reasons.append(f"{who} has moved by ({x}, {y}) pixels against its label")
    hidden = {finding.actor_id: finding for finding in findings if finding.state == "not visible"}
    for event in events:
        for actor in event.actor_ids:
            if actor in hidden:
                name = event.sub_category or event.category
                reasons.append(f"{hidden[actor].category} {actor}, which takes part in {name}, cannot be seen")
    return list(dict.fromkeys(reasons))


def look_reasons(looks: Sequence[LookRecord]) -> list[str]:
    """Conditions that the picture does not show."""
    return [
        f"the conditions do not show: {look.because}, but {look.number} is {look.value} ({_range(look)} expected)"
        for look in looks
        if look.holds is False
    ]


def _range(look: LookRecord) -> str:
    parts = [f"at least {look.at_least:g}"] if look.at_least is not None else []
    if look.at_most is not None:
        parts.append(f"at most {look.at_most:g}")
    return " and ".join(parts)
