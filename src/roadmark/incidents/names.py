"""What a person would call an actor: colour, make and model in plain nouns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from roadmark.catalog import Blueprint, BodyStyle, color_name
from roadmark.traffic import ActorSpec

_MODELS: Final = {
    "audi.a2": "Audi A2",
    "audi.etron": "Audi e-tron",
    "audi.tt": "Audi TT",
    "bmw.grandtourer": "BMW Gran Tourer",
    "carlamotors.carlacola": "delivery truck",
    "carlamotors.european_hgv": "heavy truck",
    "carlamotors.firetruck": "fire truck",
    "chevrolet.impala": "Chevrolet Impala",
    "citroen.c3": "Citroën C3",
    "dodge.charger_2020": "Dodge Charger",
    "dodge.charger_police": "Dodge Charger police car",
    "dodge.charger_police_2020": "Dodge Charger police car",
    "ford.ambulance": "Ford ambulance",
    "ford.crown": "Ford Crown taxi",
    "ford.mustang": "Ford Mustang",
    "harley-davidson.low_rider": "Harley-Davidson motorcycle",
    "jeep.wrangler_rubicon": "Jeep Wrangler",
    "kawasaki.ninja": "Kawasaki motorcycle",
    "lincoln.mkz_2017": "Lincoln MKZ",
    "lincoln.mkz_2020": "Lincoln MKZ",
    "mercedes.coupe": "Mercedes coupé",
    "mercedes.coupe_2020": "Mercedes coupé",
    "mercedes.sprinter": "Mercedes Sprinter van",
    "micro.microlino": "Microlino",
    "mini.cooper_s": "Mini Cooper",
    "mini.cooper_s_2021": "Mini Cooper",
    "mitsubishi.fusorosa": "Mitsubishi bus",
    "nissan.micra": "Nissan Micra",
    "nissan.patrol": "Nissan Patrol",
    "nissan.patrol_2021": "Nissan Patrol",
    "seat.leon": "Seat Leon",
    "tesla.cybertruck": "Tesla Cybertruck",
    "tesla.model3": "Tesla Model 3",
    "toyota.prius": "Toyota Prius",
    "vespa.zx125": "Vespa scooter",
    "volkswagen.t2": "Volkswagen T2 van",
    "volkswagen.t2_2021": "Volkswagen T2 van",
    "yamaha.yzf": "Yamaha motorcycle",
}
_CHILD_HEIGHT: Final = 1.5


def noun(blueprint: Blueprint) -> str:
    """Make and model, or `cyclist`, `pedestrian`, `child`."""
    if blueprint.kind == "walker":
        return "child" if blueprint.size[2] < _CHILD_HEIGHT else "pedestrian"
    if blueprint.style is BodyStyle.BICYCLE:
        return "cyclist"
    return _MODELS.get(blueprint.id.removeprefix("vehicle."), "car")


def named(spec: ActorSpec, article: str = "a") -> str:
    """`a red Tesla Model 3`, `an orange Audi TT`, `the cyclist`."""
    words = noun(spec.blueprint)
    if spec.color is not None and spec.blueprint.style is not BodyStyle.BICYCLE:
        words = f"{color_name(spec.color)} {words}"
    if article == "a" and words[0].lower() in "aeiou":
        article = "an"
    return f"{article} {words}"


def definite(text: str, known: Iterable[str]) -> str:
    """A text in which what is known already is not introduced again: `the red Tesla Model 3` for `a red Tesla Model 3`.

    Args:
        text: Such as a caption.
        known: Nouns with their indefinite articles, as of `named`.
    """
    for words in known:
        article, rest = words.split(" ", 1)
        text = re.sub(rf"\b{article} {re.escape(rest)}\b", f"the {rest}", text)
        text = re.sub(rf"\b{article.capitalize()} {re.escape(rest)}\b", f"The {rest}", text)
    return text


def sentence(text: str) -> str:
    """With a capital at its start and a full stop at its end."""
    return f"{text[0].upper()}{text[1:]}."
