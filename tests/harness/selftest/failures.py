"""Prints what learners read about wrong answers, and counts what should not be in it.

The answers are those of `tests/misconceptions`, or those in folders: one for each person.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.harness import catalog
from tests.harness.checker.output.writer import COLUMNS
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import run_pytest, write_answers

RUN_SECONDS = 1800.0
LINES = 15  # of an explanation, at most
SHAPE = re.compile(r"^ {6}\w+ +\(([\d, ]*)\) \w+ ", re.M)  # of a tensor that is an argument
ADDRESS = re.compile(r"0x[0-9a-f]{6,}|<locals>|\bobject at\b")


@dataclass(frozen=True)
class Failure:
    """What a learner reads about one wrong answer."""

    stem: str
    name: str  # of the answer
    text: str  # as printed, with its heading; empty if the answer is not wrong
    found: str | None  # the misconception that is named

    @property
    def law(self) -> str:
        """The law that is shown as broken."""
        heading = " ".join(re.split(r"\n\s*\n", self.text, maxsplit=1)[0].split())
        return heading.partition(" · ")[2]

    @property
    def size(self) -> int:
        """How many numbers the input has that is shown."""
        return sum(_product(shape) for shape in SHAPE.findall(self.text))

    def faults(self) -> Iterator[str]:
        """Yield the kinds of what should be otherwise."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        if not lines:
            yield "solved"
            return
        if len(lines) > LINES:
            yield f"more than {LINES} lines"
        if max(map(len, lines)) > COLUMNS:
            yield f"more than {COLUMNS} columns"
        if re.search(r"^ +gave ", self.text, re.M) and not re.search(
            r"^ +expected ", self.text, re.M
        ):
            yield "no expected"
        if ADDRESS.search(self.text):
            yield "an address"
        if re.search(r"^ +raised ", self.text, re.M) and not re.search(
            r"^ +\w+\(.*\)$", self.text, re.M
        ):
            yield "an exception without the call"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kata", metavar="STEM", action="append", help="a kata (default: all)")
    parser.add_argument("folders", metavar="DIR", nargs="*", type=Path, help="answers of a person")
    parser.add_argument("--mastery", action="store_true", help="as with `pytest --mastery`")
    parser.add_argument("--quiet", action="store_true", help="print the counts only")
    arguments = parser.parse_args()
    stems = arguments.kata or catalog.stems()
    with tempfile.TemporaryDirectory() as folder:
        people = arguments.folders or list(_people(Path(folder), stems, arguments.mastery))
        failures = [f for person in people for f in read(person, stems, arguments.mastery)]
    names_known = not arguments.folders
    if not arguments.quiet:
        for failure in failures:
            print(f"{'=' * COLUMNS}\n{failure.stem} {failure.name}: {_notes(failure, names_known)}")
            print(failure.text)
    for kind, count in count_faults(failures, names_known).most_common():
        print(f"{count:5}  {kind}")
    print(f"{len(failures):5}  answers")


def count_faults(failures: Sequence[Failure], names_known: bool) -> Counter[str]:
    """Count each kind of fault; an input is large if a smaller one shows that a law is broken."""
    smallest: dict[tuple[str, str], int] = {}
    for failure in failures:
        key = failure.stem, failure.law
        smallest[key] = min(failure.size, smallest.get(key, failure.size))
    counts: Counter[str] = Counter()
    for failure in failures:
        counts.update(failure.faults())
        counts.update(["named"] * (failure.found is not None))
        if names_known and failure.found not in (None, failure.name):
            counts["named otherwise"] += 1
        if failure.size > smallest[failure.stem, failure.law]:
            counts["an input larger than another for this law"] += 1
    return counts


def read(folder: Path, stems: Sequence[str], mastery: bool) -> Iterator[Failure]:
    """Check the answers in a folder; yield what is printed about each.

    A file `names.json` beside the answers has the names of the answers, by kata.
    """
    names_file = folder / "names.json"
    names: Mapping[str, str] = {}
    if names_file.is_file():
        names = json.loads(names_file.read_text(encoding="utf-8"))
    own = [stem for stem in stems if (folder / f"{stem}.py").is_file() and stem in (names or stems)]
    if not own:
        return
    with tempfile.TemporaryDirectory() as reports:
        report = Path(reports, "report.json")
        run = run_pytest(
            *(f"katas/{stem}.py" for stem in own), f"--answers={folder}", f"--report={report}",
            *["--mastery"] * mastery, seconds=RUN_SECONDS,
        )  # fmt: skip
        katas = json.loads(report.read_text(encoding="utf-8"))["katas"]
    texts = explanations(run.text)
    for kata in katas:
        stem = kata["kata"]
        text = texts.get(stem, "").replace(f"{folder}/", "")
        yield Failure(stem, names.get(stem, folder.name), text, kata["misconception"])


def explanations(text: str) -> dict[str, str]:
    """Split what a check prints into the explanations, by kata."""
    found = {}
    for section in re.split(r"^(?=✗ )", text.partition("\nPart ")[0], flags=re.M)[1:]:
        match = re.search(r"(k\d\d_\w+)\.py", section)
        if match:
            found[match[1]] = section.rstrip()
    return found


def _people(root: Path, stems: Sequence[str], mastery: bool) -> Iterator[Path]:
    """Write folders: the n-th has the n-th misconception of each kata, and right answers beside."""
    wrong = {stem: sample_answers.misconceptions(stem, mastery=mastery) for stem in stems}
    right = {stem: sample_answers.right(stem) for stem in catalog.stems()}
    for number in range(max(map(len, wrong.values()))):
        own = {
            stem: list(known.items())[number]
            for stem, known in wrong.items()
            if number < len(known)
        }
        texts = {stem: text for stem, (_, text) in own.items()}
        folder = write_answers(root / str(number), **{**right, **texts})
        names = {stem: name for stem, (name, _) in own.items()}
        (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")
        yield folder


def _notes(failure: Failure, names_known: bool) -> str:
    named = f"named {failure.found}" if failure.found else "not named"
    if names_known and failure.found == failure.name:
        named = "named"
    return ", ".join([named, *failure.faults()])


def _product(shape: str) -> int:
    product = 1
    for size in re.findall(r"\d+", shape):
        product *= int(size)
    return product


if __name__ == "__main__":
    main()
