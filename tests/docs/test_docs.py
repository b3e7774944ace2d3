"""The documentation says what is there: links resolve; options, settings, rooms are described, none is invented."""

import re
from collections import Counter

import pytest
import typer
from doc_pages import (
    DOCS,
    NOT_RUN_LINES,
    PAGES,
    ROOT,
    anchors,
    blocks,
    links,
    name,
    prose,
    table_options,
    table_rows,
)

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.cli import app
from roadmark.clip.layout import CLIP_FILES, FOLDERS
from roadmark.clip.manifest import ClipManifest
from roadmark.clip.table import SCHEMA as LABEL_SCHEMA
from roadmark.generate import Recipe
from roadmark.incidents import INCIDENTS
from roadmark.scenario.carla_log import PacketKind
from roadmark.simulate import SimulateSettings
from roadmark.simulate.cameras import SensorAttributes, SensorEntry

COMMAND_PAGES = {
    "demo": ["demo"],
    "run": ["run"],
    "simulate": ["simulate"],
    "augment": ["augment"],
    "som": ["som"],
    "vqa": ["vqa"],
    "export": ["export"],
    "dataset-check": ["dataset", "check"],
    "drive-inspect": ["drive", "inspect"],
    "view": ["view"],
    "verify": ["verify"],
    "scenario": ["scenario", "inspect"],
    "scenario-events": ["scenario", "events"],
    "scenario-generate": ["scenario", "generate"],
    "scenario-stats": ["scenario", "stats"],
    "scenario-calibrate": ["scenario", "calibrate"],
    "scenario-import": ["scenario", "import"],
    "scenario-export": ["scenario", "export"],
    "map-town": ["map", "town"],
    "map-from-osm": ["map", "from-osm"],
    "clip": ["clip", "adopt"],
    "serve-chat": ["serve", "chat"],
    "serve-transfer": ["serve", "transfer"],
    "report": ["report"],
    "config": ["config", "show"],
}
"""Page of docs/commands to the command it describes."""

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt|workspace)/|\b[A-Z]:\\")


def command(words):
    found = typer.main.get_command(app)
    for word in words:
        found = found.commands[word]
    return found


def leaves(group, words=()):
    for word, found in group.commands.items():
        yield from leaves(found, (*words, word)) if hasattr(found, "commands") else [[*words, word]]


def options(words):
    parameters = [p for p in command(words).params if p.param_type_name == "option"]
    found = {option for p in parameters for option in (*p.opts, *p.secondary_opts)}
    return {option for option in found if option.startswith("--")} - {"--help"}


def page_of(word):
    return DOCS / "commands" / f"{word}.md"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_anchors_resolve(page):
    for link in links(page):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{name(page)}: {link} leads nowhere"
        if anchor:
            assert anchor in anchors(file), f"{name(page)}: {link}: no such heading; there are {sorted(anchors(file))}"


def test_every_page_is_reached_from_the_index():
    seen, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = [link.partition("#")[0] for link in links(page) if "://" not in link]
        waiting += [(page.parent / target).resolve() for target in targets if target]
    assert set(DOCS.rglob("*.md")) <= seen


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_path_of_one_machine(page):
    found = MACHINE_PATH.search(page.read_text(encoding="utf-8"))
    assert found is None, f"{name(page)}: {found}"


def test_every_command_has_its_page():
    assert sorted(leaves(typer.main.get_command(app))) == sorted(COMMAND_PAGES.values())
    assert {path.stem for path in (DOCS / "commands").glob("*.md")} == set(COMMAND_PAGES)


@pytest.mark.parametrize("word", COMMAND_PAGES)
def test_option_tables_list_exactly_the_commands_options(word):
    assert table_options(page_of(word)) == options(COMMAND_PAGES[word])


@pytest.mark.parametrize("word", COMMAND_PAGES)
def test_arguments_are_described(word):
    arguments = [p.name for p in command(COMMAND_PAGES[word]).params if p.param_type_name == "argument"]
    first = {row[0].strip("`") for row in table_rows(page_of(word))}
    assert {argument.upper() for argument in arguments} <= first


@pytest.mark.parametrize("word", COMMAND_PAGES)
def test_defaults_in_tables_are_the_commands(word):
    """A table whose header has a `default` column gives each option's own default, where it has a plain one."""
    shown = {}
    header = []
    for row in table_rows(page_of(word)):
        header = row if row[0] in {"option", "argument"} else header
        if row is not header and "default" in header:
            for option in re.findall(r"--[a-z][a-z_-]*", row[0]):
                shown[option] = row[header.index("default")].strip("`")
    for parameter in command(COMMAND_PAGES[word]).params:
        if (
            parameter.opts[0] in shown
            and parameter.default not in (None, False, True)
            and not callable(parameter.default)
        ):
            value = getattr(parameter.default, "value", parameter.default)
            assert shown[parameter.opts[0]] == str(value)


