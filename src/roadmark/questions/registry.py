"""The families of questions there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from roadmark.errors import ConfigError
from roadmark.questions.families.appearance import AppearanceFamily
from roadmark.questions.families.caption import CaptionFamily
from roadmark.questions.families.causal import CausalFamily
from roadmark.questions.families.collision import CollisionFamily
from roadmark.questions.families.conditions import ConditionsFamily
from roadmark.questions.families.counterfactual import CounterfactualFamily
from roadmark.questions.families.counting import CountingFamily
from roadmark.questions.families.distance import DistanceFamily
from roadmark.questions.families.existence import ExistenceFamily
from roadmark.questions.families.grounding import GroundingFamily
from roadmark.questions.families.lane import LaneFamily
from roadmark.questions.families.near_miss import NearMissFamily
from roadmark.questions.families.next import NextFamily
from roadmark.questions.families.occlusion import OcclusionFamily
from roadmark.questions.families.order import OrderFamily
from roadmark.questions.families.position import PositionFamily
from roadmark.questions.families.red_light import RedLightFamily
from roadmark.questions.families.speed import SpeedFamily
from roadmark.questions.families.stop import StopFamily
from roadmark.questions.families.temporal import TemporalFamily
from roadmark.questions.families.traffic_light import TrafficLightFamily
from roadmark.questions.families.turn import TurnFamily
from roadmark.questions.families.violation import ViolationFamily
from roadmark.questions.families.wrong_way import WrongWayFamily
from roadmark.questions.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    ConditionsFamily(),
    CollisionFamily(),
    NearMissFamily(),
    TemporalFamily(),
    CausalFamily(),
    CounterfactualFamily(),
    NextFamily(),
    CaptionFamily(),
    WrongWayFamily(),
    ViolationFamily(),
    RedLightFamily(),
    StopFamily(),
    SpeedFamily(),
    LaneFamily(),
    TurnFamily(),
    TrafficLightFamily(),
    CountingFamily(),
    ExistenceFamily(),
    AppearanceFamily(),
    PositionFamily(),
    DistanceFamily(),
    OrderFamily(),
    OcclusionFamily(),
    GroundingFamily(),
)
"""All of them, in the order in which they are asked."""


def chosen_families(names: Sequence[str] | None) -> tuple[Family, ...]:
    """Families by their names, in the order of `FAMILIES`; all of them for None.

    Raises:
        ConfigError: An unknown name.
    """
    known = [family.name for family in FAMILIES]
    if unknown := [name for name in names or () if name not in known]:
        raise ConfigError(f"question family {unknown[0]!r} is not known; there are: {', '.join(known)}")
    return tuple(family for family in FAMILIES if names is None or family.name in names)
