"""What the documents say is true: numbers, names, links and commands."""

import importlib.util
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker.answer_files import AnswerFolder
from tests.harness.checker.output import file_warnings
from tests.harness.selftest.command import run_pytest, write_answers

ROOT = catalog.ROOT
HARNESS = ROOT / "tests" / "harness"
GUIDE = "solutions/README.md"
CONTRIBUTING = ".github/CONTRIBUTING.md"
HOW_IT_WORKS = "tests/harness/README.md"
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for place in ("*.md", ".github/**/*.md", "katas/*.md", "solutions/*.md", "tests/**/*.md")
    for path in sorted(ROOT.glob(place))
]
UNITS = {"MB", "GB"}
# Where each limit is told, and in which words.
TOLD = {
    "TEST_SECONDS": (GUIDE, "| time for one test | {} seconds,"),
    "MEMORY_BYTES": (GUIDE, "| memory, besides what the tests take | {} |"),
    "FILE_BYTES": (GUIDE, "| one file that it writes | {} |"),
    "FOLDER_BYTES": (GUIDE, "| its temporary folder | {} in at most"),
    "FOLDER_FILES": (GUIDE, "in at most {} files |"),
    "PROCESSES": (GUIDE, "| processes at a time | {} |"),
    "ANSWER_BYTES": (GUIDE, "| the text of its own file | {} |"),
    "PRINTED_LINES": (GUIDE, "the last {} lines that the answer printed"),
    "TEXT_CHARACTERS": (GUIDE, "the explanation, of at most {} characters"),
    "MISNAMED_FILES": (GUIDE, "points out the first {} of them"),
    "EXAMPLES": (HOW_IT_WORKS, "Hypothesis draws {} inputs"),
    "SHRINKING_SECONDS": (HOW_IT_WORKS, "the simplest one that fails for at most {} seconds"),
    "DIAGNOSIS_SECONDS": (HOW_IT_WORKS, "in a fork of the child, for at most {} seconds"),
    "DIAGNOSIS_EXAMPLES": (HOW_IT_WORKS, "on {} inputs of the failing test"),
    "DIAGNOSIS_EXAMPLES_OF_OTHERS": (HOW_IT_WORKS, "and {} inputs of each other test"),
    "BETWEEN_TESTS_SECONDS": (HOW_IT_WORKS, "says nothing for {} seconds between two tests"),
    "BUSY_FACTOR": (GUIDE, "in any case after {} times that on the clock"),
    "DISK_CHECK_SECONDS": (HOW_IT_WORKS, "every {} seconds at the size of the temporary folder"),
    "REPOSITORY_TEST_SECONDS": (CONTRIBUTING, "A test of the repository may take {} seconds"),
    "SEED_SECONDS": (CONTRIBUTING, "{} seconds more for each of `--seeds`"),
    "MUTANT_SECONDS": (CONTRIBUTING, "runs for more than {} seconds counts as refused"),
}
INVENTED = "k47_name"  # a kata that is an example of a new one
NOT_IN_THE_HELP = {"--lf", "--junitxml"}  # pytest's help has only their other names
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
PLACE = re.compile(r"(?:katas|solutions|tests|\.ci|\.github)/[\w./-]*\w")
SUM = "def nll(input, target):\n    return -input[range(len(target)), target].sum()\n"
LAW = "katas/k08_nll.py::test_the_loss_of_a_batch_is_the_mean_over_its_rows"


def test_the_table_of_katas_is_complete() -> None:
    text = _read("katas/README.md")
    assert text[text.index("## ") :] == _table_of_katas()


@pytest.mark.parametrize("folder", [catalog.KATAS, catalog.SOLUTIONS], ids=lambda path: path.name)
def test_a_readme_beside_answers_is_not_taken_for_one(folder: Path) -> None:
    assert (folder / "README.md").is_file()
    assert file_warnings.of_unchecked_files(AnswerFolder.of_repository(folder)) == []


def test_the_limits_are_told() -> None:
    assert _untold() == []


def test_every_limit_is_told_somewhere() -> None:
    assert {name for name in vars(limits) if name.isupper()} == UNITS | set(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_another_limit_is_not_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, name, 3 * getattr(limits, name))
    assert _untold() == [name]


def test_the_tree_of_the_machinery_is_complete() -> None:
    modules = HARNESS.rglob("*.py")
    there = {path.relative_to(HARNESS).as_posix() for path in modules if path.stem != "__init__"}
    told = list(_tree())
    assert sorted(told) == sorted(there)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _read(document)):
        name, _, heading = target.partition("#")
        if re.match(r"https?:", name):
            continue
        path = (ROOT / document).parent / name if name else ROOT / document
        if not path.exists() or (heading and heading not in _anchors(path)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if "CHANGELOG" not in name])
def test_the_paths_in_code_exist(document: str) -> None:
    paths = {path for code in _code(document) for path in PLACE.findall(code)}
    missing = {path for path in paths if not (ROOT / path).exists()}
    assert {path for path in missing if INVENTED not in path} == set()


