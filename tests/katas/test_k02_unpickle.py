"""What an answer to k02 must do."""

import functools
import gzip
import pickle
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.kit import Answer, Row, ToDo, digits, expect, expect_raises, refuse, unpack

Pair = tuple[np.ndarray, np.ndarray]

CALL = "(x_train, y_train), (x_valid, y_valid) = load_mnist(path)"
NAMES = ("x_train", "y_train", "x_valid", "y_valid")


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Images and their labels, of the dtypes that people store them in."""
    n = draw(st.integers(1, 40))  # so that strings come short (opcode U) and long (T)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = (255 * rng.random((n, 784))).astype(draw(st.sampled_from(["f4", "f8", "u1"])))
    y = rng.integers(0, 10, n).astype(draw(st.sampled_from(["i8", "i4", "u1"])))
    return draw(st.sampled_from([np.ascontiguousarray, np.asfortranarray]))(x), y


@given(train=pairs(), valid=pairs(), test=pairs())
def test_the_arrays_are_those_that_were_stored(
    answer: Answer, tmp_path: Path, train: Pair, valid: Pair, test: Pair
) -> None:
    """Unpack (`gzip.open`) and unpickle (`pickle.load`). The strings in the file are Python 2's
    and hold any bytes: `encoding="latin-1"` turns each byte into one character."""
    path = tmp_path / "data.pkl.gz"  # the same each time: what was read before must not matter
    digits.write(path, train, valid, test)
    _expect_arrays(_load(answer, path), (*train, *valid))


def test_every_byte_is_kept(answer: Answer, tmp_path: Path) -> None:
    """ASCII ends at 127, and the bytes in the file do not: pass `encoding="latin-1"`."""
    every = np.arange(256, dtype=np.uint8)
    digits.write(tmp_path / "data.pkl.gz", (every, every[::-1].copy()), (every, every[:1]), _PAIR)
    due = (every, every[::-1], every, every[:1])
    _expect_arrays(_load(answer, tmp_path / "data.pkl.gz"), due)


def test_the_file_stays_as_it_is(answer: Answer, tmp_path: Path) -> None:
    """Loading reads: no file is changed, and none is left beside it."""
    path = tmp_path / "data.pkl.gz"
    digits.write(path, _PAIR, _PAIR, _PAIR)
    before = path.read_bytes()
    _load(answer, path)
    left = sorted(entry.name for entry in tmp_path.iterdir())
    expect(path.read_bytes() == before, "The file was changed.")
    expect(left == ["data.pkl.gz"], gave=f"in the folder: {left}", expected="['data.pkl.gz']")


@pytest.mark.mastery
@pytest.mark.parametrize("protocol", [3, 4])
def test_the_names_that_numpy_uses_today_are_allowed(
    answer: Answer, tmp_path: Path, protocol: int
) -> None:
    """A file written today names `numpy._core.multiarray` (or `numpy.core.multiarray`, under
    numpy 1) where an old one names `numpy.core.multiarray`. Allow both."""
    path = tmp_path / "data.pkl.gz"
    path.write_bytes(gzip.compress(pickle.dumps((_PAIR, _PAIR, _PAIR), protocol)))
    _expect_arrays(_load(answer, path), (*_PAIR, *_PAIR))


# What a pickle might name, with arguments that would leave a mark where it is called.
HARMFUL = {
    "open": ("io", "open", ("{mark}", "w")),
    "a function of the system": ("os", "mkdir", ("{mark}",)),
    "eval": ("builtins", "eval", ("open({mark!r}, 'w').close()",)),
    "a function of numpy": ("numpy", "memmap", ("{mark}", "uint8", "w+")),
    "another of the same module": ("numpy.core.multiarray", "empty", ()),
    "a part of an array": ("numpy", "ndarray.tofile", ()),
    "a name that begins alike": ("numpy", "dtypes", ()),
    "something harmless": ("_codecs", "encode", ("text", "ascii")),
    "an import": ("harmful_module", "dtype", ("{mark}",)),
}


@pytest.mark.mastery
@pytest.mark.parametrize("form", ["GLOBAL", "STACK_GLOBAL", "INST"])
@pytest.mark.parametrize("kind", HARMFUL)
def test_a_pickle_that_names_anything_else_is_refused_before_it_runs(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, form: str
) -> None:
    """Loading a pickle calls whatever it names. Override `find_class` in a subclass of
    `pickle.Unpickler`: return what an array needs for its four names, and raise
    `pickle.UnpicklingError` for any other name, before it is imported."""
    mark, code = tmp_path / "mark", tmp_path / "code"
    code.mkdir()
    (code / "harmful_module.py").write_text(
        f"open({str(mark)!r}, 'w').close()\ndtype = open", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(code)
    sys.modules.pop("harmful_module", None)
    module, name, arguments = HARMFUL[kind]
    filled = [text.format(mark=str(mark)) for text in arguments]
    path = tmp_path / "data.pkl.gz"
    path.write_bytes(gzip.compress(_pickle_that_calls(module, name, filled, form)))
    call = f"load_mnist(path), where the test set in the file is {module}.{name}(…)"
    loading = functools.partial(answer.load_mnist, path)
    try:
        expect_raises(loading, types=pickle.UnpicklingError, rows=_call(call), shown=_loaded)
    except ToDo:  # from `find_class`, if a file that names nothing else can be loaded
        digits.write(path, _PAIR, _PAIR, _PAIR)
        answer.load_mnist(path)
        refuse(call=call, gave="NotImplementedError raised", expected="UnpicklingError raised")
    expect(not mark.exists(), "The pickle was refused too late: what it names had run.", call=call)
    expect(
        "harmful_module" not in sys.modules,
        "The pickle was refused too late: the module that it names had been imported, and an "
        "import runs code.",
        call=call,
    )


@pytest.mark.mastery
@pytest.mark.parametrize(
    "kept", [0, 2, 5, 12, 0.5, -9, -8, -4, -1],
    ids=lambda kept: f"all but {-kept} bytes" if kept < 0 else f"{kept:g}",
)  # fmt: skip
def test_a_file_cut_short_is_noticed(answer: Answer, tmp_path: Path, kept: float) -> None:
    """The last eight bytes of a gzip file are a checksum and a length. Reading that stops where
    the pickle ends never gets to them: read the whole file first, then unpickle."""
    path = tmp_path / "data.pkl.gz"
    digits.write(path, _PAIR, _PAIR, _PAIR)
    whole = path.read_bytes()
    size = int(kept * len(whole)) if isinstance(kept, float) else kept % len(whole)
    path.write_bytes(whole[:size])
    call = _call(f"load_mnist(path), where {size} of {len(whole)} bytes are left of the file")
    expect_raises(lambda: answer.load_mnist(path), rows=call, shown=_loaded)


@pytest.mark.mastery
@pytest.mark.parametrize("kind", ["a bare pickle", "zlib", "text"])
def test_what_is_not_a_gzip_file_is_refused(answer: Answer, tmp_path: Path, kind: str) -> None:
    """A file that is not packed with gzip is not the right file: try to unpack it, and let gzip
    raise."""
    content = digits.python2_pickle((_PAIR, _PAIR, _PAIR))
    path = tmp_path / "data.pkl.gz"
    packed = {"a bare pickle": content, "zlib": zlib.compress(content), "text": b"moved, sorry"}
    path.write_bytes(packed[kind])
    call = _call(f"load_mnist(path), where the file is {kind}")
    expect_raises(lambda: answer.load_mnist(path), rows=call, shown=_loaded)


_PAIR = digits.draw(3, seed=1)


def _call(text: str) -> list[Row]:
    return [Row.call(text)]


def _loaded(gave: object) -> str:
    return "nothing" if gave is None else "data, as if all were well"


def _load(answer: Answer, path: Path) -> list[Any]:
    """Let the answer load a file; return its four arrays."""
    pairs = unpack(answer.load_mnist(path), 2, CALL)
    return [array for pair in pairs for array in unpack(pair, 2, CALL)]


def _expect_arrays(gave: Sequence[Any], due: Sequence[np.ndarray]) -> None:
    for name, mine, stored in zip(NAMES, gave, due, strict=True):
        same = (
            isinstance(mine, np.ndarray)
            and (mine.shape, mine.dtype) == (stored.shape, stored.dtype)
            and mine.tobytes() == stored.tobytes()
        )
        expect(same, call=CALL, gave=f"{name} = {_shown(mine)}", expected=_shown(stored))


def _shown(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return f"a {type(value).__name__}"
    first = ", ".join(f"{number:.5g}" for number in value.flat[:3])
    return f"{value.shape} {value.dtype} [{first}, …]"


def _pickle_that_calls(module: str, name: str, arguments: Sequence[str], form: str) -> bytes:
    """Write the pickle of two good pairs and, in place of the third, a call."""
    good = digits.python2_pickle(_PAIR)[2:-1]  # without the opcodes of its beginning and its end
    texts = b"".join(_text(argument) for argument in arguments)
    call = {
        "GLOBAL": f"c{module}\n{name}\n".encode() + b"(" + texts + b"tR",
        "STACK_GLOBAL": _text(module) + _text(name) + b"\x93(" + texts + b"tR",
        "INST": b"(" + texts + f"i{module}\n{name}\n".encode(),
    }[form]
    return pickle.PROTO + b"\x04" + good + good + call + pickle.TUPLE3 + pickle.STOP


def _text(value: str) -> bytes:
    data = value.encode()
    return pickle.BINUNICODE + len(data).to_bytes(4, "little") + data


hints = """
Gzip is the outer wrapping, pickle the inner one. When both are off, what is left is nested: how
many entries are on the outside, how many in each of them, and which of the outer ones does the
caller get?

