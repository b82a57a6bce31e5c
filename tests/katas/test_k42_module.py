"""What an answer to k42 must do."""

import copy
import functools
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from tests.harness.kit import Answer, Row, WrongAnswer, expect
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.expect import elements, expect_type
from tests.harness.kit.guard import code_rows, lines_in
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import normal, seeds

shortcuts = Shortcuts(
    instead="Write the base class from nothing: its attributes are in `vars(self)`.",
    code=CalledCode(files=("nn/modules",)),
)

# Lines of Python about modules m0, m1, … and parameters p0, p1, …. Those that begin with "? " are
# expressions. Their values on the answer's base class must be those on nn.Module.
Program = Sequence[str]
NAMES = ["a", "b", "c"]
MODULES, PARAMETERS = ["m0", "m1", "m2", "m3"], ["p0", "p1", "p2", "p3"]
P2 = "p2 = nn.Parameter(p0.detach())"
PLAIN = ["7", "'text'", "[p0, p1]", "{'a': p0}", "(m3,)", "p0.detach()", "torch.ones(2)"]


def part_of(base: Any) -> Any:
    """Make a small class on a base class; it has no parameters."""

    class Part(base):
        def __init__(self) -> None:
            super().__init__()

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return "forward", args, kwargs

    return Part


def names_of(base: Any) -> dict[str, Any]:
    """Make the modules and parameters of a program; p2 lies in the memory of p0."""
    part = part_of(base)
    parameters = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(()), requires_grad=False)]
    parameters += [nn.Parameter(parameters[0].detach()), nn.Parameter(torch.ones(2))]
    names: dict[str, Any] = {name: part() for name in MODULES}
    names |= dict(zip(PARAMETERS, parameters, strict=True))
    objects = dict(names)
    names["name"] = lambda module: next(n for n, known in objects.items() if known is module)
    return {**names, "nn": nn, "torch": torch, "Part": part}


def run(program: Program, base: Any) -> list[tuple[int, Any]]:
    """Run a program on modules of a base class; return the values, with their lines' numbers."""
    names, found = names_of(base), []
    for i, line in enumerate(program):
        text = line.removeprefix("? ")
        try:
            if line == text:
                exec(compile(line, "program", "exec"), names)
            else:
                found.append((i, _plain(eval(compile(text, "program", "eval"), names), names)))
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception as error:
            found.append((i, error))
            break
    return found


