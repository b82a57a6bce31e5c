"""Every kata has a right and a wrong answer to try the machinery on."""

import ast

import pytest

from tests.harness import catalog
from tests.harness.selftest import sample_answers


def test_all_katas_have_them_but_those_made_of_others() -> None:
    assert set(catalog.stems()) - set(sample_answers.stems()) == {
        "k30_three_lines", "k46_from_scratch"
    }  # fmt: skip


@pytest.mark.parametrize("stem", sample_answers.stems())
def test_a_wrong_answer_defines_what_the_reference_answer_does(stem: str) -> None:
    right, wrong = (ast.parse(text(stem)) for text in (sample_answers.right, sample_answers.wrong))
    assert _names(right) <= _names(wrong)
    assert ast.dump(right) != ast.dump(wrong)
    assert sample_answers.called(stem).partition(".")[0] in _names(right)


def _names(tree: ast.Module) -> set[str]:
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }  # fmt: skip
