"""Reading the documentation's pages: code blocks with their markers, links, headings and tables."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]

NOT_RUN_LINES = {
    "make ": "sets up a virtual environment or runs these very tests",
}
"""Beginnings of commands that do not run here, and why."""

_FENCE = re.compile(r"^```(\w*)\s*$")
_MARKER = re.compile(r"^<!-- (not run|file|needs data)(?:: (.*?))? -->$")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One fenced block.

    `marker` is the HTML comment on the line before it, with its text: `not run: reason`, `file: name` (the block is a
    file that later blocks use) or `needs data: reason`.
    """

    page: Path
    line: int
    language: str
    text: str
    marker: str = ""
    note: str = ""

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    start, language, marker, note = 0, "", "", ""
    inside = False
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line.strip())
        if fence and not inside:
            inside, start, language = True, number, fence[1]
            before = _MARKER.match(lines[number - 2].strip()) if number > 1 else None
            marker, note = (before[1], before[2] or "") if before else ("", "")
        elif line.strip() == "```" and inside:
            inside = False
            found.append(Block(page, start, language, "\n".join(lines[start : number - 1]) + "\n", marker, note))
    assert not inside, f"{page}: a code block that opens at line {start} never ends"
    return found


def prose(page: Path) -> str:
    """The page without its code blocks."""
    kept, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("```"):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def links(page: Path) -> list[str]:
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
        number, unique = 0, slug
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found.add(unique)
    return found


def table_rows(page: Path) -> list[list[str]]:
    """Cells of all tables of a page, rulers left out."""
    rows = [line for line in prose(page).splitlines() if line.startswith("|") and not set(line) <= set("|-: ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))] for row in rows]


def table_options(page: Path) -> set[str]:
    """Options that the first columns of a page's tables name."""
    return {option for row in table_rows(page) for option in re.findall(r"--[a-z][a-z_-]*", row[0])}
