"""The `roadmark` command: argument handling, and the one place where stages meet the pipeline.

Commands import what they work with when they run, so that `roadmark --help` need not load a renderer.
"""

from roadmark.cli.app import app, main

__all__ = ["app", "main"]
