"""`--hint` prints a kata's hints, one after another, and checks nothing."""

from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.output.hints import GIVEN, hint
from tests.harness.selftest.command import Run, run_pytest

KATA = "k01_download"  # it needs no torch, and so is quick
PATH = f"katas/{KATA}.py"


@pytest.fixture
def cached(tmp_path: Path) -> list[str]:
    """Flags that give pytest a cache of its own, which `run_pytest` would turn off."""
    return ["-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'cache'}"]


def ask(*arguments: str) -> str:
    """Run pytest, which has to end with 0; return what it prints, as one line."""
    run = run_pytest(*arguments)
    assert run.code == 0, run.text
    return " ".join(run.text.split())


def expected(number: int) -> str:
    return f"Hint {number} of {len(catalog.hints(KATA))}: {catalog.hints(KATA)[number - 1]}"


def test_each_time_the_next_hint_is_printed(cached: list[str]) -> None:
    count = len(catalog.hints(KATA))
    texts = [ask(*cached, PATH, "--hint") for _ in range(count + 2)]
    for number in range(1, count + 1):
        assert texts[number - 1].endswith(expected(number))
    assert texts[-2].endswith(f"The reference answer is solutions/{KATA}.py.")
    assert texts[-1].endswith(expected(1))
    assert all(text.startswith("k01 · Download a file once Hint") for text in texts[:count])
    assert not any(word in text for text in texts for word in ("solved", "to do", "wrong"))


def test_a_hint_is_printed_by_its_number_and_the_next_comes_after_it(cached: list[str]) -> None:
    assert ask(*cached, PATH, "--hint=2").endswith(expected(2))
    assert ask(*cached, PATH, "--hint").endswith(expected(3))


def test_a_value_that_is_not_a_number_is_a_path() -> None:
    assert ask("--hint", PATH).endswith(expected(1))
    assert ask("--hint", f"{PATH}::test_the_second_call_sends_no_request").endswith(expected(1))


def test_without_a_cache_it_is_the_first() -> None:
    for _ in range(2):
        assert ask(PATH, "--hint").endswith(expected(1))


@pytest.mark.parametrize("content", ["garbage", "[1]", f'{{"{KATA}": "x"}}', f'{{"{KATA}": -3}}'])
def test_a_broken_cache_counts_as_none(cached: list[str], tmp_path: Path, content: str) -> None:
    file = tmp_path / "cache" / "v" / GIVEN
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    assert ask(*cached, PATH, "--hint").endswith(expected(1))


def test_mastery_has_more_hints() -> None:
    stem = next(s for s in catalog.stems() if catalog.hints(s, mastery=True) != catalog.hints(s))
    hints, more = catalog.hints(stem), catalog.hints(stem, mastery=True)
    assert more[: len(hints)] == hints
    text = ask(f"katas/{stem}.py", "--mastery", f"--hint={len(more)}")
    assert text.endswith(f"Hint {len(more)} of {len(more)}: {more[-1]}")
    assert hint(stem, len(hints) + 1, mastery=False).startswith("Those were the hints.")
    assert hint(stem, len(hints) + 1, mastery=True).endswith(more[len(hints)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["katas/", "--hint"], "--hint is about one kata"),
        (["--hint"], "--hint is about one kata"),
        ([PATH, "--hint=0"], f"--hint=0: {KATA} has the hints 1 to"),
        ([PATH, "--hint=99"], f"--hint=99: {KATA} has the hints 1 to"),
        ([PATH, "--hint", "--watch"], "under --watch, press h"),
    ],
)
def test_what_cannot_be_hinted_at_is_told_in_a_line(arguments: list[str], said: str) -> None:
    run: Run = run_pytest(*arguments)
    assert run.code == 4
    assert said in run.text
    assert "Traceback" not in run.text
