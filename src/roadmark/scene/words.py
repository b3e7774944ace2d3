"""English for captions: numbers, lists, articles, the names of things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import NAMED_COLORS, BodyStyle, blueprint, color_name, known
from roadmark.catalog import BodyStyle as B
from roadmark.scene.courses import Course

_NUMBERS: Final = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)

_STYLES: Final[dict[BodyStyle, str]] = {
    B.HATCHBACK: "hatchback",
    B.SEDAN: "sedan",
    B.CLASSIC_SEDAN: "sedan",
    B.FASTBACK: "sedan",
    B.LIFTBACK: "hatchback",
    B.COUPE: "coupe",
    B.CLASSIC_COUPE: "coupe",
    B.SUV: "SUV",
    B.OFFROAD: "off-roader",
    B.MPV: "minivan",
    B.MICROCAR: "microcar",
    B.TAXI: "taxi",
    B.POLICE: "police car",
    B.VAN: "van",
    B.MINIBUS: "camper van",
    B.CYBERTRUCK: "pickup truck",
    B.BOX_TRUCK: "delivery truck",
    B.HEAVY_TRUCK: "heavy truck",
    B.FIRE_TRUCK: "fire truck",
    B.AMBULANCE: "ambulance",
    B.BUS: "bus",
    B.MOTORCYCLE: "motorcyclist",
    B.SCOOTER: "scooter rider",
    B.BICYCLE: "cyclist",
    B.WALKER: "pedestrian",
}
_CATEGORIES: Final = {"motorcycle": "motorcyclist", "bicycle": "cyclist"}

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_UNPAINTED: Final = frozenset(
    {"police car", "ambulance", "fire truck", "motorcyclist", "scooter rider", "cyclist", "pedestrian"}
)
"""Whose paint is not what one sees first: liveries, riders."""

_CLEAR: Final = 0.8
"""A colour's word is sure where its distance is below this share of that to the next word of another family."""


def number(count: int) -> str:
    """A count in words up to twelve.

    Examples:
        >>> number(3), number(20)
        ('three', '20')
    """
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def listed(parts: Sequence[str]) -> str:
    """Words in a row.

    Examples:
        >>> listed(["a van", "a bus", "a taxi"])
        'a van, a bus and a taxi'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def with_article(noun: str) -> str:
    """With `a` or `an` before it.

    Examples:
        >>> with_article("orange taxi"), with_article("SUV")
        ('an orange taxi', 'an SUV')
    """
    vowel = noun.startswith("SUV") or (noun[0] in "aeio")
    return f"{'an' if vowel else 'a'} {noun}"


def plural(noun: str) -> str:
    """More than one of it.

    Examples:
        >>> plural("red bus"), plural("SUV")
        ('red buses', 'SUVs')
    """
    return f"{noun}es" if noun.endswith("s") and not noun.endswith("Vs") else f"{noun}s"


def sentence(text: str) -> str:
    """With a capital at its start and a full stop at its end."""
    return f"{text[0].upper()}{text[1:]}."


def plain_words(text: str) -> str:
    """Words of someone else's file that may stand in a caption: up to four, of letters; nothing where there are none.

    Examples:
        >>> plain_words("oil_spill"), plain_words("{0} <br>")
        ('oil spill', 'br')
    """
    return " ".join(_WORD.findall(text.replace("_", " "))[:4])[:60].strip()


def noun(course: Course) -> str:
    """What a person would call an actor: colour and kind, such as `dark red van`.

    The kind is the body's style where the catalogue knows the blueprint, else the label's category. A colour between
    two words is left out. Everyone on foot is a pedestrian: services refuse prompts that hurt children.
    """
    kind = body_kind(course.category, course.blueprint_id)
    color = sure_color(course.color) if is_painted(kind) else ""
    return f"{color} {kind}".strip()


def body_kind(category: str, blueprint_id: str) -> str:
    """`noun` without the colour: the body's style where the catalogue knows the blueprint, else the category."""
    if known(blueprint_id):
        return _STYLES.get(blueprint(blueprint_id).style, "object")
    return _CATEGORIES.get(category, plain_words(category) or "vehicle")


