"""Loading the compiled kernels ahead of the first frame, beside other work: most of it runs outside Python's lock."""

from __future__ import annotations

import numpy as np

from roadmark.geometry import PinholeCamera, Pose
from roadmark.render.environment import Environment
from roadmark.render.instances import Instance
from roadmark.render.material_kinds import Material
from roadmark.render.mesh import Mesh, MeshBuilder
from roadmark.render.quality import Quality
from roadmark.render.renderer import Renderer, TracerName


def warm_up(quality: Quality, tracer: TracerName = "auto") -> None:
    """Render a few pixels of a triangle, so that every kernel of a quality is loaded, or compiled, afterwards.

    Args:
        quality: Of the frames to come.
        tracer: Of the renderer to come.

    Raises:
        RenderError: The tracer is not available.
    """
    triangle = _triangle()
    renderer = Renderer(triangle, threads=1, tracer=tracer)
    camera = PinholeCamera.from_fov(16, 16, 1.0)
    instance = Instance(triangle, np.eye(4)[:3], 1)
    pose = Pose.identity(parent="world", child="camera")
    for _ in range(2):  # the second frame is that of a camera that stands still
        renderer.render(camera, pose, [instance], Environment(), quality)
    renderer.silhouettes(camera, pose, [[instance]])


def _triangle() -> Mesh:
    builder = MeshBuilder()
    corners = np.array([[-1.0, -1.0, 5.0], [0.0, 1.0, 5.0], [1.0, -1.0, 5.0]])
    builder.add(
        corners, np.array([[0, 1, 2]]), material=Material.GENERIC, semantic=0, color=(128, 128, 128), smooth=True
    )
    return builder.build()
