"""What a user may choose about a town besides its kind and seed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from roadmark.errors import InputError

_MOST_BLOCKS = 12


@dataclass(frozen=True)
class TownOptions:
    """Choices that a seed would otherwise make.

    Attributes:
        blocks: Blocks along x and y, to 12: of `grid` from 2 x 2, of `t_junctions` from 1 x 2; None: the seed's choice.
        relief: How hilly it is, 0 (flat) to 2; 1 gives hills of some metres.
    """

    blocks: tuple[int, int] | None = None
    relief: float = 1.0

    def __post_init__(self) -> None:
        if self.blocks is not None and not all(1 <= count <= _MOST_BLOCKS for count in self.blocks):
            raise InputError(f"blocks {self.blocks} must each be 1 to {_MOST_BLOCKS}")
        if not (math.isfinite(self.relief) and 0.0 <= self.relief <= 2.0):
            raise InputError(f"relief {self.relief} must be 0 (flat) to 2")
