"""Answers are found under the names that learning platforms give files, where that is safe."""

import zipfile
from pathlib import Path

import pytest

from tests.harness.checker.answer_files import AnswerFolder, find_answers
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import Run, run_pytest, write_answers

STEM = "k09_accuracy"
CANVAS = "lovelaceada_12345_67890_"
MOODLE = "Ada Lovelace_4711_assignsubmission_file_"
BLACKBOARD = "HW1_alovelace_attempt_2026-01-31-23-59-59_"


def write(folder: Path, *names: str) -> Path:
    """Write files whose text is their own path; return the folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}", encoding="utf-8")
    return folder


def found(folder: Path) -> AnswerFolder:
    """Find the answers in a folder."""
    copies = folder.with_name("copies")
    copies.mkdir()
    return find_answers(folder, copies)


def text(answers: AnswerFolder, stem: str = STEM) -> str:
    """Return the name of the file that is taken for an answer, as its text has it."""
    return (answers.path / f"{stem}.py").read_text(encoding="utf-8").removeprefix("# ")


@pytest.mark.parametrize(
    "name",
    [
        f"{CANVAS}{STEM}.py", f"lovelaceada_LATE_12345_67890_{STEM}.py",
        f"{CANVAS}{STEM}-1.py", f"{STEM}-1.py", f"{MOODLE}{STEM}.py", f"{BLACKBOARD}{STEM}.py",
        f"이순신_12345_67890_{STEM}.py",
    ],
)  # fmt: skip
def test_the_only_file_for_a_kata_is_used(name: str, tmp_path: Path) -> None:
    answers = found(write(tmp_path / "ada", name))
    assert text(answers) == name
    assert answers.original(STEM) == tmp_path / "ada" / name
    assert answers.remarks == []


@pytest.mark.parametrize(
    "name",
    [
        f"test_{STEM}.py", f"old_{STEM}.py", f"{STEM} (1).py", f"{STEM}_1.py", f"{STEM}-a.py",
        f"{CANVAS}accuracy.py", f"{CANVAS}{STEM}.txt", f"my_12345_{STEM}.py", f"{STEM}-1.py.txt",
    ],
)  # fmt: skip
def test_a_name_that_may_mean_something_else_is_not_used(name: str, tmp_path: Path) -> None:
    answers = found(write(tmp_path / "ada", name))
    assert answers.path == tmp_path / "ada"
    assert not answers.originals


def test_answers_under_their_own_names_stay_where_they_are(tmp_path: Path) -> None:
    answers = found(write(tmp_path / "ada", f"{STEM}.py", "helpers.py", "old/notes.txt"))
    assert answers == AnswerFolder.of_repository(tmp_path / "ada")


def test_the_last_upload_is_used_and_that_is_said(tmp_path: Path) -> None:
    names = [f"{CANVAS}{STEM}.py", f"{CANVAS}{STEM}-2.py", f"{CANVAS}{STEM}-10.py"]
    answers = found(write(tmp_path / "ada", *names))
    assert text(answers) == names[2]
    assert [remark.partition("/ada/")[2] for remark in answers.remarks] == [
        f"{name} was not checked, and {names[2]} was." for name in names[:2]
    ]


def test_a_numbered_upload_comes_after_one_without_a_number(tmp_path: Path) -> None:
    answers = found(write(tmp_path / "ada", f"{STEM}.py", f"{STEM}-1.py"))
    assert text(answers) == f"{STEM}-1.py"
    assert len(answers.remarks) == 1


def test_the_stubs_name_wins_over_a_platforms(tmp_path: Path) -> None:
    answers = found(write(tmp_path / "ada", f"{STEM}.py", f"{CANVAS}{STEM}.py"))
    assert text(answers) == f"{STEM}.py"
    assert f"{CANVAS}{STEM}.py was not checked" in answers.remarks[0]


def test_the_stubs_name_wins_among_copies_too(tmp_path: Path) -> None:
    names = [f"{STEM}.py", f"{CANVAS}{STEM}.py", f"{CANVAS}k08_nll.py"]
    answers = found(write(tmp_path / "ada", *names))
    assert text(answers) == names[0]
    assert text(answers, "k08_nll") == names[2]


def test_files_that_a_platform_has_named_are_copied_with_those_beside(tmp_path: Path) -> None:
    names = [f"{CANVAS}{STEM}.py", f"{CANVAS}helpers.py", "more.py", "k08_nll.py"]
    answers = found(write(tmp_path / "ada", *names))
    copied = {path.name for path in answers.path.iterdir()}
    assert copied == {f"{STEM}.py", "helpers.py", "more.py", "k08_nll.py"}
    assert answers.original("k08_nll") == tmp_path / "ada" / "k08_nll.py"


@pytest.mark.parametrize("inner", ["katas", "a/b/c", f"{MOODLE.rstrip('_')}_"])
def test_the_only_subfolder_with_answers_is_used(inner: str, tmp_path: Path) -> None:
    write(tmp_path / "ada", f"{inner}/{STEM}.py", "solutions/k08_nll.py", "notes/todo.txt")
    answers = found(tmp_path / "ada")
    assert answers.path == tmp_path / "ada" / inner
    assert answers.remarks == [f"{tmp_path}/ada/{inner} is where the answers were found."]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([f"ada/{STEM}.py", "bob/k08_nll.py"], "several folders of answers (ada, bob)"),
        (
            [f"{name}/{STEM}.py" for name in "abcde"],
            "several folders of answers (a, b, c and 2 more)",
        ),
        (
            [f"ada_1_2_{STEM}.py", "bob_3_4_k08_nll.py"],
            "answers of several people (ada_1, bob_3)",
        ),
        ([f"ada_1_2_{STEM}.py", f"ada_2_4_{STEM}.py"], "several people (ada_1, ada_2)"),
    ],
)
def test_answers_of_several_people_are_refused(names: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(pytest.UsageError, match=r"; give those of one$") as refused:
        found(write(tmp_path / "class", *names))
    assert said in str(refused.value)


def test_several_submissions_of_one_person_are_not_several_people(tmp_path: Path) -> None:
    write(tmp_path / "ada", f"ada_1_2_{STEM}.py", "ada_LATE_1_9_k08_nll.py")
    # Canvas writes LATE between the name and the number.
    with pytest.raises(pytest.UsageError):
        found(tmp_path / "ada")


def test_a_notebook_and_an_archive_are_remarked_on(tmp_path: Path) -> None:
    answers = found(write(tmp_path / "ada", f"{STEM}.ipynb", "answers.zip"))
    assert [remark.partition("/ada/")[2] for remark in answers.remarks] == [
        "answers.zip was not checked: unpack it first.",
        f"{STEM}.ipynb was not checked: save its code in a file with the stub's name.",
    ]


def check(*arguments: str | Path) -> Run:
    """Check two katas, the second of which imports the first."""
    return run_pytest("katas/k21_loss_batch.py", "katas/k22_fit.py", *arguments)


def test_answers_with_names_of_a_platform_are_solved_and_import_each_other(tmp_path: Path) -> None:
    katas = {stem: sample_answers.right(stem) for stem in ("k21_loss_batch", "k22_fit")}
    write_answers(tmp_path, **{f"{CANVAS}{stem}": text for stem, text in katas.items()})
    run = check("--answers", tmp_path)
    assert run.code == 0, run.text
    assert "2 of 2 solved" in run.text


def test_what_is_wrong_is_told_under_the_name_that_was_handed_in(tmp_path: Path) -> None:
    wrong = sample_answers.wrong("k21_loss_batch")
    write_answers(tmp_path, **{f"{CANVAS}k21_loss_batch": wrong})
    run = check(f"--answers={tmp_path}")
    assert f"✗ {tmp_path}/{CANVAS}k21_loss_batch.py" in run.text
    assert "answers-" not in run.text  # the copies' folder


def test_answers_are_found_in_the_home_folder(tmp_path: Path) -> None:
    write_answers(tmp_path / "ada", k01_download=sample_answers.right("k01_download"))
    run = run_pytest("katas/k01_download.py", "--answers=~/ada", HOME=str(tmp_path))
    assert "1 of 1 solved" in run.text, run.text


def test_an_archive_is_not_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr(f"{STEM}.py", "")
    run = run_pytest(f"katas/{STEM}.py", f"--answers={tmp_path}/ada.zip")
    assert run.code == 4
    assert "ada.zip: a file, and not a folder of answers" in run.text


def test_a_folder_of_people_is_refused(tmp_path: Path) -> None:
    for person in ("ada", "bob"):
        write_answers(tmp_path / person, k09_accuracy=sample_answers.right(STEM))
    run = run_pytest(f"katas/{STEM}.py", "--answers", tmp_path)
    assert run.code == 4
    assert "has several folders of answers (ada, bob); give those of one" in run.text
