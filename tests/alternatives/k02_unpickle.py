"""Right answers to k02, written differently."""

import gzip
import io
import pickle
import shutil
import zlib

import numpy as np


class Tutorial:
    """The tutorial's own lines."""

    mastery = False

    def load_mnist(path):
        with gzip.open(path.as_posix(), "rb") as f:
            ((x_train, y_train), (x_valid, y_valid), _) = pickle.load(f, encoding="latin-1")
        return (x_train, y_train), (x_valid, y_valid)


class AsBytes:
    """Python 2's strings stay bytes, which numpy takes as well."""

    mastery = False

    def load_mnist(path):
        return pickle.loads(gzip.decompress(path.read_bytes()), encoding="bytes")[:2]


class AsTheManualHasIt:
    """The parent's `find_class`, after a look at a list of names."""

    def load_mnist(path):
        class Restricted(pickle.Unpickler):
            def find_class(self, module, name):
                allowed = name in {"ndarray", "dtype"} and module == "numpy"
                reconstruct = name == "_reconstruct" and module in {
                    "numpy.core.multiarray",
                    "numpy._core.multiarray",
                }
                if allowed or reconstruct:
                    return super().find_class(module, name)
                raise pickle.UnpicklingError(f"global '{module}.{name}' is forbidden")

        with gzip.open(path) as file:
            content = file.read()
        first, second, _ = Restricted(io.BytesIO(content), encoding="latin1").load()
        return first, second


class Matched:
    """A `match` over module and name, and a file that is copied to its end."""

    def load_mnist(path):
        class OnlyArrays(pickle.Unpickler):
            def find_class(self, module, name):
                match module.split("."), name:
                    case ["numpy"], "ndarray" | "dtype":
                        return getattr(np, name)
                    case ["numpy", "core" | "_core", "multiarray"], "_reconstruct":
                        return np.array(0).__reduce__()[0]
                raise pickle.UnpicklingError(f"{name} of {module}")

        content = io.BytesIO()
        with gzip.GzipFile(path) as packed:
            shutil.copyfileobj(packed, content)
        content.seek(0)
        train, valid, *_ = OnlyArrays(content, encoding="latin-1").load()
        return train, valid


class ByHand:
    """zlib instead of gzip, and Python's own unpickler."""

    def load_mnist(path):
        unpack = zlib.decompressobj(wbits=31)
        content = unpack.decompress(path.read_bytes()) + unpack.flush()
        if not unpack.eof:
            raise EOFError("cut short")
        unpickler = pickle._Unpickler(io.BytesIO(content), encoding="latin-1")
        known = {"ndarray": np.ndarray, "dtype": np.dtype}

        def find_class(module, name):
            if module == "numpy" and name in known:
                return known[name]
            if name == "_reconstruct" and module in (
                "numpy.core.multiarray",
                "numpy._core.multiarray",
            ):
                return lambda kind, shape, code: np.ndarray(shape, "u1")
            raise pickle.UnpicklingError(name)

        unpickler.find_class = find_class
        parts = unpickler.load()
        return parts[0], parts[1]


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "np.empty(1)": "Every array is put together by the same function.",
    "UnpicklingError(None)": "What the exception says is free.",
    "LATIN-1": "Names of encodings may be written in capitals.",
}