Unpack the whole file with `gzip.decompress(path.read_bytes())`, then unpickle these bytes with
`pickle.loads`. It needs `encoding="latin-1"`: without that it tries ASCII, and raises
UnicodeDecodeError at a byte above 127.

`content = gzip.decompress(path.read_bytes())`, then `train, valid, _ = pickle.loads(content,
encoding="latin-1")`. Each of these is a pair (images, labels) already, so `return train, valid`,
with nothing taken apart.
"""

mastery_hints = """
A pickle mentions functions and classes by name. Which method of `pickle.Unpickler` turns such a
name into the thing itself? And which part of a gzip file comes after its content, so that
reading the content alone never reaches it?

Subclass `pickle.Unpickler` and override `find_class(self, module, name)`: look the pair up in a
dict of four, and raise `pickle.UnpicklingError` if it is not there. Call
`gzip.decompress(path.read_bytes())`: it reads to the end, and checks the checksum.

The dict maps `("numpy", "ndarray")` to `np.ndarray`, `("numpy", "dtype")` to `np.dtype`, and
`_reconstruct` of either module to `np.empty(0).__reduce__()[0]`. Load with
`YourUnpickler(io.BytesIO(content), encoding="latin-1").load()`.
"""

afterwards = """
The reference unpacks the whole file first. `pickle.load(gzip.open(path))` stops
where the pickle ends, and never checks what follows it.

`torch.load` refuses unknown names too: `weights_only` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/serialization.py

Try: `pickle.loads(b"cbuiltins\\nprint\\n(S'hello'\\ntR.")`. What else could it
call?
"""
