"""What pyproject.toml, the files in .ci/ and the README say about versions agrees."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.harness import catalog

PROJECT = tomllib.loads((catalog.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = {r.name: r for r in map(Requirement, PROJECT["dependencies"])}
EXTRAS = {
    r.name: r
    for extra in PROJECT["optional-dependencies"].values()
    for r in map(Requirement, extra)
}
README = (catalog.ROOT / "README.md").read_text(encoding="utf-8")
CUDA = re.compile("nvidia|cuda|triton")  # torch pins these itself, where it needs them


def _pins(path: Path) -> dict[str, str]:
    """Read a file of lines such as `numpy==2.0.0`."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("==") for line in lines if line)
    return {canonicalize_name(name): version for name, version in pairs}


LOWEST = _pins(catalog.ROOT / ".ci" / "lowest.txt")
TESTED = _pins(catalog.ROOT / ".ci" / "tested.txt")


def test_the_lowest_releases_are_the_lower_bounds() -> None:
    bounds = {name: _bound(requirement, ">=") for name, requirement in NEEDED.items()}
    assert {name: Version(pin) for name, pin in LOWEST.items()} == bounds


@pytest.mark.parametrize("name", [*NEEDED, *EXTRAS])
def test_the_tested_release_is_within_the_range(name: str) -> None:
    assert TESTED[name] in (NEEDED | EXTRAS)[name].specifier


@pytest.mark.parametrize("name", ["pytest", "hypothesis"])
def test_the_next_major_version_is_left_out(name: str) -> None:
    """The checker uses private names of these two."""
    assert _bound(NEEDED[name], "<") == Version(str(Version(TESTED[name]).major + 1))


def test_whoever_has_a_newer_torch_keeps_it() -> None:
    assert [specifier.operator for specifier in NEEDED["torch"].specifier] == [">="]


def test_what_the_tested_releases_need_is_pinned_too() -> None:
    assert {name for name in _required() if not CUDA.search(name)} <= set(TESTED)


def test_the_readme_names_the_same_versions() -> None:
    assert set(re.findall(r"torch==([\w.]+)", README)) == {TESTED["torch"]}
    assert f"torch {_bound(NEEDED['torch'], '>=')} or newer" in README
    assert f"Python {PROJECT['requires-python'].removeprefix('>=')} or newer" in README


def _bound(requirement: Requirement, operator: str) -> Version:
    (version,) = [s.version for s in requirement.specifier if s.operator == operator]
    return Version(version)


def _required() -> Iterator[str]:
    """Yield the dependencies, and what their installed releases need, if these are the tested."""
    seen: set[str] = set()
    left = [*NEEDED, *EXTRAS]
    while left:
        name = canonicalize_name(left.pop())
        if name not in seen:
            seen.add(name)
            yield name
            if _installed(name) == TESTED.get(name):
                requirements = map(Requirement, importlib.metadata.requires(name) or [])
                left += [r.name for r in requirements if not r.marker or r.marker.evaluate()]


def _installed(name: str) -> str:
    """Return the version without its build: 2.13.0+cpu is 2.13.0."""
    try:
        return importlib.metadata.version(name).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return ""
