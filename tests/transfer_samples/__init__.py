"""Transfers in the small: a clip, requests on it, and real servers in threads."""

from transfer_samples.clips import FPS, HEIGHT, WIDTH, make_clip, make_request
from transfer_samples.drawn import make_drawn_clip
from transfer_samples.servers import Served

__all__ = ["FPS", "HEIGHT", "WIDTH", "Served", "make_clip", "make_drawn_clip", "make_request"]
