"""Buildings as triangles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.world.scenery.front_details import add_details
from roadmark.world.scenery.fronts import Fronts
from roadmark.world.scenery.plans import FAR, MIDDLE, NEAR, Buildings
from roadmark.world.scenery.roofs import roof_shapes
from roadmark.world.shape import Shape, empty, merge

__all__ = ["FAR", "MIDDLE", "NEAR", "Buildings", "building_shapes"]


def building_shapes(buildings: Buildings, detail: npt.ArrayLike = MIDDLE) -> Shape:
    """The triangles of many buildings.

    Args:
        buildings: Where they stand and what they are.
        detail: `FAR`, `MIDDLE` or `NEAR`, one or per building (K,).
    """
    if len(buildings) == 0:
        return empty()
    level = np.broadcast_to(np.asarray(detail, dtype=np.int64), (len(buildings),))
    fronts = Fronts(buildings, level)
    add_details(fronts)
    return merge([fronts.parts.shape(), roof_shapes(buildings, level)])
