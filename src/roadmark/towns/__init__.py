"""Procedural road networks, written as OpenDRIVE."""

__all__: list[str] = []
