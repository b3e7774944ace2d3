"""Digital twins of real places: OpenStreetMap extracts and 3D models."""

__all__: list[str] = []
