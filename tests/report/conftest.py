"""A dataset with its page, and a real browser."""

import os
import shutil

import pytest
from report_samples import write_dataset

from roadmark.report import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]


@pytest.fixture(scope="session")
def made_dataset(tmp_path_factory):
    """The dataset of `report_samples`, with its page; not to be changed."""
    dataset = write_dataset(tmp_path_factory.mktemp("report") / "made")
    write_report(dataset)
    return dataset


@pytest.fixture
def dataset(made_dataset, tmp_path):
    """A copy that a test may change, without a page."""
    root = shutil.copytree(made_dataset.parent, tmp_path / "made")
    (root / "dataset" / "report.html").unlink()
    return root / "dataset"


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium, no longer than it is used: its event loop would be in the way of others'."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[test]'")
    path = os.environ.get("ROADMARK_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(
            f"no browser is found: install chromium, or set ROADMARK_BROWSER (looked for {', '.join(BROWSERS)})"
        )
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def open_page(browser):
    """Opens a page from the disk; at the end, whatever the browser complained about fails the test."""
    opened = []

    def opening(path, *, size=(1280, 800), color_scheme="light", anchor="", complaints=()):
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=color_scheme)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: _check_local(request.url, said))
        page.set_default_timeout(10_000)
        opened.append((page, said, complaints))
        page.goto(path.as_uri() + anchor)
        return page

    yield opening
    for page, said, expected in opened:
        page.close()
        unexpected = [text for text in said if not any(part in text for part in expected)]
        assert unexpected == []


def _check_local(url, said):
    if not url.startswith(("file:", "data:", "blob:")):
        said.append(f"asked for {url}")