def defaults_in(page, first):
    """Defaults by name, of the tables of a page whose header begins with a word."""
    header, found = [], {}
    for row in table_rows(page):
        header = row if row[0] == first else header
        if header and row is not header and len(row) == len(header):
            found[row[0].strip("`")] = row[header.index("default")].strip("`")
    return found


def test_fields_of_recipes_are_the_models():
    found = defaults_in(DOCS / "formats" / "recipe.md", "field")
    fields = Recipe.model_fields
    assert list(found) == list(fields)
    for key, field in fields.items():
        default = field.default
        text = "none" if default in (None, ()) else ",".join(default) if isinstance(default, tuple) else str(default)
        assert found[key] == text, key


def test_every_incident_is_described_in_its_order():
    rows = [row[0].strip("`") for row in table_rows(DOCS / "incidents.md")]
    described = list(dict.fromkeys(row for row in rows if row in INCIDENTS))
    assert described == list(INCIDENTS)


def test_defaults_of_settings_are_the_models():
    found = defaults_in(DOCS / "formats" / "configuration.md", "setting")
    fields = SimulateSettings.model_fields
    assert set(found) >= set(fields), sorted(set(fields) - set(found))
    for key, field in fields.items():
        default = field.default
        text = "none" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
        assert found[key] == text, key


def words_of(page):
    return set(re.findall(r"`([^`\n]+)`", prose(page)))


def test_sensor_keys_and_conditions_are_described():
    text = words_of(DOCS / "formats" / "configuration.md")
    assert set(SensorEntry.model_fields) | set(SensorAttributes.model_fields) <= text
    assert {*WEATHER_NAMES, *LIGHTING_NAMES, *ROAD_NAMES} <= text


def test_every_file_and_field_of_a_clip_is_described():
    page = DOCS / "formats" / "clip.md"
    text = words_of(page)
    assert text >= CLIP_FILES
    assert {f"{folder}/" for folder in FOLDERS} <= text
    assert set(ClipManifest.model_fields) <= text
    assert set(LABEL_SCHEMA.names) <= text


def test_every_packet_is_described():
    text = prose(DOCS / "formats" / "carla-recording.md")
    for kind in PacketKind:
        assert kind.name.lower() in text, kind


def test_every_room_is_on_the_floor_plan():
    text = words_of(DOCS / "architecture.md")
    package = ROOT / "src" / "roadmark"
    rooms = {path.stem for path in package.iterdir() if path.is_dir() or path.suffix == ".py"}
    rooms = {room for room in rooms if not room.startswith("_")}
    assert rooms <= text


def test_tests_that_the_pages_name_exist():
    """`tests/room/test_file.py` and `tests/room/test_file.py::test_name` in prose are real."""
    pattern = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
    for page in PAGES:
        for file, test in pattern.findall(prose(page)):
            path = ROOT / file
            assert path.is_file(), f"{name(page)}: {file}"
            assert not test or f"def {test}(" in path.read_text(encoding="utf-8"), f"{name(page)}: {file}::{test}"


def test_modules_that_the_pages_name_exist():
    """`src/...` paths and `roadmark.x.y` names in prose are real."""
    for page in PAGES:
        for path in re.findall(r"`((?:src|benchmarks|docs)/[\w./-]+)`", prose(page)):
            assert (ROOT / path).exists(), f"{name(page)}: {path}"
        for dotted in re.findall(r"`(roadmark(?:\.\w+)+)`", prose(page)):
            assert _importable(dotted), f"{name(page)}: {dotted}"


def _importable(dotted):
    import importlib

    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_pictures_are_small_and_used():
    used = {(page.parent / link).resolve() for page in PAGES for link in links(page) if "://" not in link}
    for picture in (DOCS / "images").glob("*"):
        assert picture.stat().st_size <= 400_000, picture
        assert picture in used, f"{picture} is on no page"


def test_blocks_that_do_not_run_are_these_and_say_why():
    silent = [block for page in PAGES for block in blocks(page) if block.marker == "not run"]
    assert all(len(block.note) > 10 for block in silent), [block.where for block in silent]
    assert Counter(name(block.page) for block in silent) == {"docs/first-clip.md": 3}  # install, demo, download


def test_commands_that_do_not_run_are_still_somewhere():
    lines = [
        line for page in PAGES for block in blocks(page) if block.marker != "not run" for line in block.text.split("\n")
    ]
    for beginning in NOT_RUN_LINES:
        assert any(line.startswith(beginning) for line in lines), beginning
