"""Wrong answers to k02."""

import gzip
import io
import pickle
import zlib
from functools import cache

import numpy as np


class AsAscii:
    """The strings of Python 2 are read as ASCII, pickle's default, which ends at 127.

    Pass `encoding="latin-1"`, which has a character for every byte.
    """

    raises = True

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file)
        return train, valid


class AsUtf8:
    """The strings of Python 2 are read as UTF-8, in which a byte above 127 is not a character
    on its own.

    Pass `encoding="latin-1"`, which has a character for every byte.
    """

    raises = True

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="utf-8")
        return train, valid


class ErrorsIgnored:
    """The strings, once decoded, have a different length from the bytes in the file and do not fit
    the arrays: `errors="ignore"`, for one, drops every byte above 127.

    Pass `encoding="latin-1"`, without `errors=`: every byte is one character.
    """

    raises = True

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, errors="ignore")
        return train, valid


class ErrorsReplaced:
    """Some bytes become characters that Latin-1 does not have, and numpy cannot turn them back into
    bytes: `errors="replace"` or another encoding does that.

    Pass `encoding="latin-1"`, without `errors=`: every byte is one character.
    """

    raises = True

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="ascii", errors="replace")
        return train, valid


class NotUnpacked:
    """The file is unpickled as it is, but what it holds is gzip data: the pickle is inside.

    Open it with `gzip.open`.
    """

    raises = True

    def load_mnist(path):
        with open(path, "rb") as file:
            train, valid, _ = pickle.load(file, encoding="latin-1")
        return train, valid


class AllThree:
    """The test set is returned as well.

    Drop the third pair, and return the first two.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            return pickle.load(file, encoding="latin-1")


class ThirdNotTaken:
    """The file holds three pairs, and they are unpacked into two names.

    Write three names, `train, valid, _ = …`, and return the first two.
    """

    raises = True

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid = pickle.load(file, encoding="latin-1")
        return train, valid


class TestForValid:
    """The third pair is returned in place of the second.

    Return the first two: the order in the file is training, validation, test.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, _, valid = pickle.load(file, encoding="latin-1")
        return train, valid


class LabelsFirst:
    """Images and labels are swapped.

    Return each pair as it is in the file: (images, labels).
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            (x, y), (xv, yv), _ = pickle.load(file, encoding="latin-1")
        return (y, x), (yv, xv)


class Flat:
    """Four arrays are returned, not two pairs of arrays.

    Return `(x_train, y_train), (x_valid, y_valid)`: mind the brackets.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            (x, y), (xv, yv), _ = pickle.load(file, encoding="latin-1")
        return x, y, xv, yv


class Float32:
    """The images become float32, whatever dtype they were stored in.

    Leave the arrays as they are, without `astype` or `dtype=`.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            (x, y), (xv, yv), _ = pickle.load(file, encoding="latin-1")
        return (x.astype("float32"), y), (xv.astype("float32"), yv)


class ThroughLists:
    """The dtype of the arrays changes, usually because they pass through Python lists, from which
    numpy infers it afresh.

    Return what was unpickled: these are arrays already.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="latin-1")
        return tuple(tuple(np.array(a.tolist()) for a in pair) for pair in (train, valid))


class OneFileOnly:
    """What an earlier call has read is returned again, although the path holds another file now: it
    is remembered, usually in a global variable or by `@cache`.

    Read the file at every call.
    """

    @cache
    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="latin-1")
        return train, valid


class NotReturned:
    """Nothing is returned: the call returns `None`.

    End with `return train, valid`, the first two pairs.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            _train, _valid, _ = pickle.load(file, encoding="latin-1")


def _safe(path, allowed, read=gzip.decompress):
    """Load with a filter on names."""

    class Unpickler(pickle.Unpickler):
        def find_class(self, module, name):
            if not allowed(module, name):
                raise pickle.UnpicklingError(f"{module}.{name}")
            return super().find_class(module, name)

    content = io.BytesIO(read(path.read_bytes()))
    train, valid, _ = Unpickler(content, encoding="latin-1").load()
    return train, valid


NAMES = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
}


class TrailerUnseen:
    """A file that lacks its last bytes is loaded as if it were whole: they are gzip's checksum and
    length, and nothing reads them.

    Unpack the whole file first, with `gzip.decompress` or `read()`; then unpickle.
    """

    mastery = True

    def load_mnist(path):
        def read(content):
            return zlib.decompressobj(wbits=31).decompress(content)

        return _safe(path, lambda *name: name in NAMES, read)


class Trusting:
    """The pickle is loaded as it comes: whatever it names is imported and called, and it may name
    any function.

    Subclass `pickle.Unpickler`, and let its `find_class` refuse all but what an array needs.
    """

    mastery = True

    def load_mnist(path):
        return pickle.loads(gzip.decompress(path.read_bytes()), encoding="latin-1")[:2]


class AllOfNumpy:
    """Everything in numpy is allowed, and numpy can write files.

    Allow the four names that an array needs, one by one, each with its module.
    """

    mastery = True
    raises = True

    def load_mnist(path):
        return _safe(path, lambda module, _: module.split(".")[0] == "numpy")


class ListOfBadNames:
    """Some names are refused, and others that no array needs are let through: a list of what is
    forbidden is never complete.

    List what is allowed, and refuse everything else.
    """

    mastery = True

    def load_mnist(path):
        bad = {"os", "posix", "nt", "io", "builtins", "subprocess", "sys", "shutil"}
        return _safe(path, lambda module, _: module not in bad)


class NameWithoutModule:
    """A `dtype` of a module that is not numpy is let through, usually because only the name is
    looked at.

    Compare the module and the name together.
    """

    mastery = True

    def load_mnist(path):
        return _safe(path, lambda _, name: name in {name for _, name in NAMES})


class ImportedFirst:
    """What the pickle names is imported, and then refused: its module has run by then.

    Compare module and name before calling `super().find_class`.
    """

    mastery = True

    def load_mnist(path):
        class Unpickler(pickle.Unpickler):
            def find_class(self, module, name):
                found = super().find_class(module, name)
                if (module, name) not in NAMES:
                    raise pickle.UnpicklingError(f"{module}.{name}")
                return found

        content = io.BytesIO(gzip.decompress(path.read_bytes()))
        train, valid, _ = Unpickler(content, encoding="latin-1").load()
        return train, valid


class OldNumpyOnly:
    """The name that a file written today uses is refused: numpy 2 has moved `numpy.core.multiarray`
    to `numpy._core.multiarray`.

    Allow `_reconstruct` from either module.
    """

    mastery = True
    raises = True

    def load_mnist(path):
        old = {name for name in NAMES if "_core" not in name[0]}
        return _safe(path, lambda *name: name in old)


class AnotherError:
    """A forbidden name raises an exception, but not the one that callers of pickle expect.

    Raise `pickle.UnpicklingError`.
    """

    mastery = True
    raises = True

    def load_mnist(path):
        def allowed(*name):
            if name not in NAMES:
                raise ValueError(name)
            return True

        return _safe(path, allowed)


class AlsoUnpacked:
    """A pickle that is not packed with gzip is read anyway.

    Unpack in any case, and let `gzip` raise: a caller who expects gzip must hear that this is
    something else.
    """

    mastery = True

    def load_mnist(path):
        def read(content):
            return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content

        return _safe(path, lambda *name: name in NAMES, read)
