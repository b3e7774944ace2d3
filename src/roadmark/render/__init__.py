"""Triangles, materials, instances, lights and a camera become images; knows nothing of roads, scenarios or CARLA."""

from roadmark.render.environment import Environment
from roadmark.render.frame import Frame, Silhouette
from roadmark.render.instances import Instance, SpotLight
from roadmark.render.materials import Material, default_color
from roadmark.render.mesh import Mesh, MeshBuilder
from roadmark.render.probe import Probe
from roadmark.render.quality import Quality
from roadmark.render.renderer import Renderer, depth_is_range, kernels_are_cached
from roadmark.render.sun import sun_position
from roadmark.render.warm_up import warm_up

__all__ = [
    "Environment",
    "Frame",
    "Instance",
    "Material",
    "Mesh",
    "MeshBuilder",
    "Probe",
    "Quality",
    "Renderer",
    "Silhouette",
    "SpotLight",
    "default_color",
    "depth_is_range",
    "kernels_are_cached",
    "sun_position",
    "warm_up",
]
