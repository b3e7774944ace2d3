"""Triangles, materials, instances, lights and a camera become images; knows nothing of roads, scenarios or CARLA.

What draws needs the compiler, which takes a quarter of a second to load: it comes when it is first asked for.
"""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked
from roadmark.render.frame import Frame, Silhouette
from roadmark.render.instances import Instance, SpotLight
from roadmark.render.material_kinds import Material, default_color
from roadmark.render.mesh import Mesh, MeshBuilder
from roadmark.render.quality import Quality
from roadmark.render.sun import preset_sun, sun_position

if TYPE_CHECKING:
    from roadmark.render.air import draw_air
    from roadmark.render.environment import Environment
    from roadmark.render.glow import draw_glow
    from roadmark.render.loading import warm_up
    from roadmark.render.precipitation import Precipitation, PrecipitationKind, draw_precipitation
    from roadmark.render.probe import Probe
    from roadmark.render.renderer import Renderer, depth_is_range, kernels_are_cached
    from roadmark.render.spray import Plume
    from roadmark.render.tracks import WheelTracks
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "air": ("draw_air",),
            "environment": ("Environment",),
            "glow": ("draw_glow",),
            "loading": ("warm_up",),
            "precipitation": ("Precipitation", "PrecipitationKind", "draw_precipitation"),
            "probe": ("Probe",),
            "renderer": ("Renderer", "depth_is_range", "kernels_are_cached"),
            "spray": ("Plume",),
            "tracks": ("WheelTracks",),
        },
    )

__all__ = [
    "Environment",
    "Frame",
    "Instance",
    "Material",
    "Mesh",
    "MeshBuilder",
    "Plume",
    "Precipitation",
    "PrecipitationKind",
    "Probe",
    "Quality",
    "Renderer",
    "Silhouette",
    "SpotLight",
    "WheelTracks",
    "default_color",
    "depth_is_range",
    "draw_air",
    "draw_glow",
    "draw_precipitation",
    "kernels_are_cached",
    "preset_sun",
    "sun_position",
    "warm_up",
]
