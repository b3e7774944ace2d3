"""The picture of `roadmark report`'s page: three generated scenarios become a dataset, and a browser shows it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SCENARIOS = (("side_collision", 5), ("pedestrian_collision", 8), ("red_light", 4))
"""Incidents, with seeds."""
SHOWN = "side_collision_0000"
SIZE = (1440, 900)


def write_page(work: Path, quality: str) -> Path:
    """Generate, simulate, augment and ask about the scenarios; returns the page."""
    for incident, seed in SCENARIOS:
        _roadmark(
            work, "scenario", "generate", "--town", "crossing", "--incident", incident, "--seed", seed, "--duration", 6,
            "--vehicles", 14, "--walkers", 6, "--camera", "auto", "--width", 960, "--height", 540, "-o", incident,
        )  # fmt: skip
        _roadmark(
            work, "simulate", "--batch", incident, "--run-id", "1", "--output-dir", "simulated", "--target-fps", 15,
            "--quality", quality,
        )  # fmt: skip
    _roadmark(
        work, "augment", "simulated/1", "--variations", 2, "--seed", 3, "-o", "augmented/1",
        "--weather", "snow_falling,overcast,raining", "--lighting", "night,sunrise,afternoon",
        "--road", "snow,puddles",
    )  # fmt: skip
    _roadmark(work, "vqa", "--carla_folder", "simulated", "--cosmos_folder", "augmented", "-o", "dataset")
    _roadmark(work, "report", "dataset")
    return work / "dataset" / "report.html"


def photograph(page: Path, *, dark: bool = False) -> bytes:
    """A PNG of the page: the collision, parted between the clip and an augmentation of it.

    Raises:
        RuntimeError: There is no browser.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the tests' extra

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise RuntimeError("no browser is found: install chromium")
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        view = chromium.new_page(
            viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="dark" if dark else "light"
        )
        view.goto(page.as_uri())
        view.locator(".clip", has_text=SHOWN).click()
        view.locator("#modes .chip", has_text="Swipe").click()
        view.locator("#families .chip", has_text="collision").click()
        view.locator(".event").first.click()
        view.wait_for_function(
            "() => [...document.querySelectorAll('.pane video')].every(it => it.readyState >= 2 && !it.seeking)"
        )
        view.mouse.move(0, 0)
        picture: bytes = view.screenshot()
        chromium.close()
    return picture


def _roadmark(work: Path, *words: object) -> None:
    subprocess.run([sys.executable, "-m", "roadmark", *map(str, words)], cwd=work, check=True)  # noqa: S603 - ours