def is_painted(kind: str) -> bool:
    """Whether the paint of a kind of body is what one sees first: not so of liveries and riders."""
    return kind not in _UNPAINTED


def sure_color(rgb: tuple[int, int, int] | None) -> str:
    """The colour's word where there is no doubt about it, else nothing.

    Shades of one colour count as one: what lies between dark blue and blue is blue.

    Examples:
        >>> sure_color((200, 20, 25)), sure_color((212, 66, 24))
        ('red', '')
    """
    if rgb is None:
        return ""
    nearest = color_name(rgb)
    if len(color_families(rgb)) > 1:
        return ""
    distances = _distances(rgb)
    first, second = np.argsort(distances, kind="stable")[:2]
    family = _FAMILIES[first]
    unsure_shade = _FAMILIES[second] == family and distances[first] > _CLEAR * distances[second]
    return family if unsure_shade else nearest


@lru_cache(maxsize=4096)
def color_families(rgb: tuple[int, int, int]) -> frozenset[str]:
    """All words that people may have for a colour, without its shade: one where there is no doubt.

    Examples:
        >>> sorted(color_families((212, 66, 24)))
        ['orange', 'red']
    """
    distances = _distances(rgb)
    near = (_CLEAR * distances < distances.min()) | (distances == distances.min())
    return frozenset(_FAMILIES[index] for index in np.flatnonzero(near))


def _channels(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 3) lightness and opponent channels, as `color_name` compares them."""
    light = rgb @ np.array([0.30, 0.59, 0.11])
    return np.stack([0.7 * light, rgb[..., 0] - rgb[..., 1], 0.7 * (rgb[..., 1] - rgb[..., 2])], axis=-1)


_FAMILIES: Final = tuple(
    name.removeprefix("dark ").removeprefix("light ").replace("silver", "gray") for name in NAMED_COLORS
)
_NAMED: Final = _channels(np.array(list(NAMED_COLORS.values()), np.float64))


def _distances(rgb: tuple[int, int, int]) -> NDArray[np.float64]:
    """How different a colour looks from every named one."""
    return np.asarray(np.linalg.norm(_NAMED - _channels(np.asarray(rgb, np.float64)), axis=1))


class Names:
    """Refers to actors: `a red van` when it is new, `the red van` from then on, `another red van` for a second one.

    Args:
        marks: What the marks say of those who bear any: `a red van (mark 7)` when it is new.
    """

    def __init__(self, marks: Mapping[int, str] | None = None) -> None:
        self._marks = dict(marks or {})
        self._phrases: dict[int, str] = {}
        self._nouns: dict[str, int] = {}

    @property
    def named(self) -> tuple[int, ...]:
        """Ids of everyone who has been named, in this order."""
        return tuple(self._phrases)

    def of(self, course: Course) -> str:
        """The next reference to an actor."""
        known_as = self._phrases.get(course.actor_id)
        if known_as is not None:
            return known_as
        word = noun(course)
        self._nouns[word] = count = self._nouns.get(word, 0) + 1
        ordinals = {1: "", 2: "second ", 3: "third ", 4: "fourth "}
        self._phrases[course.actor_id] = f"the {ordinals.get(count, 'other ')}{word}"
        new = with_article(word) if count == 1 else f"another {word}" if count > 4 else f"a {ordinals[count]}{word}"
        mark = self._marks.get(course.actor_id)
        return new if mark is None else f"{new} (mark {mark})"

    def copy(self) -> Names:
        """The same names, to go on from."""
        other = Names(self._marks)
        other._phrases, other._nouns = dict(self._phrases), dict(self._nouns)
        return other
