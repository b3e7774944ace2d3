"""Soft strokes over a picture: moving drops, flakes and sparks, behind what is nearer than they are."""

from __future__ import annotations

import numpy as np

from roadmark.render.jit import Array, kernel

f32 = np.float32


@kernel
def blend_capsules(rgb: Array, depth: Array, capsules: Array, color: Array, local: Array) -> None:
    """Blend strokes over a picture, in their order.

    Args:
        rgb: (H, W, 3) uint8, changed in place.
        depth: (H, W) float32 metres; a stroke is drawn only where this is farther.
        capsules: (N, 7) float32: from u, v to u, v (continuous pixels), radius in pixels, opacity 0..1, depth in
            metres.
        color: (3,) float32 display colour 0..255 of the strokes.
        local: (h, w, 3) uint8 coarse picture; where it is brighter than `color`, strokes take on its light.
    """
    height, width = depth.shape
    for row in range(capsules.shape[0]):
        u0, v0, u1, v1 = capsules[row, 0], capsules[row, 1], capsules[row, 2], capsules[row, 3]
        # Strokes thinner than a pixel are a pixel wide, and fainter for it.
        radius = max(capsules[row, 4], f32(0.5))
        opacity = capsules[row, 5] * min(capsules[row, 4] * f32(2.0), f32(1.0))
        away = capsules[row, 6]
        reach = radius + f32(0.5)
        left = max(int(np.floor(min(u0, u1) - reach)), 0)
        right = min(int(np.ceil(max(u0, u1) + reach)), width)
        top = max(int(np.floor(min(v0, v1) - reach)), 0)
        bottom = min(int(np.ceil(max(v0, v1) + reach)), height)
        if left >= right or top >= bottom or opacity < f32(0.004):
            continue
        x = min(max(int(f32(0.5) * (u0 + u1)), 0), width - 1) * local.shape[1] // width
        y = min(max(int(f32(0.5) * (v0 + v1)), 0), height - 1) * local.shape[0] // height
        r = max(color[0], f32(local[y, x, 0]))
        g = max(color[1], f32(local[y, x, 1]))
        b = max(color[2], f32(local[y, x, 2]))
        du = u1 - u0
        dv = v1 - v0
        inverse = f32(1.0) / max(du * du + dv * dv, f32(1e-6))
        # Wide strokes are out of focus: their edge is as soft as they are wide.
        soft = max(f32(1.0), radius)
        for py in range(top, bottom):
            for px in range(left, right):
                if depth[py, px] <= away:
                    continue
                au = f32(px) + f32(0.5) - u0
                av = f32(py) + f32(0.5) - v0
                along = min(max((au * du + av * dv) * inverse, f32(0.0)), f32(1.0))
                eu = au - du * along
                ev = av - dv * along
                cover = (radius + f32(0.5) - f32(np.sqrt(eu * eu + ev * ev))) / soft
                if cover <= f32(0.0):
                    continue
                a = opacity * min(cover, f32(1.0))
                rgb[py, px, 0] = np.uint8(f32(rgb[py, px, 0]) + (r - f32(rgb[py, px, 0])) * a + f32(0.5))
                rgb[py, px, 1] = np.uint8(f32(rgb[py, px, 1]) + (g - f32(rgb[py, px, 1])) * a + f32(0.5))
                rgb[py, px, 2] = np.uint8(f32(rgb[py, px, 2]) + (b - f32(rgb[py, px, 2])) * a + f32(0.5))
