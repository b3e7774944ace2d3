"""Pixels in which a surface and the sky behind it are mixed, taken apart.

Labels are sampled at pixel centres, colours are anti-aliased: a roof's last pixel holds some of the old sky, which
would shine like a seam before a night sky.
"""

from __future__ import annotations

from roadmark.relight.images import Kind
from roadmark.render.kernels import Array, Scalar, device_function, f32, saturate

_SKY = int(Kind.SKY)


@device_function
def near_edge(semantic: Array, kinds: Array, row: int, column: int) -> bool:
    """Whether a pixel and one of its four neighbours are sky and surface."""
    height, width = semantic.shape
    sky = kinds[semantic[row, column]] == _SKY
    return bool(
        (kinds[semantic[max(row - 1, 0), column]] == _SKY) != sky
        or (kinds[semantic[min(row + 1, height - 1), column]] == _SKY) != sky
        or (kinds[semantic[row, max(column - 1, 0)]] == _SKY) != sky
        or (kinds[semantic[row, min(column + 1, width - 1)]] == _SKY) != sky
    )


@device_function
def unmixed(
    rgb: Array, semantic: Array, linear: Array, kinds: Array, row: int, column: int
) -> tuple[Scalar, Scalar, Scalar, int, int, Scalar]:
    """The surface's colour in a pixel at the sky's edge, a pixel of that surface, and the sky's share.

    The sky's colour is the mean of the sky nearby; the surface's is that of the nearby pixel least like it.

    Returns:
        Linear red, green, blue; row and column; share 0..1.
    """
    height, width = semantic.shape
    sr, sg, sb, count = f32(0.0), f32(0.0), f32(0.0), f32(0.0)
    top, bottom = max(row - 2, 0), min(row + 3, height)
    left, right = max(column - 2, 0), min(column + 3, width)
    for y in range(top, bottom):
        for x in range(left, right):
            if kinds[semantic[y, x]] == _SKY:
                # Sky that touches the surface may be mixed itself: what lies two pixels off counts more.
                weight = f32((y - row) * (y - row) + (x - column) * (x - column)) + f32(0.05)
                sr += weight * linear[rgb[y, x, 0]]
                sg += weight * linear[rgb[y, x, 1]]
                sb += weight * linear[rgb[y, x, 2]]
                count += weight
    sr, sg, sb = sr / count, sg / count, sb / count
    farthest = f32(-1.0)
    fy, fx = row, column
    for y in range(max(row - 1, 0), min(row + 2, height)):
        for x in range(max(column - 1, 0), min(column + 2, width)):
            if kinds[semantic[y, x]] != _SKY:
                dr, dg, db = linear[rgb[y, x, 0]] - sr, linear[rgb[y, x, 1]] - sg, linear[rgb[y, x, 2]] - sb
                apart = dr * dr + dg * dg + db * db
                if apart > farthest:
                    farthest = apart
                    fy, fx = y, x
    fr, fg, fb = linear[rgb[fy, fx, 0]], linear[rgb[fy, fx, 1]], linear[rgb[fy, fx, 2]]
    dr, dg, db = sr - fr, sg - fg, sb - fb
    length = dr * dr + dg * dg + db * db
    own = kinds[semantic[row, column]] == _SKY
    if length < f32(1e-5):
        return fr, fg, fb, fy, fx, f32(1.0) if own else f32(0.0)
    share = (
        (linear[rgb[row, column, 0]] - fr) * dr
        + (linear[rgb[row, column, 1]] - fg) * dg
        + (linear[rgb[row, column, 2]] - fb) * db
    ) / length
    return fr, fg, fb, fy, fx, saturate(share)
