"""The `roadmark` command: argument handling, and the one place where stages meet the pipeline."""

from roadmark.cli.app import app, main

__all__ = ["app", "main"]
