"""Scenarios from nothing: recipes, the search for an incident in view, files and statistics."""

__all__: list[str] = []
