"""JSON in what models write."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.endpoints import json_from_text
from roadmark.errors import FormatError

WANTED = [{"category": "weather", "words": ["rain", "a // b"]}]
PLAIN = '[{"category": "weather", "words": ["rain", "a // b"]}]'


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"Here you are:\n```json\n{PLAIN}\n```\nAnything else?",
        f"```\r\n{PLAIN}\r\n```",
        f"<think>[1, 2] might do</think>\n{PLAIN}",
        f"{PLAIN} is my answer [sic].",
        '[{"category": "weather", // the sky\n "words": ["rain", "a // b",], /* two */ }]',
        '# words\n[{"category": "weather", # the sky\n "words": ["rain", "a // b"]}]',
        f"I see [brackets] and {{braces}} first. {PLAIN}",
    ],
)
def test_json_is_found_whatever_is_around_it(text):
    assert json_from_text(text) == WANTED


def test_hashes_and_slashes_within_strings_stay():
    assert json_from_text('{"url": "http://a/#b", "c": "/* d */"}') == {"url": "http://a/#b", "c": "/* d */"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no brackets",
        "[1, 2",
        "<think>[1]",
        '"rain"',
        "[" * 50_000,
        "{" * 50_000,
        "/*" * 400_000,
        '"' + '\\"' * 400_000,
    ],
)
def test_what_holds_none_is_refused(text):
    with pytest.raises(FormatError, match="holds no JSON object or array"):
        json_from_text(text)


def test_answers_without_end_are_not_searched():
    with pytest.raises(FormatError, match="more than 1000000 characters"):
        json_from_text("[" * 1_000_001)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
WORDS = st.text(alphabet="abc. :;\n-", max_size=30)


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES), WORDS, WORDS, st.sampled_from([None, 1]))
def test_whatever_is_written_among_words_is_read_back(value, before, after, indent):
    assert json_from_text(f"{before}{json.dumps(value, indent=indent)} {after}") == value
