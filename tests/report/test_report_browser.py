"""The page in a real browser, opened from the disk: what is shown is what was asked for, to the frame."""

import os
import shutil

import cv2
import numpy as np
import pytest
from report_samples import CARS, FRAMES, gray_of, question, write_grays

from labelled_world import write_world
from roadmark.dataset import write_samples
from roadmark.report import places, write_report

ATTEMPTS = 30
"""Pictures of the screen that are taken until one is as it should be."""

SHOWN = """() => {
    const shown = video => video.readyState >= 2 && !video.seeking && !video.error;
    return document.querySelector('.pane') && [...document.querySelectorAll('.pane video')].every(shown);
}"""


@pytest.fixture
def crash(open_page, made_dataset):
    """The page with the clip "crash"."""
    page = open_page(made_dataset / "report.html")
    page.wait_for_function(SHOWN)
    return page


def settled(page):
    """Wait until videos show what was last asked for."""
    page.wait_for_function(SHOWN)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def gray(page, pane: int, at: float) -> float:
    """Mean gray of a patch in the middle of a pane's height, as it is on the screen."""
    settled(page)
    image = cv2.imdecode(np.frombuffer(page.locator(".pane").nth(pane).screenshot(), np.uint8), cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    x = int(at * width)
    return float(image[height // 2 - 5 : height // 2 + 5, x - 5 : x + 5].mean())


def shows(page, expected: float, pane: int = 0, at: float = 0.5) -> bool:
    """Whether a pane comes to show a gray: a browser paints a frame some time after it has it."""
    return any(abs(gray(page, pane, at) - expected) <= 4 for _ in range(ATTEMPTS))


def frame(page) -> int:
    return int(page.locator("#scrubber").input_value())


def seek(page, number: int) -> None:
    page.locator("#scrubber").fill(str(number))


def test_the_first_clip_is_there_at_once(crash):
    assert crash.title() == "dataset – Roadmark"
    assert crash.locator("#clip-name").inner_text() == "crash"
    assert crash.locator("#clip-list li").count() == 2
    assert crash.locator("#time").inner_text().split() == ["0:00.00", "frame", "0", "of", str(FRAMES)]
    assert crash.locator("#versions .chip").all_inner_texts() == [
        "Original · clear sky · mid morning · dry", "Augmentation 0", "Augmentation 1",
    ]  # fmt: skip
    assert crash.locator("#modalities .chip").all_inner_texts() == ["RGB", "Marks", "Segmentation", "Edges"]


@pytest.mark.parametrize("number", [0, 4, 9])
def test_scrubbing_shows_the_very_frame(crash, number):
    seek(crash, number)
    assert shows(crash, gray_of(number))


def test_keys_step_by_frames_and_seconds(crash):
    for key, expected in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("Shift+ArrowRight", 6), ("End", 9)):
        crash.keyboard.press(key)
        assert frame(crash) == expected, key
    assert shows(crash, gray_of(9))
    crash.keyboard.press("Home")
    assert shows(crash, gray_of(0))


def test_space_plays_to_the_end_and_stops_without_a_loop(crash):
    crash.locator("#loop").uncheck()
    crash.locator("#rate").select_option("2")
    crash.locator("#clip-name").click()
    crash.keyboard.press("Space")
    assert crash.locator("#play").get_attribute("aria-label") == "Pause"
    crash.wait_for_function("() => document.getElementById('play').getAttribute('aria-label') === 'Play'")
    assert frame(crash) == FRAMES - 1


def test_another_modality_shows_the_same_frame(crash):
    seek(crash, 4)
    crash.get_by_role("button", name="Marks", exact=True).click()
    assert shows(crash, gray_of(4) + 10)


@pytest.mark.parametrize(("number", "expected"), [(0, 40), (2, 90), (5, 140), (9, 190)])
def test_a_shorter_augmentation_follows_its_frame_map(crash, number, expected):
    """Its frames show frames 0, 3, 5, 7 of the clip; each is shown where it is the nearest."""
    crash.locator("#modes .chip", has_text="Side by side").click()
    crash.locator("#other").select_option(label="RGB – Augmentation 0")
    seek(crash, number)
    assert shows(crash, gray_of(number), pane=0)
    assert shows(crash, expected, pane=1)


def test_swiping_parts_two_pictures(crash):
    crash.locator("#modes .chip", has_text="Swipe").click()
    crash.locator("#other").select_option(label="RGB – Augmentation 1")
    seek(crash, 9)
    crash.locator(".swipe-handle").fill("40")
    assert shows(crash, gray_of(9), at=0.2)
    assert shows(crash, 190, at=0.6)


def test_an_overlay_mixes_by_its_opacity(crash):
    crash.locator("#modes .chip", has_text="Overlay").click()
    crash.locator("#other").select_option(label="RGB – Augmentation 1")
    seek(crash, 9)
    crash.locator("#opacity").fill("25")
    assert shows(crash, 0.75 * gray_of(9) + 0.25 * 190)
    crash.locator("#blend").select_option("difference")
    crash.locator("#opacity").fill("100")
    assert shows(crash, gray_of(9) - 190)


def test_pictures_of_frames_are_shown_where_there_is_no_video(open_page, made_dataset, tmp_path):
    """`quiet` has all its videos, so its rgb video is taken out of the manifest: its frames are gray 0, 1, 2, ..."""
    clip = tmp_path / "clip"
    shutil.copytree(made_dataset.parent / "simulated" / "quiet", clip)
    manifest = (clip / "clip.json").read_text()
    (clip / "clip.json").write_text(manifest.replace('"videos": ["rgb", ', '"videos": ['))
    page = open_page(write_report(clip).page)
    page.wait_for_function("() => document.querySelector('.pane img')?.dataset.frame === '0'")
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('.pane img')?.dataset.frame === '9'")
    page.locator("#modes .chip", has_text="Overlay").click()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('.pane img')?.dataset.frame === '0'")


def test_an_event_shows_its_moment_and_who_took_part(crash):
    """Contact is at 1.05 s, between frames 5 and 6: the first that shows it is 6."""
    collision = crash.locator(".event").first
    assert collision.locator(".event-name").inner_text().split("\n")[0].startswith("collision vehicle vehicle")
    actors = [" ".join(text.split()) for text in collision.locator(".actor").all_inner_texts()]
    assert actors == ["orange car 11 striking", "blue car 12 struck"]
    collision.click()
    assert frame(crash) == 6
    assert "now" in collision.get_attribute("class")
    pair = crash.locator(".event").nth(1)
    assert pair.locator(".event-name").inner_text().startswith("no collision closest")
    pair.click()
    assert frame(crash) == 2


def test_a_question_on_marks_shows_the_marked_video_at_its_time(crash):
    item = crash.locator(".question", has_text="When do 11 and 12 meet?")
    assert item.locator(".answer").inner_text() == "from 1.2 s to 1.6 s"
    assert item.locator(".marks").inner_text().split() == ["marks", "11", "orange", "car", "12", "blue", "car"]
    item.locator(".question-head").click()
    assert crash.locator("#modalities .chip[aria-pressed=true]").inner_text() == "Marks"
    assert frame(crash) == 6
    assert shows(crash, gray_of(6) + 10)
    assert crash.locator(".asked").is_visible()


def test_times_of_a_question_are_those_of_the_video_it_is_about(crash):
    """0.25 s of the augmentation (10 frames/s) is its frame 2, which shows the clip's frame 5, gray 140."""
    crash.locator("#all-versions").check()
    crash.locator(".question", has_text="Is it night?").locator(".question-head").click()
    assert crash.locator("#versions .chip[aria-pressed=true]").inner_text() == "Augmentation 0"
    assert frame(crash) == 5
    assert shows(crash, 140)


def test_questions_are_those_of_the_version_and_family(crash):
    texts = crash.locator(".asked-text")
    assert texts.count() == 3
    crash.locator("#families .chip", has_text="conditions").click()
    assert texts.all_inner_texts() == ["How is the weather?\nA. clear\nB. fog\nAnswer with a letter."]
    assert crash.locator(".line.right").inner_text() == "A. clear"
    crash.locator("#versions .chip", has_text="Augmentation 0").click()
    assert texts.all_inner_texts() == ["Is it night?"]
    crash.locator("#hide-answers").check()
    assert "blur" in crash.locator(".answer span").evaluate("node => getComputedStyle(node).filter")


def test_clips_are_narrowed_by_split_event_and_name(crash):
    visible = crash.locator("#clip-list li:visible .clip-text b")
    crash.locator("#clip-side").select_option("val")
    assert visible.all_inner_texts() == ["quiet"]
    crash.locator("#clip-side").select_option("")
    crash.locator("#clip-holds").select_option("event:collision")
    assert visible.all_inner_texts() == ["crash"]
    crash.locator("#clip-holds").select_option("")
    crash.locator("#clip-search").fill("QUI")
    assert visible.all_inner_texts() == ["quiet"]
    crash.locator("#clip-list li:visible button").click()
    crash.wait_for_function("() => document.getElementById('clip-name').textContent === 'quiet'")
    assert crash.locator(".no-events").is_visible()


def test_verification_leads_to_the_video_beside_its_source(crash):
    crash.get_by_role("tab", name="Verification").click()
    assert crash.locator("#verdict-filter .chip").all_inner_texts() == ["All 2", "Accepted 1", "Rejected 1"]
    crash.locator("#verdict-filter .chip", has_text="Rejected").click()
    assert crash.locator(".reasons").all_inner_texts() == ["too dark"]
    crash.locator("#verdicts .link").click()
    settled(crash)
    assert crash.locator(".stage.side .pane-label").all_inner_texts() == ["Original – RGB", "Augmentation 1 – RGB"]


def test_statistics_and_provenance_are_there(crash):
    crash.get_by_role("tab", name="Statistics").click()
    titles = crash.locator("figcaption").all_inner_texts()
    assert titles[:2] == ["Questions by family", "Balance of answers"]
    assert "Right without looking" in titles
    assert crash.locator("#statistics svg").count() == len(titles)
    crash.get_by_role("tab", name="Provenance").click()
    assert "by clip, seed 0: train 50 %, val 50 %" in crash.locator("#provenance").inner_text()


@pytest.mark.parametrize(
    ("size", "color_scheme"), [((1280, 800), "dark"), ((800, 900), "light"), ((400, 800), "light")]
)
def test_nothing_sticks_out_at_any_width(open_page, made_dataset, size, color_scheme):
    page = open_page(made_dataset / "report.html", size=size, color_scheme=color_scheme)
    page.wait_for_function(SHOWN)
    for mode in page.locator("#modes .chip").all_inner_texts():
        page.locator("#modes .chip", has_text=mode).click()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0], mode
    for tab in ("Statistics", "Verification", "Provenance"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0], tab


def test_text_has_contrast_in_light_and_dark(open_page, made_dataset):
    """WCAG's 4.5 to 1 for running text, on the panels' ground."""
    for scheme in ("light", "dark"):
        page = open_page(made_dataset / "report.html", color_scheme=scheme)
        for name in ("--ink", "--quiet", "--accent", "--good", "--bad", "--warn"):
            assert contrast(color(page, name), color(page, "--panel")) >= 4.5, (scheme, name)


def color(page, name):
    value = page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", name)
    return [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def contrast(one, other):
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb):
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


HOSTILE = '</script><script>window.hurt=1</script><img src=x onerror="window.hurt=1"> & \u2028 "\''


def test_hostile_texts_are_only_texts(open_page, dataset):
    samples = [question(1, text=HOSTILE, answer=HOSTILE, map_name=HOSTILE, event=HOSTILE, facts={HOSTILE: HOSTILE})]
    write_samples(dataset / "samples.jsonl", samples)
    events = dataset.parent / "simulated" / "crash" / "events_collision.json"
    events.write_text(events.read_text().replace("The orange car hits the blue one.", "</script><b>x</b>"))
    (events.parent / "events.json").unlink(missing_ok=True)
    page = open_page(write_report(dataset).page)
    page.wait_for_function(SHOWN)
    page.locator("details.facts summary").click()
    assert page.evaluate("() => window.hurt") is None
    assert page.locator(".asked-text").inner_text() == HOSTILE
    assert page.locator(".answer").inner_text() == HOSTILE
    assert page.locator(".event").first.get_attribute("title").startswith("</script><b>x</b>")
    assert page.locator("script").count() == 4  # the index, two clips, the page's own


def test_hostile_names_are_only_texts(open_page, tmp_path):
    """Names of folders may hold anything but a slash; this one is no text, either."""
    root = tmp_path / "<img src=x onerror=window.hurt=1>"
    name = os.fsdecode(b"M\xfcller '\"><script>window.hurt=1<!-- %23#?")
    write_world(root / name, CARS, seconds=0.4, with_map=False, videos="default")
    shutil.rmtree(root / name / "rgb")
    page = open_page(write_report(root).page)
    page.wait_for_function(SHOWN)
    assert page.evaluate("() => window.hurt") is None
    assert page.title() == "<img src=x onerror=window.hurt=1> – Roadmark"
    assert page.locator("#clip-name").inner_text().startswith("M")


def test_many_clips_are_read_when_they_are_opened(open_page, dataset, monkeypatch):
    monkeypatch.setattr(places, "MAX_INLINED", 100)
    report = write_report(dataset)
    assert sorted(file.name for file in report.data.iterdir()) == ["0.js", "1.js"]
    page = open_page(report.page, complaints=("ERR_FILE_NOT_FOUND",))
    page.wait_for_function(SHOWN)
    assert page.locator(".question").count() == 3
    (report.data / "1.js").unlink()
    page.keyboard.press("]")
    page.wait_for_function("() => !document.getElementById('clip-loading').hidden")
    expected = "report_clips/1.js cannot be read; keep the folder report_clips beside this page"
    page.wait_for_function("said => document.getElementById('clip-loading').textContent === said", arg=expected)


def test_an_embedded_page_can_be_moved_alone(open_page, dataset, tmp_path):
    written = write_report(dataset, embed=True).page
    page = open_page(written.rename(tmp_path / "alone.html"))
    page.wait_for_function(SHOWN)
    page.locator("#modes .chip", has_text="Side by side").click()
    page.locator("#other").select_option(label="RGB – Augmentation 0")
    seek(page, 5)
    assert shows(page, gray_of(5), pane=0)
    assert shows(page, 140, pane=1)


def test_a_video_that_goes_missing_later_is_said(open_page, dataset):
    page = write_report(dataset).page
    (dataset / "videos" / "crash" / "rgb.mp4").unlink()
    shown = open_page(page, complaints=("ERR_FILE_NOT_FOUND",))
    expected = "RGB: cannot be played: the file is missing or damaged, or this browser plays no H.264"
    assert shown.locator(".pane-fault").inner_text() == expected
    write_grays(dataset / "videos" / "crash" / "rgb.mp4")


def test_tabs_are_reached_by_arrows(crash):
    crash.get_by_role("tab", name="Clips").focus()
    for key, expected in (("ArrowRight", "statistics"), ("ArrowLeft", "clips"), ("ArrowLeft", "provenance")):
        crash.keyboard.press(key)
        assert crash.locator("section.view:visible").get_attribute("id") == expected
    assert frame(crash) == 0


def test_the_address_leads_to_a_clip_or_view(open_page, made_dataset):
    page = open_page(made_dataset / "report.html", anchor="#clip-1")
    page.wait_for_function("() => document.getElementById('clip-name').textContent === 'quiet'")
    page = open_page(made_dataset / "report.html", anchor="#statistics")
    assert page.locator("section.view:visible").get_attribute("id") == "statistics"


def test_on_a_narrow_page_a_question_brings_its_video_into_view(open_page, made_dataset):
    page = open_page(made_dataset / "report.html", size=(800, 600))
    page.wait_for_function(SHOWN)
    item = page.locator(".question", has_text="When do 11 and 12 meet?")
    item.scroll_into_view_if_needed()
    item.locator(".question-head").click()
    top = page.locator("#stage").bounding_box()["y"]
    assert top == pytest.approx(0, abs=1)