@pytest.fixture(scope="module")
def flags() -> set[str]:
    """The flags that pytest takes here."""
    return NOT_IN_THE_HELP.union(re.findall(r"(--[a-z][\w-]*)", run_pytest("--help").text))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_pytest_knows_the_flags_in_its_commands(document: str, flags: set[str]) -> None:
    commands = [rest for code in _code(document) for rest in re.findall(r"\bpytest (.*)", code)]
    commands += [code for code in _code(document) if code.startswith("--")]
    used = {flag for command in commands for flag in re.findall(r"(?<!\S)--[\w-]+", command)}
    assert used - flags == set()


def test_our_own_flags_are_explained() -> None:
    ours = set(re.findall(r'"(--[a-z-]+)"', _read("conftest.py")))
    spans = {span for document in DOCUMENTS for span in _code(document)}
    assert {flag for flag in ours if not any(flag in span for span in spans)} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_in_commands_exist_and_take_their_flags(document: str) -> None:
    for code in _code(document):
        for name, rest in re.findall(r"python -m (tests\.[\w.]+)(.*)", code):
            found = importlib.util.find_spec(name)
            assert found is not None, name
            assert found.origin is not None, name
            source = Path(found.origin).read_text(encoding="utf-8")
            assert [flag for flag in re.findall(r"--[\w-]+", rest) if flag not in source] == []


def test_the_list_of_commands_is_complete() -> None:
    listed = set(re.findall(r"^\| `python -m ([\w.]+)", _read(CONTRIBUTING), re.MULTILINE))
    modules = {path: path.read_text(encoding="utf-8") for path in HARNESS.rglob("*.py")}
    commands = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path, source in modules.items()
        if '\nif __name__ == "__main__":' in source
    }
    assert listed == commands


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What the check prints and reports that the documents have as their example."""
    folder = write_answers(tmp_path_factory.mktemp("documents") / "alice", k08_nll=SUM)
    report = folder.with_name("alice.json")
    run = run_pytest(LAW, f"--answers={folder}", f"--report={report}")
    return run.text, json.loads(report.read_bytes())


def test_the_explanation_in_the_readme_is_what_is_printed(checked: tuple[str, Any]) -> None:
    shown = _read("README.md").partition("✗ katas/k08_nll.py · ")[2].partition("\nPart 1")[0]
    assert shown.count("\n") > 5
    heading, explanation = shown.split("\n", 1)
    assert f"k08_nll.py · {heading}" in " ".join(checked[0].split())
    assert explanation in checked[0]


def test_the_report_in_the_guide_is_what_is_written(checked: tuple[Any, dict[str, Any]]) -> None:
    told = json.loads(_read(GUIDE).partition("```json\n")[2].partition("```")[0])
    (kata,) = checked[1]["katas"]
    message = told["tests"][0]["message"]
    assert all(part in checked[1]["tests"][0]["message"] for part in message.split("…"))
    for ours in (told, checked[1]):  # what differs from one check to the next
        ours["tests"][0]["message"] = ""
        ours["katas"][0]["seconds"] = 0
        ours["judge"] = sorted(ours["judge"])
    kata["file"] = "/".join(Path(kata["file"]).parts[-2:])
    assert told == checked[1]


def _read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def _table_of_katas() -> str:
    """Write the table of katas, as it is in `katas/README.md`."""
    parts = []
    cards = [catalog.card(stem) for stem in catalog.stems()]
    for part, group in itertools.groupby(cards, key=lambda card: card.part):
        rows = [f"| [`{card.stem}`]({card.stem}.py) | {card.title} |\n" for card in group]
        parts.append(f"## {part}\n\n| kata | what it is about |\n| --- | --- |\n{''.join(rows)}")
    return "\n".join(parts)


def _untold() -> list[str]:
    """Name the limits of which the documents have another number."""
    return [
        name
        for name, (document, words) in TOLD.items()
        if words.format(_number(name)) not in " ".join(_read(document).split())
    ]


def _number(name: str) -> str:
    """Write a limit as the documents do: 2 GB, 10,000, 0.5."""
    value = getattr(limits, name)
    if not name.endswith("_BYTES"):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    if value % limits.GB == 0:
        return f"{value // limits.GB} GB"
    return f"{value // (limits.MB if value % limits.MB == 0 else 10**6)} MB"


def _tree() -> Iterator[str]:
    """Read the paths out of the tree, in which a folder's name ends in a slash."""
    folders: list[str] = []
    tree = _read(HOW_IT_WORKS).partition("```text\n")[2].partition("```")[0]
    for line in filter(str.strip, tree.splitlines()):
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        folders = folders[:depth]
        if name.endswith("/"):
            folders.append(name)
        else:
            yield "".join([*folders, name])


def _anchors(path: Path) -> set[str]:
    """Return what GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def _code(document: str) -> list[str]:
    """Return what a document has as code: spans, and blocks line by line."""
    found = CODE.findall(_read(document))
    return [line for block, span in found for line in (block or span).splitlines()]
