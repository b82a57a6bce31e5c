"""Writes the files of a new kata: ``python -m tests.harness.selftest.new k47_name "Title"``.

The files make a small kata that works: its function squares each entry of a tensor. Change it
into what you mean, beginning with the reference answer. ``--stub k47_name`` then writes the stub
again: it takes over everything but the bodies that the learner writes.
"""

import argparse
import keyword
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.harness import catalog
from tests.harness.selftest.stubs import stub_of

NAME = re.compile(r"k\d\d(_[a-z][a-z0-9]*)+")
TITLE = 50  # characters, at most
SOLUTION = '''\
"""{part}
{number} · {title}

TODO: explain the idea in a few sentences, with the formula

    y = x²    the formula, with shapes where they matter

and say why anybody wants it.

Read: https://docs.pytorch.org/docs/stable/generated/torch.square.html
Tutorial: "TODO: the heading of the section in the tutorial"
"""

import torch
from torch import Tensor


def {name}(x: Tensor) -> Tensor:
    """TODO: Return the square of each entry of x, of any shape.

    >>> {name}(torch.tensor([1.0, -2.0]))
    tensor([1., 4.])
    """
    return x * x
'''
TESTS = '''\
"""What an answer to {number} must do."""

import torch
from hypothesis import given
from torch import Tensor

from tests.harness.kit import Answer
from tests.harness.kit.compare import expect_same, expect_same_gradient
from tests.harness.kit.strategies import SMALL, tensors

# TODO: laws. A name states what holds; a docstring tells who fails it why, and what to do.


@given(x=tensors((2, 3), SMALL))
def test_each_entry_is_squared(answer: Answer, x: Tensor) -> None:
    """Each entry is multiplied by itself."""
    expect_same(answer.{name}, torch.square, says="torch.square(x)", x=x)


@given(x=tensors((2, 3), SMALL))
def test_the_gradient_is_twice_the_entry(answer: Answer, x: Tensor) -> None:
    """The derivative of x² is 2x. Stay with tensor operations, so that autograd finds it."""
    expect_same_gradient(answer.{name}, torch.square, says="torch.square(x)", x=x)


hints = """
TODO: a gentle hint, which asks the question that leads on.

TODO: a plain hint, which almost says it: `x * x`.
"""

afterwards = """
TODO: what the reference answer does, and why: it multiplies the tensor by itself.

TODO: where torch has it: `square` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/_refs/__init__.py

Try: TODO: a question that can be tried in a line or two. What is the gradient at 0?
"""
'''
MISCONCEPTIONS = '''\
"""Wrong answers to {number}."""


class Doubled:
    """TODO: The entries are doubled. What was misunderstood, in a sentence.

    TODO: Multiply each entry by itself. What to do, in a sentence that begins with a verb.
    """

    def {name}(x):
        return 2 * x
'''
ALTERNATIVES = '''\
"""Right answers to {number}, written differently."""


class Power:
    """By the operator."""

    def {name}(x):
        return x**2
'''
NEXT = """
They make a kata that works: it squares numbers. TODO marks what to write. Begin with the
reference answer. Then write the stub again, from the answer:
    python -m tests.harness.selftest.new --stub {stem}
The tests must accept the answer:
    pytest katas/{stem}.py --solutions
They must tell wrong answers from right ones:
    pytest tests/misconceptions/{stem}.py tests/alternatives/{stem}.py --solutions
This finds what is missing:
    pytest tests/test_repository.py -k {stem} --solutions"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files of a new kata, or the stub of one that is there."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.new",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", help="the kata's number and name: k47_name")
    parser.add_argument("title", nargs="?", help="its title (default: its name in words)")
    parser.add_argument("--part", help="'Part 5 · Title' (default: that of the last kata)")
    parser.add_argument("--stub", action="store_true", help="only write the stub again")
    options = parser.parse_args(arguments)
    try:
        if options.stub:
            write_stub(options.name)
        else:
            written = write_kata(options.name, options.title, options.part)
            print("\n".join(["Written:", *(f"    {catalog.shown(path)}" for path in written)]))
            print(NEXT.format(stem=options.name))
    except (ValueError, SyntaxError) as error:
        sys.exit(str(error))


def write_kata(stem: str, title: str | None = None, part: str | None = None) -> list[Path]:
    """Write the files of a new kata and its row in the table of katas; return their paths."""
    last = catalog.card(catalog.stems()[-1])
    title = title or stem.partition("_")[2].replace("_", " ").capitalize()
    part = part or last.part
    _expect_usable(stem, title, part)
    texts = _texts(stem, title, part)
    there = [catalog.shown(path) for path in texts if path.exists()]
    if there:
        raise ValueError(f"there is already {', '.join(there)}")
    table = catalog.KATAS / "README.md"
    texts[table] = table.read_text(encoding="utf-8")
    if part != last.part:
        texts[table] += f"\n## {part}\n\n| kata | what it is about |\n| --- | --- |\n"
    texts[table] += f"| [`{stem}`]({stem}.py) | {title} |\n"
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _expect_usable(stem: str, title: str, part: str) -> None:
    """Raise a ValueError if one of these does not fit the katas that are there."""
    last = catalog.card(catalog.stems()[-1])
    number, _, name = stem.partition("_")
    if not NAME.fullmatch(stem) or keyword.iskeyword(name):
        raise ValueError(f"a name reads like k47_name, in small letters, and not like {stem!r}")
    if number <= last.number:
        raise ValueError(f"{number} is taken: the last kata is {last.stem}")
    if len(title) > TITLE:
        raise ValueError(f"a title has at most {TITLE} characters, and this one has {len(title)}")
    if not re.fullmatch(r"Part \d+ · .+", part):
        raise ValueError(f"a part reads like {last.part!r}, and not like {part!r}")


def _texts(stem: str, title: str, part: str) -> dict[Path, str]:
    number, _, name = stem.partition("_")
    fields = {"number": number, "name": name, "title": title, "part": part}
    solution = SOLUTION.format(**fields)
    return {
        catalog.SOLUTIONS / f"{stem}.py": solution,
        catalog.KATAS / f"{stem}.py": stub_of(solution, None),
        catalog.KATA_TESTS / f"test_{stem}.py": TESTS.format(**fields),
        catalog.MISCONCEPTIONS / f"{stem}.py": MISCONCEPTIONS.format(**fields),
        catalog.ALTERNATIVES / f"{stem}.py": ALTERNATIVES.format(**fields),
    }


def write_stub(stem: str) -> None:
    """Write a kata's stub again, from its reference answer and its to-do bodies."""
    path, solution = catalog.KATAS / f"{stem}.py", catalog.SOLUTIONS / f"{stem}.py"
    if not solution.is_file():
        raise ValueError(f"there is no {catalog.shown(solution)}")
    stub = path.read_text(encoding="utf-8") if path.is_file() else None
    if stub is not None and "raise NotImplementedError" not in stub:
        raise ValueError(f"{catalog.shown(path)} has nothing to do: has somebody solved it?")
    path.write_text(stub_of(solution.read_text(encoding="utf-8"), stub), encoding="utf-8")
    print(f"Written: {catalog.shown(path)}")


if __name__ == "__main__":
    main()
