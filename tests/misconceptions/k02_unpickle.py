"""Wrong answers to k02."""

import gzip
import io
import pickle
import zlib
from functools import cache

import numpy as np


class AsAscii:
    """The strings of Python 2 are read as ASCII, which ends at 127.

    `encoding="latin-1"` has a character for every byte.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file)
        return train, valid


class AsUtf8:
    """The strings of Python 2 are read as UTF-8, in which most bytes above 127 are no character.

    `encoding="latin-1"`.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="utf-8")
        return train, valid


class ErrorsIgnored:
    """Bytes that are no ASCII are dropped, and what is left is too short for the arrays.

    No byte may get lost: `encoding="latin-1"`.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, errors="ignore")
        return train, valid


class ErrorsReplaced:
    """Bytes that are no ASCII become question marks.

    No byte may get lost: `encoding="latin-1"`.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="ascii", errors="replace")
        return train, valid


class NotUnpacked:
    """The file is read as it is, and what is read is gzip, no pickle.

    Open it with `gzip.open`.
    """

    def load_mnist(path):
        with open(path, "rb") as file:
            train, valid, _ = pickle.load(file, encoding="latin-1")
        return train, valid


class AllThree:
    """The test set is returned as well.

    Return the first two pairs.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            return pickle.load(file, encoding="latin-1")


class TestForValid:
    """The third pair is returned in place of the second.

    The order is: to train with, to validate on, to test with.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, _, valid = pickle.load(file, encoding="latin-1")
        return train, valid


class LabelsFirst:
    """Images and labels have changed places.

    A pair is (images, labels).
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            (x, y), (xv, yv), _ = pickle.load(file, encoding="latin-1")
        return (y, x), (yv, xv)


class Flat:
    """Four arrays in a row are not two pairs.

    `(x_train, y_train), (x_valid, y_valid)`: mind the brackets.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            (x, y), (xv, yv), _ = pickle.load(file, encoding="latin-1")
        return x, y, xv, yv


class Float32:
    """Everything becomes float32, whatever was stored.

    Leave the arrays as they are.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            (x, y), (xv, yv), _ = pickle.load(file, encoding="latin-1")
        return (x.astype("float32"), y), (xv.astype("float32"), yv)


class Rounded:
    """The arrays pass through lists, and their dtype is guessed anew.

    What was unpickled is an array already.
    """

    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="latin-1")
        return tuple(tuple(np.array(a.tolist()) for a in pair) for pair in (train, valid))


class OneFileOnly:
    """The first file that was read is remembered for ever.

    A path may hold another file the next time.
    """

    @cache
    def load_mnist(path):
        with gzip.open(path) as file:
            train, valid, _ = pickle.load(file, encoding="latin-1")
        return train, valid


class NotReturned:
    """The arrays are loaded, and nothing is returned.

    `return train, valid`.
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
    """Reading stops where the pickle ends, before gzip's check sum.

    Read the whole file first, then unpickle.
    """

    mastery = True

    def load_mnist(path):
        def read(content):
            return zlib.decompressobj(wbits=31).decompress(content)

        return _safe(path, lambda *name: name in NAMES, read)


class AllOfNumpy:
    """Everything in numpy is allowed, and numpy can write files.

    Allow the names that an array needs, one by one.
    """

    mastery = True

    def load_mnist(path):
        return _safe(path, lambda module, _: module.split(".")[0] == "numpy")


class ListOfBadNames:
    """A list of what is forbidden is never complete.

    List what is allowed.
    """

    mastery = True

    def load_mnist(path):
        bad = {"os", "posix", "nt", "io", "builtins", "subprocess", "sys", "shutil"}
        return _safe(path, lambda module, _: module not in bad)


class NameWithoutModule:
    """Only the name is looked at, and another module may have one like it.

    Compare module and name.
    """

    mastery = True

    def load_mnist(path):
        return _safe(path, lambda _, name: name in {name for _, name in NAMES})


class ImportedFirst:
    """The thing is imported, and then refused: its module has run by then.

    Look at the name before calling the parent's `find_class`.
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
    """The name under which numpy 2 has its function is refused.

    `numpy._core.multiarray` is `numpy.core.multiarray`, moved.
    """

    mastery = True

    def load_mnist(path):
        old = {name for name in NAMES if "_core" not in name[0]}
        return _safe(path, lambda *name: name in old)


class AnotherError:
    """A forbidden name raises, but not what pickle's callers expect.

    `pickle.UnpicklingError`.
    """

    mastery = True

    def load_mnist(path):
        def allowed(*name):
            if name not in NAMES:
                raise ValueError(name)
            return True

        return _safe(path, allowed)


class AlsoUnpacked:
    """A file that is no gzip file is read all the same.

    Whoever expects gzip should hear that it is something else.
    """

    mastery = True

    def load_mnist(path):
        def read(content):
            return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content

        return _safe(path, lambda *name: name in NAMES, read)
