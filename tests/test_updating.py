"""Updating by the commands in the README: answers stay, and untouched stubs become the new ones."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.selftest.sample_answers import right

BLOCK = r"<!-- tests/test_updating\.py types the next block -->\n```sh\n(.*?)```"
ANSWERED, TO_DO = "k08_nll", "k09_accuracy"
ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")

if shutil.which("git") is None:
    pytest.skip("there is no git here", allow_module_level=True)


class Repository:
    """A repository with stubs, and a learner's clone of it."""

    def __init__(self, folder: Path) -> None:
        self.upstream, self.clone = folder / "upstream", folder / "clone"
        shutil.copytree(catalog.KATAS, self.upstream / "katas")
        shutil.copy(catalog.ROOT / ".gitattributes", self.upstream)
        self.git("init", "--quiet", "--initial-branch=main", cwd=self.upstream)
        self.commit()
        self.git("clone", "--quiet", str(self.upstream), str(self.clone), cwd=folder)
        self.answer = right(ANSWERED) + "\n# mine\n"
        self.write(ANSWERED, self.answer)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git, in the clone, as Ada; return what it prints."""
        return _run(["git", *ADA, *arguments], cwd or self.clone)

    def type(self, commands: str) -> str:
        """Type commands into a shell, a line at a time; only the last must not fail."""
        *before, last = commands.splitlines()
        for line in before:
            _run(line, self.clone, check=False)
        return _run(last, self.clone)

    def commit(self) -> None:
        """Commit what lies in the upstream repository."""
        self.git("add", ".", cwd=self.upstream)
        self.git("commit", "--quiet", "--message=new", cwd=self.upstream)

    def change_stub(self, stem: str, news: str = "news") -> None:
        """Say something new in a stub's docstring and at its end, and commit it upstream."""
        path = self.upstream / "katas" / f"{stem}.py"
        text = path.read_text(encoding="utf-8")
        text = text.replace("\nRead: ", f"\n{news}\nRead: ") + f"# {news}\n"
        path.write_text(text, encoding="utf-8")
        self.commit()

    def write(self, stem: str, text: str) -> None:
        """Write an answer."""
        (self.clone / "katas" / f"{stem}.py").write_text(text, encoding="utf-8")

    def read(self, stem: str) -> str:
        """Read an answer, or a stub, in the clone."""
        return (self.clone / "katas" / f"{stem}.py").read_text(encoding="utf-8")


def _run(command: str | list[str], cwd: Path, *, check: bool = True) -> str:
    """Run a command, or a line in a shell, where git knows nobody; return what is printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    nothing = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    done = subprocess.run(
        command, cwd=cwd, env={**env, **nothing}, shell=isinstance(command, str), check=False,
        text=True, encoding="utf-8", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0 or not check, done.stdout
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository and its clone, in which one kata is answered."""
    return Repository(tmp_path)


@pytest.fixture(scope="module")
def recipe() -> str:
    """The commands that the README shows for updating."""
    return _block(0)


def _block(number: int) -> str:
    text = (catalog.ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(BLOCK, text, re.DOTALL)
    assert len(blocks) == 3
    return str(blocks[number])


def _commit_answers(repository: Repository) -> None:
    repository.git("commit", "--quiet", "--all", "--message=answers")


def _leave_answers(repository: Repository) -> None:
    pass


@pytest.mark.parametrize("changed", [True, False], ids=["another stub", "the same stub"])
@pytest.mark.parametrize("before", [_commit_answers, _leave_answers])
def test_the_answer_stays_and_other_stubs_are_new(
    repository: Repository, recipe: str, before: Callable[[Repository], None], changed: bool
) -> None:
    before(repository)
    if changed:
        repository.change_stub(ANSWERED)
    repository.change_stub(TO_DO)
    repository.type(recipe)
    assert repository.read(ANSWERED) == repository.answer
    assert repository.read(TO_DO).endswith("# news\n")
    assert repository.git("status", "--porcelain") == ""
    shown = repository.type(_block(1))
    assert shown.count("\n+news\n") == shown.count("\n+# news\n") == 1 + changed
    assert f"katas/{TO_DO}.py" in shown
    assert (f"katas/{ANSWERED}.py" in shown) == changed
    assert "# mine" not in shown  # only what is new


def test_it_can_be_done_again_and_again(repository: Repository, recipe: str) -> None:
    repository.type(recipe)
    for news in ("first", "second"):
        repository.change_stub(ANSWERED, news)
        repository.answer += f"# after the {news}\n"
        repository.write(ANSWERED, repository.answer)
        repository.type(recipe)
        assert repository.read(ANSWERED) == repository.answer
        assert re.findall(r"(?m)^[+-](\w+)$", repository.type(_block(1))) == [news]
        repository.type(recipe)  # brings nothing
        assert repository.read(ANSWERED) == repository.answer


def test_a_name_that_git_knows_is_used(repository: Repository, recipe: str) -> None:
    repository.git("config", "user.name", "Ada")
    repository.git("config", "user.email", "ada@example.com")
    repository.type(recipe)
    assert repository.git("log", "-1", "--format=%an %ae").strip() == "Ada ada@example.com"


@pytest.mark.parametrize(
    "setting", ["pull.rebase=true", "pull.ff=only", "merge.conflictStyle=diff3"]
)
def test_settings_of_ones_own_change_nothing(
    repository: Repository, recipe: str, setting: str
) -> None:
    repository.git("config", *setting.split("="))
    repository.change_stub(ANSWERED)
    repository.type(recipe)
    assert repository.read(ANSWERED) == repository.answer


def test_the_stub_comes_back(repository: Repository, recipe: str) -> None:
    repository.change_stub(ANSWERED)
    repository.type(recipe)
    repository.type(_block(2))
    stub = repository.upstream / "katas" / f"{ANSWERED}.py"
    assert repository.read(ANSWERED) == stub.read_text(encoding="utf-8")
