"""Triangles, materials, instances, lights and a camera become images; knows nothing of roads, scenarios or CARLA."""

from roadmark.render.frame import Frame, Silhouette
from roadmark.render.instances import Instance, SpotLight
from roadmark.render.materials import Material
from roadmark.render.mesh import Mesh, MeshBuilder
from roadmark.render.quality import Quality

__all__ = ["Frame", "Instance", "Material", "Mesh", "MeshBuilder", "Quality", "Silhouette", "SpotLight"]
