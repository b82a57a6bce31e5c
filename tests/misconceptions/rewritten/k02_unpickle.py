"""Wrong answers to k02, written in another way."""

import contextlib
import gzip
import io
import pickle
import re
import zlib

import numpy as np


class AsAscii:
    """An Unpickler over a GzipFile, whose three parts are unpacked after the file is closed."""

    def load_mnist(path):
        with path.open("rb") as packed, gzip.GzipFile(fileobj=packed) as file:
            parts = pickle.Unpickler(file, encoding="ASCII", errors="strict").load()
        to_train_with, to_validate_on, _to_test_with = parts
        return to_train_with, to_validate_on


class AllThree:
    """An Unpickler in a helper, files on an exit stack, and all parts are returned."""

    def _unpickled(file):
        unpickler = pickle.Unpickler(file, encoding="latin-1")
        return unpickler.load()

    def load_mnist(path):
        with contextlib.ExitStack() as stack:
            packed = stack.enter_context(path.open("rb"))
            file = stack.enter_context(gzip.GzipFile(fileobj=packed))
            parts = AllThree._unpickled(file)
        return parts


class TrailerUnseen:
    """Unpacked piece by piece as long as there is something, and names looked up in a table."""

    mastery = True

    class _Arrays(pickle.Unpickler):
        def find_class(self, module, name):
            wanted = f"{module}:{name}"
            if wanted in ("numpy:ndarray", "numpy:dtype"):
                return {"ndarray": np.ndarray, "dtype": np.dtype}[name]
            if wanted in (
                "numpy.core.multiarray:_reconstruct",
                "numpy._core.multiarray:_reconstruct",
            ):
                return np.empty(0).__reduce__()[0]
            raise pickle.UnpicklingError(f"not expected: {wanted}")

    def load_mnist(path):
        unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain = io.BytesIO()
        with path.open("rb") as packed:
            while not unzip.eof and (piece := packed.read(1 << 14)):
                plain.write(unzip.decompress(piece))
        plain.seek(0)
        first, second, _third = TrailerUnseen._Arrays(plain, encoding="iso-8859-1").load()
        return first, second


class AllOfNumpy:
    """A regular expression for the module, in an Unpickler of its own."""

    mastery = True

    class _NumpyOnly(pickle.Unpickler):
        def find_class(self, module, name):
            if re.fullmatch(r"numpy(\..*)?", module, re.DOTALL):
                return super().find_class(module, name)
            raise pickle.UnpicklingError(f"{name} of {module} is not numpy's")

    def load_mnist(path):
        with gzip.open(path, "rb") as file:
            plain = file.read()
        unpickler = AllOfNumpy._NumpyOnly(io.BytesIO(plain), encoding="latin1")
        *wanted, _test = [part for part, _ in zip(unpickler.load(), range(3), strict=True)]
        return tuple(wanted)
