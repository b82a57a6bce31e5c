"""What an answer printed or raised can neither move a cursor nor fill a report."""

from typing import Any

import pytest

from tests.harness import limits
from tests.harness.checker.sanitize import sanitize

ESCAPED = {
    "an escape code": ("\x1b[2J", r"\x1b[2J"),
    "a bell": ("\a", r"\x07"),
    "a null": ("\0", r"\x00"),
    "a delete": ("\x7f", r"\x7f"),
    "a control character of eight bits": ("\x9b31m", r"\x9b31m"),
    "a right-to-left override": ("\u202eabc", r"\u202eabc"),
    "an isolate": ("\u2066a\u2069", r"\u2066a\u2069"),
    "a line separator": ("a\u2028b", r"a\u2028b"),
    "a lone surrogate": ("\ud800", r"\ud800"),
    "a non-character": ("\uffff", r"\uffff"),
    "a vertical tab": ("\v", r"\x0b"),
}
KEPT = ["", "plain", "two\nlines", "a\ttab", "naïve – 한국어 ∇f 😀", r"\x1b"]


@pytest.mark.parametrize("what", ESCAPED)
def test_what_cannot_be_printed_is_escaped(what: str) -> None:
    text, escaped = ESCAPED[what]
    assert sanitize(text) == escaped
    assert sanitize(escaped) == escaped
    escaped.encode()  # as a file or a terminal will


@pytest.mark.parametrize("text", KEPT)
def test_other_text_is_kept(text: str) -> None:
    assert sanitize(text) == text


def test_ends_of_lines_become_one_kind() -> None:
    assert sanitize("a\r\nb\rc\n") == "a\nb\nc\n"


def test_a_long_text_is_cut() -> None:
    most = limits.TEXT_CHARACTERS
    assert sanitize("x" * most) == "x" * most
    assert sanitize("x" * (most + 1)) == "x" * (most - 1) + "…"
    assert len(sanitize("\0" * most)) == most  # it is longer once it is escaped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["\0", ("\0", 1)], [r"\x00", [r"\x00", 1]]),
        ({"\0": {"a": "\0"}}, {r"\x00": {"a": r"\x00"}}),
        (None, None),
        (1.5, 1.5),
        (True, True),
        ([], []),
    ],
)
def test_what_holds_texts_is_gone_through(value: Any, expected: Any) -> None:
    assert sanitize(value) == expected
