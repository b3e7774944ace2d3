"""The renderer's device functions, for the kernels of rooms that draw on its pictures with its light and its sky."""

from roadmark.render.environment import EnvironmentIndex
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined, is_cached, kernel
from roadmark.render.lighting import LAMP_COLUMNS, fresnel, spot_lights
from roadmark.render.noise import (
    NOISE_SIZE,
    f32,
    floor_int,
    hash_cell,
    hash_unit,
    mix,
    negative_exponential,
    noise_table,
    saturate,
    smooth_noise,
    smooth_step,
)
from roadmark.render.rays import X_FROM_U, PackedCamera, camera_ray, pack_camera
from roadmark.render.sky import fog_radiance, sky_radiance
from roadmark.render.tone import film_curve, srgb_decode, srgb_encode, tone_map

__all__ = [
    "LAMP_COLUMNS",
    "NOISE_SIZE",
    "X_FROM_U",
    "Array",
    "EnvironmentIndex",
    "PackedCamera",
    "Scalar",
    "camera_ray",
    "device_function",
    "device_function_inlined",
    "f32",
    "film_curve",
    "floor_int",
    "fog_radiance",
    "fresnel",
    "hash_cell",
    "hash_unit",
    "is_cached",
    "kernel",
    "mix",
    "negative_exponential",
    "noise_table",
    "pack_camera",
    "saturate",
    "sky_radiance",
    "smooth_noise",
    "smooth_step",
    "spot_lights",
    "srgb_decode",
    "srgb_encode",
    "tone_map",
]
