"""How large a map may be: beyond these no town lies, and memory or time would run out before it is grown."""

from __future__ import annotations

MAX_COORDINATE = 1e5
"""Metres from the map's origin, in any direction; meshes are float32, which is 1 cm fine there."""

MAX_EXTENT = 1e5
"""Metres from one end of the map to the other; also the longest road."""

MAX_HEIGHT = 1e4
"""Metres above or below zero."""

MAX_ACROSS = 1000.0
"""Metres from a road's first lane edge to its last, and between two stations."""

MAX_LANE_POINTS = 2_000_000
"""Points of lane edges over the whole map: 2,500 km of roads with eight edges at a station every 10 m."""

MAX_LANE_AREA = 1e9
"""Square metres of the boxes around all pieces of road; ten times what a city of 10 x 10 km has."""

MAX_CROSSWALK = 200.0
"""Metres from one end of a pedestrian crossing to the other."""

MAX_OUTLINE = 2e4
"""Metres around the outline of any other object, such as a painted line."""

LEAST_PATTERN = 0.05
"""Metres: dashes or gaps shorter than this are no pattern; the line is solid."""
