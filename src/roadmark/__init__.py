"""Roadmark: traffic scenarios into labelled video data, drives into 3D-grounding data."""

__version__ = "0.1.0"
