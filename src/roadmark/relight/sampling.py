"""Looking up colours between the cells of an image, for kernels."""

from __future__ import annotations

from roadmark.render.kernels import Array, Scalar, device_function_inlined, f32


@device_function_inlined
def bilinear(image: Array, x: Scalar, y: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Colour at continuous cells (x, y), clamped to the borders."""
    height, width = image.shape[0], image.shape[1]
    x = min(max(x - f32(0.5), f32(0.0)), f32(width) - f32(1.001))
    y = min(max(y - f32(0.5), f32(0.0)), f32(height) - f32(1.001))
    column, row = int(x), int(y)
    right, below = min(column + 1, width - 1), min(row + 1, height - 1)
    fx, fy = x - f32(column), y - f32(row)
    a, b = (f32(1.0) - fx) * (f32(1.0) - fy), fx * (f32(1.0) - fy)
    c, d = (f32(1.0) - fx) * fy, fx * fy
    return (
        a * image[row, column, 0] + b * image[row, right, 0] + c * image[below, column, 0] + d * image[below, right, 0],
        a * image[row, column, 1] + b * image[row, right, 1] + c * image[below, column, 1] + d * image[below, right, 1],
        a * image[row, column, 2] + b * image[row, right, 2] + c * image[below, column, 2] + d * image[below, right, 2],
    )