def _plain(value: Any, names: dict[str, Any]) -> Any:
    """Replace modules, parameters and the like by their names, and iterators by lists."""
    for name, known in names.items():
        if value is known:
            return name
    if isinstance(value, tuple | list | Iterator | set):
        parts = [_plain(part, names) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    if isinstance(value, dict):
        return {key: _plain(part, names) for key, part in value.items()}
    if isinstance(value, Tensor):
        return value.tolist()
    return value if isinstance(value, str | int | float | None) else f"{type(value).__name__}(…)"


def base_of(answer: Answer) -> Any:
    """Return the answer's class; reject one that has its methods from nn.Module."""
    base: Any = answer.Module.target
    expect_type(base, type, "Module", "a class")
    shortcuts.refuse_members(base)
    return base


def expect_as_torch(answer: Answer, program: Program) -> None:
    """Reject a base class on which an expression of the program has another value."""
    gave = answer.guarded(run, "Module")(program, base_of(answer))
    for (i, mine), (j, due) in zip(gave, run(program, nn.Module), strict=False):
        raised = isinstance(due, Exception) and i == j
        if isinstance(mine, type(due)) if raised else (i == j and mine == due):
            continue
        before = [line for line in program[:i] if _is_told(line, program[i])]
        given = [P2] if any("p2" in line for line in program[: i + 1]) else []
        lines = [line.removeprefix("? ") for line in [*given, *before, program[i]]]
        calls = "\n".join(lines).split("\n")
        where = [code for line in _lines(answer, mine) for code in code_rows(answer.path, line)]
        expected = f"{_said(due)}    with nn.Module" if i == j else "no error"
        facts = [Row.gave(_said(mine)), Row.expected(expected)]
        raise WrongAnswer(rows=[*map(Row.call, calls), *where, *facts])


def _is_told(line: str, asked: str) -> bool:
    """Whether a line matters to what was asked: it changes something, or asks the same."""
    if not line.startswith("? "):
        return True
    return "train(" in line or "eval(" in line or (line == asked and "named_" in line)


def _lines(answer: Answer, value: Any) -> list[int]:
    return lines_in(answer.path, value)[-1:] if isinstance(value, Exception) else []


def _said(value: Any) -> str:
    if isinstance(value, Exception):
        return f"{type(value).__name__} raised"
    if isinstance(value, list):
        return "[" + ", ".join(_said(part) for part in value) + "]"
    return str(value).replace("'", "")


def looks(*modules: str) -> list[str]:
    """Return expressions that look at all there is in the trees of some modules."""
    return [
        line
        for m in modules
        for line in (
            f"? [*{m}.named_parameters()]",
            f"? [*{m}.parameters()]",
            f"? sorted(map(name, {m}.modules()))",
        )
    ]


def reads(m: str) -> list[str]:
    """Return expressions that read the attributes of a module."""
    return [f"? getattr({m}, {name!r}, 'not there')" for name in NAMES]


# Small trees, from simple to deep; what the random ones find comes after them.
TREES: list[list[str]] = [
    ["m0.a = p0", "m0.b = p1"],
    ["m0.a = m1", "m1.a = p0", "m0.b = p1"],
    ["m0.a = p0", "m0.b = p0"],
    ["m0.a = m1", "m0.b = m1", "m1.a = p0"],
    ["m0.a = p0", "m0.b = p2", "m0.c = p3"],
    ["m0.a = p0", "m0.b = p1", "del m0.a", "m0.a = p3"],
    ["m0.a = [p0, p1]", "m0.b = {'a': m1}", "m0.c = p0.detach()"],
    ["m0.b = m2", "m0.a = m1", "m1.a = m3", "m2.a = m3", "m3.c = p0", "m1.b = p0"],
]


def first_small_trees(**others: Any) -> Callable[[Any], Any]:
    """Try a test on the small trees before others; ``others`` are more arguments."""
    examples = [example(program=program, **others) for program in reversed(TREES)]
    return lambda test: functools.reduce(lambda inner, each: each(inner), examples, test)


@st.composite
def growing(draw: st.DrawFn) -> list[str]:
    """Programs that assign, share and delete parts, and assign them again."""
    taken: set[str] = set()
    lines = []
    for _ in range(draw(st.integers(2, 9))):
        m = draw(st.sampled_from([0, 0, 1, 1, 2, 3]))
        place = f"m{m}.{draw(st.sampled_from(NAMES))}"
        if place in taken:
            lines.append(f"del {place}")
            taken.remove(place)
        else:
            # A module is assigned to one before it, so that none is inside itself.
            parts = [*PARAMETERS[:3], *2 * MODULES[m + 1 :], draw(st.sampled_from(PLAIN))]
            lines.append(f"{place} = {draw(st.sampled_from(parts))}")
            taken.add(place)
    return lines


@settings(max_examples=25)
@given(program=growing(), seen=st.booleans())
@first_small_trees(seen=False)
@example(program=["m0.a = m1", "m1.a = p0"], seen=True)
def test_the_tree_has_each_part_once(answer: Answer, program: list[str], seen: bool) -> None:
    """A module's own parameters come first, in the order of assignment; then those of each module
    in it, depth first, with its name and a dot before theirs. A part that is there twice is listed
    once, where it comes first. What is in a list or dict does not count, nor does a plain tensor.
    A name that was deleted is gone, and comes last if it is assigned again."""
    middle = len(program) // 2 if seen else 0  # what was looked at before must not matter
    before = looks("m0", "m1") if seen else []
    program = [*program[:middle], *before, *program[middle:], *looks("m0", "m1", "m2")]
    expect_as_torch(answer, program)


@st.composite
def changing(draw: st.DrawFn) -> list[str]:
    """Programs that replace parts by others of the same kind, or by None, and delete them."""
    kinds: dict[str, str] = {}
    lines = []
    for _ in range(draw(st.integers(1, 7))):
        name = draw(st.sampled_from(NAMES[:2]))
        what = draw(st.sampled_from(["nn.Parameter(torch.ones(1))", "Part()", "None", "del"]))
        kind = kinds.get(name)
        if what == "del" and kind:
            lines.append(f"del m0.{name}")
            del kinds[name]
        elif what == "None" or kind in (None, "None", what):
            lines.append(f"m0.{name} = {what}")
            kinds[name] = what if what != "None" else kind or what
    return lines or ["m0.a = None"]


@settings(max_examples=30)
@given(program=changing())
def test_what_is_replaced_or_taken_away_has_left_the_tree(
    answer: Answer, program: list[str]
) -> None:
    """A parameter or module that is assigned to a name replaces the one before, None takes it away
    and reads as None, `del` takes it away altogether. No registry may keep the old one."""
    ends = [
        "? sorted(name for name, parameter in m0.named_parameters())",
        "? len([*m0.parameters()])",
        "? len([*m0.modules()])",
        "? all(parameter is getattr(m0, name) for name, parameter in m0.named_parameters())",
        *(f"? type(getattr(m0, {name!r}, 7)).__name__" for name in NAMES[:2]),
        *(f"? hasattr(m0, {name!r})" for name in NAMES[:2]),
    ]
    expect_as_torch(answer, [*program, *ends])


@settings(max_examples=15)
@given(program=growing())
@first_small_trees()
def test_attributes_read_back_as_they_were_assigned(answer: Answer, program: list[str]) -> None:
    """`model.x` is the very object that was assigned. A name that is not there raises
    AttributeError, which `hasattr` and `getattr` with a default rely on."""
    ends = [f"? hasattr(m0, {name!r})" for name in NAMES]
    expect_as_torch(answer, [*program, *reads("m0"), *reads("m1"), *ends, "? m0.unknown"])


TURNS = [
    "{}.train()",
    "{}.train(False)",
    "{}.eval()",
    "{}.train(mode=True)",
    "{}.train(mode=False)",
]
turns = st.builds(str.format, st.sampled_from(TURNS), st.sampled_from(MODULES))


@settings(max_examples=15)
@given(program=growing(), calls=st.lists(turns, min_size=1, max_size=3))
@first_small_trees(calls=["m0.eval()", "m1.train()"])
def test_the_mode_is_set_on_the_module_and_all_inside(
    answer: Answer, program: list[str], calls: list[str]
) -> None:
    """`.training` is True at first. `train(mode)` sets it on the module and everything in it, and
    nothing else; `eval()` is `train(False)`. Both return the module."""
    modes = [f"? {m}.training" for m in MODULES]
    steps = [line for call in calls for line in (f"? {call}", *modes)]
    expect_as_torch(answer, [*modes, *program, *steps])


@settings(max_examples=15)
@given(program=growing(), m=st.sampled_from(MODULES))
@first_small_trees(m="m0")
def test_zero_grad_clears_the_gradients_of_the_tree(
    answer: Answer, program: list[str], m: str
) -> None:
    """Every parameter in the tree has None or zeros in `.grad` afterwards. Others keep theirs."""
    fill = [f"{p}.grad = torch.ones_like({p})" for p in PARAMETERS[:3]]
    clear = [f"{m}.zero_grad()"]
    grads = [f"? {p}.grad is None or not {p}.grad.any()" for p in PARAMETERS]
    expect_as_torch(answer, [*program, *fill, *clear, *grads])


@settings(max_examples=20)
@given(
    args=st.lists(st.sampled_from(["1", "None", "p0", "'x'"]), max_size=3),
    keys=st.sets(st.sampled_from(["mask", "x", "mode"])),
)
def test_calling_a_module_calls_forward(answer: Answer, args: list[str], keys: set[str]) -> None:
    """All arguments are passed on, by position and by name, and what `forward` returns is what the
    call gives."""
    arguments = ", ".join([*args, *(f"{key}=p1" for key in sorted(keys))])
    expect_as_torch(answer, ["m0.a = m1", f"? m0({arguments})", f"? m0.a({arguments})"])


def net_of(base: Any) -> Any:
    """Make a model as people write it, on a base class."""

    class Line(base):
        def __init__(self, inputs: int, outputs: int, seed: int = 0) -> None:
            super().__init__()
            self.inputs = inputs
            self.weight = nn.Parameter(0.3 * normal(inputs, outputs, seed=seed))
            self.bias = nn.Parameter(normal(outputs, seed=seed + 1))

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.weight + self.bias

    class Scaled(Line):
        def __init__(self, *sizes: int, **more: int) -> None:
            super().__init__(*sizes, **more)
            self.scale = nn.Parameter(torch.tensor(0.5))

        def forward(self, x: Tensor) -> Tensor:
            return self.scale * super().forward(x) * (1.0 if self.training else 2.0)

    class Net(base):
        def __init__(self, seed: int) -> None:
            super().__init__()
            self.first = Line(3, 4, seed)
            self.sizes = [3, 4, 4, 2]
            self.shift = nn.Parameter(torch.zeros(4))
            self.again = Scaled(4, 4, seed=seed + 5)
            self.tied = self.again
            self.last = Scaled(4, 2, seed=seed + 9)
            self.last.alias = self.shift
            self.bias = None

        def forward(self, x: Tensor, *, factor: float = 1.0) -> Tensor:
            h = torch.tanh(self.first(x) + self.shift)
            return factor * self.last(self.tied(self.again(h)))

    return Net


@settings(max_examples=5)
@given(seed=seeds)
def test_a_model_is_trained_by_torchs_sgd(answer: Answer, seed: int) -> None:
    """`optim.SGD([*model.parameters()], …)` trains it as it trains the same model on nn.Module,
    with layers within layers, a layer that is used twice and a parameter that is shared."""
    net = net_of(base_of(answer))
    ours = answer.guarded(net, "Net")(seed)
    theirs = net_of(nn.Module)(seed)
    for model in (ours, theirs):
        parameters = [*model.parameters()]
        opt = optim.SGD(parameters, lr=0.05, momentum=0.9)
        for turn in range(3):
            model.zero_grad()
            model(normal(5, 3, seed=seed + turn), factor=0.5).square().mean().backward()
            opt.step()
        model.eval()
    found = dict(elements(ours.named_parameters(), "model.named_parameters()", "names and tensors"))
    due = dict(theirs.named_parameters())
    call = "a model of three layers, after three steps of SGD"
    expect([*found] == [*due], call=call, gave=f"{[*found]}", expected=f"{[*due]}")
    for name, parameter in due.items():
        _expect_near(found[name], parameter, f"{call}: {name}")
    x = normal(2, 3, seed=seed)
    _expect_near(ours(x), theirs(x), f"{call}: model.eval()(xb)")


@settings(max_examples=15)
@given(programs=st.tuples(growing(), growing()))
def test_two_models_share_nothing(answer: Answer, programs: tuple[list[str], list[str]]) -> None:
    """What a module has belongs to `self`. A dict on the class would be the same for all."""
    second = [line.replace("m0", "m3").replace("m1", "m3") for line in programs[1]]
    second = [line for line in second if line.startswith("m3.") and " = p" in line]
    lines = [line for line in programs[0] if "m3" not in line]
    expect_as_torch(answer, [*lines, *second[:1], "Part()", *looks("m0", "m3"), *reads("m2")])


TWINS: dict[str, Any] = {
    "copy.deepcopy(model)": copy.deepcopy,
    "pickle.loads(pickle.dumps(model))": lambda model: pickle.loads(pickle.dumps(model)),
}


@pytest.mark.mastery
@pytest.mark.parametrize("how", TWINS)
@settings(max_examples=5)
@given(seed=seeds, training=st.booleans())
def test_a_model_has_an_independent_twin(
    answer: Answer, how: str, seed: int, training: bool
) -> None:
    """The twin has the same names, numbers and mode, its own tensors, and what was shared is shared
    in it. It computes the same, takes new parameters, and trains without the original. If you have
    a `__getattr__`: a twin is asked for attributes before it has any, so look into `vars(self)`,
    which is always there."""
    base = base_of(answer)
    with _in_a_module(net_of(base)) as net:
        model = answer.guarded(net, "Net")(seed)
        model.train(training)
        twin = answer.guarded(TWINS[how], "twin")(model)
    x, call = normal(2, 3, seed=seed), f"twin = {how}"
    before, found = dict(model.named_parameters()), dict(twin.named_parameters())
    kept = {name: parameter.detach().clone() for name, parameter in before.items()}
    expect([*found] == [*before], call=call, gave=f"{[*found]}", expected=f"{[*before]}")
    expect(twin.tied is twin.again, "What was one module are two now.", call=call)
    expect(twin.sizes == [3, 4, 4, 2] and twin.bias is None, "Plain values are lost.", call=call)
    modes = {module.training for module in twin.modules()}
    expect(modes == {training}, call=call, gave=f"modes {modes}", expected=training)
    _expect_near(twin(x), model(x), f"{call}; twin(xb)")
    twin.new, twin.first = nn.Parameter(torch.ones(1)), type(twin.first)(3, 4)
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.add_(1.0)
    names = {name for name, _ in twin.named_parameters()}
    expect("new" in names, "A parameter that is assigned to the twin is not in it.", call=call)
    now = dict(model.named_parameters())
    expect([*now] == [*before], "The original has the twin's new parameter.", call=call)
    for name, parameter in now.items():
        _expect_near(parameter, kept[name], f"{call}, and its parameters changed: model's {name}")


@pytest.mark.mastery
@pytest.mark.parametrize("value", ["nn.Parameter(torch.ones(2))", "Part()"])
def test_a_part_before_super_init_is_refused(answer: Answer, value: str) -> None:
    """`super().__init__()` comes first. Without it there may be no place for parameters and
    modules, and they would be lost without a word: raise AttributeError when one is assigned."""
    expect_as_torch(answer, _early(value, "? Early()"))


@pytest.mark.mastery
@settings(max_examples=10)
@given(value=st.sampled_from([*PLAIN[:4], "None", "torch.ones(2)"]))
def test_a_plain_value_may_come_before_super_init(answer: Answer, value: str) -> None:
    """A number, a list or a plain tensor needs no registry. It is there after `super().__init__()`,
    which may not begin with an empty `vars(self)`."""
    ends = ["e = Early()", "? e.early", "? e.late is p1", "? [*e.named_parameters()]"]
    expect_as_torch(answer, _early(value, *ends))


def _early(value: str, *more: str) -> list[str]:
    """Return a program with a class that assigns a value before `super().__init__()`."""
    body = f"self.early = {value}\n        super().__init__()\n        self.late = p1"
    return [f"class Early(Part):\n    def __init__(self):\n        {body}", *more]


@contextmanager
def _in_a_module(net: Any) -> Iterator[Any]:
    """Make a class, and those of its layers, importable, so that instances can be pickled."""
    module = ModuleType("classes_of_k42")
    cells = (cell.cell_contents for cell in net.__init__.__closure__ or ())
    for kind in (net, *cells):
        if isinstance(kind, type):
            kind.__module__, kind.__qualname__ = module.__name__, kind.__name__
            setattr(module, kind.__name__, kind)
    sys.modules[module.__name__] = module
    try:
        yield net
    finally:
        del sys.modules[module.__name__]


def _expect_near(gave: Any, due: Tensor, call: str) -> None:
    expect(isinstance(gave, Tensor) and gave.shape == due.shape, call=call, gave=f"{gave}")
    off = (gave.detach() - due.detach()).abs().max().item()
    # Both do the same in the same order, so that only the kernels' own rounding differs.
    expect(off <= 1e-5, call=call, gave=f"something that is {off:.2g} off")


hints = """
Print `vars(model)` of a small model of yours. Which of the values does `named_parameters()` have to
give, under which names, and in which does it have to look for more?

The tree is easiest to walk once, for all methods: a function that yields a prefix ("" at the top,
"first." below `first`) and a module, and calls itself for each module in `vars(self)`. A set of
`id`s, handed down, tells which modules have been visited.

`named_parameters`: for each prefix and module of the walk, `for name, value in
vars(module).items()`, and `yield prefix + name, value` for each `nn.Parameter` that was not given
yet. `parameters` and `modules` take a part of that, and `train` and `zero_grad` loop over these.

`__init__` sets `self.training = True`; `__call__(self, *args, **kwargs)` is
`return self.forward(*args, **kwargs)`; `train` ends with `return self`.
"""

mastery_hints = """
How can `__setattr__` know whether `__init__` has run? What does `__init__` leave behind that was
not there before?

In `__init__`: `self._is_made = True`. In `__setattr__`: if `value` is a Parameter or a Module, and
`"_is_made" not in vars(self)`, raise AttributeError. Otherwise `super().__setattr__(name, value)`.

Copies work by themselves if you have no `__getattr__`. In one, read `vars(self)` and nothing like
`self._parameters`, and raise AttributeError for what is not there.
"""

afterwards = """
The reference looks into `vars(self)` at each call. Torch keeps dicts of its
own, and adds buffers, hooks and state dicts, in 3,000 lines.

Torch's own: `__setattr__` sorts what is assigned into these dicts, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/module.py

Try: `class Sequential(Module)` on yours, as in k27. How do you register layers
under "0", "1", …? (`setattr` takes any name.)
"""
