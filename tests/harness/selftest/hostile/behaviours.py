"""What answers do that they should not, or need not: one thing each, to be put together.

Each takes what it takes from a count of its own, and signals nobody but itself, its
parent and its group.
"""

import os
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.checker import verdict
from tests.harness.checker.sandbox import child
from tests.harness.kit import compare, expect, guard
from tests.harness.selftest import sample_answers


@dataclass(frozen=True)
class Deed:
    """A thing that an answer may do beside its work; ``told`` are words that name it.

    ``solved`` says what comes of an answer that is right but for it: solved or not, or
    (None) it may be either.
    """

    name: str
    code: str
    told: str = ""
    solved: bool | None = False


# When an answer does it: as a condition on the number of the call, or in another way.
FIRST, EACH, LATE, IMPORT = "calls == 1", "True", "calls == 40", "import"
THREAD, EXIT, DROPPED = "thread", "exit", "dropped"
WHEN = (FIRST, EACH, LATE, IMPORT, THREAD, EXIT, DROPPED)

ENDING = [
    Deed("sys.exit", "import sys; sys.exit(0)", "raised SystemExit"),
    Deed("exit", "raise SystemExit", "raised SystemExit"),
    Deed("os._exit", "import os; os._exit(0)", "ended Python with exit code 0"),
    Deed("os._exit 1", "import os; os._exit(1)", "ended Python with exit code 1"),
    Deed("abort", "import os; os.abort()", "crashed Python .SIGABRT"),
    Deed("SIGKILL", "import os; os.kill(os.getpid(), 9)", "killed Python .SIGKILL"),
    Deed("SIGTERM", "import os; os.kill(os.getpid(), 15)", "killed Python .SIGTERM"),
    Deed("SIGINT", "import os; os.kill(os.getpid(), 2)", "KeyboardInterrupt"),
    Deed("SIGSTOP", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "come to an end"),
    Deed("parent killed", "import os; os.kill(os.getppid(), 9)", "sends a signal"),
    Deed("parent stopped", "import os; os.kill(os.getppid(), 19)", "sends a signal"),
    Deed("parent interrupted", "import os; os.kill(os.getppid(), 2)", "sends a signal"),
    Deed("group", "import os; os.killpg(0, 15)", "killed Python .SIGTERM"),
    Deed("segfault", "import ctypes; ctypes.string_at(0)", "crashed Python .SIGSEGV"),
    Deed("interrupt", "raise KeyboardInterrupt", "KeyboardInterrupt"),
    Deed("GeneratorExit", "raise GeneratorExit", "", None),
    Deed("pytest.exit", "import pytest; pytest.exit('done', 0)", "raised Exit"),
    Deed("pytest.skip", "import pytest; pytest.skip('no time')", "Skipped|skipped"),
    Deed("pytest.xfail", "import pytest; pytest.xfail('known')", "XFailed"),
    Deed("importorskip", "import pytest; pytest.importorskip('nosuch')", "Skipped|skipped"),
    Deed("SkipTest", "import unittest; raise unittest.SkipTest", "SkipTest|skipped"),
    Deed("assume", "import hypothesis; hypothesis.assume(False)", "UnsatisfiedAssumption"),
    Deed("reject", "import hypothesis; hypothesis.reject()", "UnsatisfiedAssumption"),
    Deed("exec", "import os; os.execv('/bin/true', ['true'])", "ended Python with exit code 0"),
    Deed("own exception", "raise type('Own', (BaseException,), {})('me')", "raised Own"),
    Deed(
        "rude exception",
        "class Rude(Exception):\n    def __str__(self): raise SystemExit\nraise Rude",
        "Rude|SystemExit|ended the check",
    ),
    Deed("long exception", "raise ValueError('\\x1b[2J\\ud800' + 'x' * 10**6)", "ValueError"),
    Deed("all files closed", "import os; os.closerange(0, 256)", "", None),
]

ENDLESS = [
    Deed("loop", "while True: pass", "come to an end"),
    Deed("loop in C", "sum(iter(int, 1))", "come to an end"),
    Deed("with the GIL", "pow(7, 10**9)", "come to an end"),
    Deed("asleep", "import time; time.sleep(600)", "come to an end"),
    Deed("lock", "import threading; a = threading.Lock(); a.acquire(); a.acquire()", "come to an"),
    Deed("regex", "import re; re.match('(a+)+b', 'a' * 60)", "come to an end"),
    Deed(
        "deaf loop",
        "import signal\nfor n in (1, 2, 3, 6, 14, 15): signal.signal(n, signal.SIG_IGN)\n"
        "while True: pass",
        "come to an end|signal only works in main thread",
    ),
    Deed("waits for a process", "import subprocess; subprocess.run(['sleep', '300'])", "come to"),
    Deed("input", "input('Your name? ')", "Nobody is there"),
    Deed("breakpoint", "breakpoint()", "stops for a debugger"),
    Deed("pdb", "import pdb; pdb.set_trace()", "stops for a debugger"),
]

LEAVING = [
    Deed("thread", "import threading, time\n"
         "threading.Thread(target=time.sleep, args=(300,)).start()", "", True),
    Deed("busy thread", "import threading\ndef spin():\n    while True: pass\n"
         "threading.Thread(target=spin).start()", "come to an end", None),
    Deed("process", "import subprocess; subprocess.Popen(['sleep', '300'])", "", True),
    Deed("daemon", "import subprocess\n"
         "subprocess.Popen(['sleep', '300'], start_new_session=True)", "", True),
    Deed("fork that stays", "import os, time\nif not os.fork():\n    os.setsid(); time.sleep(300)",
         "", True),
    Deed("fork that goes on", "import os; os.fork()", "", True),
    Deed("temporary file", "import tempfile; tempfile.mkstemp()", "", True),
    Deed("temporary folder", "import tempfile; tempfile.mkdtemp()", "", True),
]  # fmt: skip

TAKING = [
    Deed("memory", "kept = bytearray(100 * 2**30)", "more memory"),
    Deed("memory of torch", "import torch; torch.ones(10**11)", "more memory"),
    Deed("memory bit by bit", "kept = []\nfor _ in range(2000): kept.append(bytearray(2**26))",
         "more memory|come to an end"),
    Deed("huge file", "import tempfile\nwith tempfile.TemporaryFile() as file:\n"
         "    for _ in range(80): file.write(bytes(2**26))", "room for|come to an end"),
    Deed("files", "import os, tempfile\nfolder = tempfile.mkdtemp()\nfor i in range(30000):\n"
         "    open(os.path.join(folder, str(i)), 'w').close()", "temporary folder|come to", None),
    Deed("threads", "import threading, time\nfor _ in range(3000):\n"
         "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", "", None),
    Deed("processes", "import os, time\nfor _ in range(1000):\n    if not os.fork():\n"
         "        time.sleep(60); os._exit(0)", "more than 64 processes"),
    Deed("open files", "kept = [open('/dev/null') for _ in range(5000)]", "Too many open", None),
    Deed("lines", "for i in range(10**6): print(i, 'PASSED')", "come to an end", None),
    Deed("one line", "print('x' * 10**8)", "come to an end", None),
    Deed("warnings", "import warnings\nfor i in range(10**5): warnings.warn(str(i))", "come", None),
    Deed("logs", "import logging\nfor i in range(10**5): logging.warning(i)", "come to an", None),
    Deed("depth", "def down(): down()\ndown()", "RecursionError|SIGSEGV"),
]  # fmt: skip

PRINTING = [
    Deed("escape codes", r"print('\x1b[2J\x1b]0;title\x07\x1b[?1049h\x08\x9b31m\r ok')", "", True),
    Deed("surrogate", "import sys; sys.stdout.write('\\ud800')", "UnicodeEncodeError", None),
    Deed("fake verdict", r"print('\n  \u2713 k09  solved\n30 of 30 solved')", "", True),
    Deed("past the capture", r"import os; os.write(1, b'\x1b[2J30 of 30 solved\n')", "", True),
    Deed("streams closed", "import sys; sys.stdout.close()", "", None),
]

CHANGING = [
    Deed("dtype", "import torch; torch.set_default_dtype(torch.float64)", "default dtype"),
    Deed("device", "import torch; torch.set_default_device('meta')", "default device|meta"),
    Deed("grad", "import torch; torch.set_grad_enabled(False)", "grad mode"),
    Deed("inference", "import torch\nglobal kept\n"
         "kept = torch.inference_mode()\nkept.__enter__()", "inference mode|does not require grad"),
    Deed("threads", "import torch; torch.set_num_threads(3)", "number of threads"),
    Deed("deterministic", "import torch; torch.use_deterministic_algorithms(True)", "determ|end"),
    Deed("folder", "import os; os.chdir('/')", "current directory"),
    Deed("stdout", "import io, sys; sys.stdout = io.StringIO()", "sys.stdout"),
    Deed("builtins", "import builtins; builtins.all = lambda _: True", "changes .builtins.all"),
    Deed("hook", "from torch import nn\nnn.modules.module.register_module_forward_hook("
         "lambda *_: None)", "forward_hooks"),
    Deed("environment", "import os; os.environ.clear()", "", True),
    Deed("path", "import sys; sys.path.clear()", "", None),
    Deed("recursion limit", "import sys; sys.setrecursionlimit(10**5)", "", True),
    Deed("low recursion limit", "import sys; sys.setrecursionlimit(120)", "", None),
    Deed("filters", "import warnings; warnings.simplefilter('error')", "", None),
    Deed("locale", "import locale; locale.setlocale(locale.LC_ALL, 'C')", "", True),
    Deed("errors of numpy", "import numpy; numpy.seterr(all='raise')", "", None),
    Deed("switch interval", "import sys; sys.setswitchinterval(2)", "", True),
    Deed("no garbage", "import gc; gc.disable()", "", True),
    Deed("trace", "import sys; sys.settrace(lambda *_: None)", "", None),
    Deed("umask", "import os; os.umask(0o777)", "", None),
]  # fmt: skip

# Of our own machinery, what an answer would gain most by replacing.
OURS = (
    expect.expect, expect.WrongAnswer.__init__, compare.expect_close, verdict.judge,
    child.Worker._judged, guard.Guarded.__call__,
)  # fmt: skip


def _named(function: Any) -> tuple[str, str]:
    """Name a function of ours by its module, and by its place in it."""
    return function.__module__, f"{function.__module__}.{function.__qualname__}"


REPLACING = [
    Deed(f"patched {name}", f"import {module}\n{name} = lambda *_, **__: True", name.split(".")[-1])
    for module, name in (
        ("torch", "torch.allclose"), ("torch", "torch.equal"), ("torch", "torch.Tensor.equal"),
        ("torch", "torch.Tensor.all"), ("torch", "torch.Tensor.__le__"),
        ("torch", "torch.nn.functional.nll_loss"), ("torch", "torch.optim.SGD.step"),
        ("numpy", "numpy.array_equal"), ("pytest", "pytest.fail"),
        ("_pytest.runner", "_pytest.runner.pytest_runtest_call"),
        ("hypothesis.core", "hypothesis.core.StateForActualGivenExecution.execute_once"),
        ("hypothesis.core", "hypothesis.core.StateForActualGivenExecution.run_engine"),
        *map(_named, OURS),
    )
] + [
    Deed("no comparisons", "import sys\nfor name, module in list(sys.modules.items()):\n"
         "    for key in [k for k in dir(module) if k.startswith(('agree', 'expect', 'show'))]:\n"
         "        if name.startswith('tests.') and callable(getattr(module, key)):\n"
         "            setattr(module, key, lambda *_, **__: None)", "changes|changed"),
    Deed("lazy settings", "import hypothesis as h\n"
         "h.settings.register_profile('lazy', max_examples=1, phases=[])\n"
         "h.settings.load_profile('lazy')", "settings", None),
    Deed("no tests", "import sys\nfor name, module in list(sys.modules.items()):\n"
         "    if name.startswith('tests.katas.test_'):\n        for key in dir(module):\n"
         "            if key.startswith('test_'): setattr(module, key, lambda **_: None)",
         "changes|changed"),
    Deed("empty tests", "import sys\nfor name, module in list(sys.modules.items()):\n"
         "    if name.startswith('tests.katas.test_'):\n        for key in dir(module):\n"
         "            if hasattr(getattr(module, key), 'hypothesis'):\n"
         "                getattr(module, key).hypothesis.inner_test = lambda **_: None",
         "changes|changed"),
    Deed("other code", f"import {expect.__name__} as ours\n"
         "ours.expect.__code__ = (lambda *_, **__: None).__code__", "expect.expect"),
]  # fmt: skip

LOOKING = [
    Deed("import", "import solutions.k08_nll", "reference answer"),
    Deed("read", "open('solutions/k08_nll.py').read()", "reference answer"),
    Deed("read aside", "from pathlib import Path\ntry: Path('solutions/k08_nll.py').read_text()\n"
         "except Exception: pass", "reference answer"),
    Deed("cat", "import subprocess; subprocess.run(['cat', 'solutions/k08_nll.py'])", "reference"),
    Deed("alternatives", "import tests.alternatives.k08_nll", "reference answer"),
    Deed("network", "import socket; socket.create_connection(('192.0.2.1', 80), 1)", "network|the "
         "address that it is given"),
    Deed("name", "import socket; socket.getaddrinfo('pytorch.org', 80)", "network|the address"),
    Deed("own file", "open(__file__, 'a').write('#')", "writes where"),
    Deed("file beside", "from pathlib import Path\n"
         "(Path(__file__).parent / 'k08_nll.py').write_text('')", "writes where"),
    Deed("file removed", "import os; os.remove(__file__)", "writes where"),
    Deed("folder removed", "import os, shutil\n"
         "shutil.rmtree(os.path.dirname(__file__), ignore_errors=True)", "writes where"),
    Deed("folder renamed", "import os\n"
         "os.rename(os.path.dirname(__file__), os.path.dirname(__file__) + '2')", "writes where"),
    Deed("tests", "open('tests/katas/test_k08_nll.py', 'a')", "writes where"),
]  # fmt: skip

HABITS = [
    Deed("debug print", "print('here', 1)", "", True),
    Deed("agg", "import matplotlib; matplotlib.use('Agg')", "", True),
    Deed("quiet", "import warnings; warnings.filterwarnings('ignore')", "", True),
    Deed("variable", "import os; os.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'", "", True),
    Deed("path to here", "import os, sys; sys.path.insert(0, os.path.dirname(__file__))", "", True),
    Deed("print options", "import torch; torch.set_printoptions(precision=2)", "", True),
    Deed("logging", "import logging; logging.basicConfig(level='DEBUG')", "", True),
    Deed("other seed", "import random; random.seed(0)", "", True),
    Deed("assertion", "assert True", "", True),
    Deed("pool", "from concurrent.futures import ThreadPoolExecutor as Pool\n"
         "with Pool(2) as pool: list(pool.map(abs, range(9)))", "", True),
    Deed("command", "import subprocess; subprocess.run(['true'])", "", True),
    Deed("requests", "import requests", "", True),
    Deed("tqdm", "import tqdm; list(tqdm.tqdm(range(3)))", "", True),
    Deed("temporary", "import tempfile\nwith tempfile.TemporaryFile() as file: file.write(b'x')",
         "", True),
    Deed("compiled", "import torch; torch.jit.script(torch.nn.Identity())", "", True),
    Deed("no grad and back", "import torch\nwith torch.no_grad(): torch.ones(1) + 1", "", True),
]  # fmt: skip

DEEDS = [
    *ENDING, *ENDLESS, *LEAVING, *TAKING, *PRINTING, *CHANGING, *REPLACING, *LOOKING, *HABITS
]  # fmt: skip

# What comes back in place of a result: an expression of what would have come.
RESULTS = {
    "None": "None",
    "numpy": "gave.detach().numpy()",
    "list": "gave.tolist()",
    "float": "float(gave)",
    "float64": "gave.double()",
    "integer": "gave.long()",
    "one axis more": "gave[None]",
    "meta": "gave.to('meta')",
    "nan": "gave * float('nan')",
    "inf": "gave + float('inf')",
    "sparse": "gave.to_sparse()",
    "liar": "(gave * 0 + 7).as_subclass(Liar)",
    "equals everything": "Everything()",
    "mock": "__import__('unittest.mock').mock.ANY",
    "magic": "__import__('unittest.mock').mock.MagicMock()",
    "passes for it": "Passing(type(gave))",
    "generator": "(part for part in [gave])",
    "exception": "ValueError('1 passed')",
    "itself": "Ellipsis",
}
LIARS = """
import torch as _torch

class Liar(_torch.Tensor):
    __torch_function__ = classmethod(lambda *_, **__: True)
    __eq__ = __le__ = lambda *_: True

class Everything:
    __hash__ = None
    __eq__ = __le__ = __ge__ = lambda *_: True
    __ne__ = __lt__ = __gt__ = lambda *_: False
    __call__ = __getattr__ = __getitem__ = __sub__ = __rsub__ = lambda self, *_, **__: self
    __iter__ = lambda self: iter([self])
    __len__ = lambda self: 1
    __float__ = lambda self: 0.0

class Passing(Everything):
    def __init__(self, kind): self._kind = kind
    __class__ = property(lambda self: object.__getattribute__(self, "_kind"))
"""

# What stands in the place of what the stub defines, and words that name it.
NAMES = {
    "missing": ("del {name}", "defines no"),
    "misspelt": ("{name}_ = {name}\ndel {name}", "misspelt"),
    "not callable": ("{name} = 7", "cannot be called"),
    "no arguments": ("def {name}(*, nothing): ...", "nothing"),
    "coroutine": ("async def {name}(*_, **__): ...", "async def"),
    "generator": ("def {name}(*_, **__):\n    yield 1", ""),
    "class": ("class {name}:\n    def __init__(self, *_, **__): ...", ""),
    "number": ("def {name}(*_, **__): return 1", ""),
}

BEFORE = """
calls = 0


def _before(function):
    import functools

    @functools.wraps(function)
    def call(*args, **kwargs):
        global calls
        calls += 1
{deeds}
        return function(*args, **kwargs)

    return call


{called} = _before({called})
"""
AFTER = """

def _instead(function):
    import functools

    @functools.wraps(function)
    def call(*args, **kwargs):
        gave = function(*args, **kwargs)
        return {result}

    return call


{called} = _instead({called})
"""
ASIDE = {
    IMPORT: "{do}()",
    THREAD: "import threading\nthreading.Thread(target={do}).start()",
    EXIT: "import atexit\natexit.register({do})",
    DROPPED: "class {do}_dropped:\n    __del__ = lambda _: {do}()\n\n{do}_kept = [{do}_dropped()]",
}


def doing(stem: str, core: str, deeds: Sequence[tuple[Deed, str]]) -> str:
    """Return the text of an answer that does some deeds beside its work."""
    parts, inside = [core], []
    for i, (deed, when) in enumerate(deeds):
        do = f"_do_{i}"
        parts.append(f"def {do}():\n{textwrap.indent(deed.code, '    ')}\n")
        if when in ASIDE:
            parts.append(ASIDE[when].format(do=do))
        if when == DROPPED:
            inside.append(f"{do}_kept.clear()")
        elif when not in ASIDE:
            inside.append(f"if {when}: {do}()")
    if inside:
        lines = textwrap.indent("\n".join(inside), " " * 8)
        parts.append(BEFORE.format(deeds=lines, called=sample_answers.CALLED[stem]))
    return "\n\n".join(parts) + "\n"


def giving(stem: str, core: str, result: str) -> str:
    """Return the text of an answer that gives something else than it would."""
    return core + LIARS + AFTER.format(result=RESULTS[result], called=sample_answers.CALLED[stem])


def defining(stem: str, core: str, name: str) -> str:
    """Return the text of an answer that defines something else than it should."""
    return f"{core}\n{NAMES[name][0].format(name=sample_answers.CALLED[stem].partition('.')[0])}\n"


Putting = Callable[[Path, str], object]  # a text at a path


@dataclass(frozen=True)
class Form:
    """What a file may be instead of a text in UTF-8, and what comes of it."""

    name: str
    put: Putting
    told: str = ""
    solved: bool = False


def _form(name: str, change: Callable[[str], str | bytes], told: str = "") -> Form:
    """Change a file's text; nothing being told, it is as good as before."""

    def put(path: Path, text: str) -> None:
        changed = change(text)
        path.write_bytes(changed if isinstance(changed, bytes) else changed.encode())

    return Form(name, put, told, not told)


def _link(path: Path, text: str) -> None:
    folder = path.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_text(text, encoding="utf-8")
    path.symlink_to(folder / path.name)


FORMS = [
    _form("byte-order mark", lambda text: b"\xef\xbb\xbf" + text.encode()),
    _form("CRLF", lambda text: text.replace("\n", "\r\n")),
    _form("CR", lambda text: text.replace("\n", "\r")),
    _form("long line", lambda text: f"{text}\n# {'x' * 10**5}"),
    _form("Latin-1", lambda text: text.encode() + b"\nx = '\xe9'", "UTF-8"),
    _form("UTF-16", lambda text: text.encode("utf-16"), "UTF-8"),
    _form("NUL", lambda text: f"{text}\0", "UTF-8"),
    _form("unknown coding", lambda text: f"# coding: klingon\n{text}", "klingon"),
    _form("bracket", lambda text: f"{text}\nx = (1, [2)\n", "does not match"),
    _form("quotes", lambda text: f"{text}\n" + 3 * "'", "Unterminated"),
    _form("indentation", lambda text: f"{text}\n  x = 1\n", "[Uu]n(indent|expected)"),
    _form("tabs", lambda text: f"{text}\nif 1:\n\tx = 1\n        x = 1\n", "tabs"),
    _form("merge", lambda text: f"{text}\n<<<<<<< HEAD\n", "Invalid syntax"),
    _form("deep", lambda text: f"{text}\nx = {'(' * 999}1{')' * 999}", "nested"),
    _form("deeper", lambda text: f"{text}\nx = {'-' * 10**5}1", "nested|SIGSEGV"),
    _form("empty", lambda _: "", "empty"),
    _form("blank", lambda _: "\n \n", "empty"),
    _form("comment", lambda _: "# later\n", "defines no"),
    _form("10 MB", lambda text: text + "# x\n" * 2_500_000, "10.0 MB"),
    Form("link", _link, solved=True),
    Form("folder", lambda path, _: path.mkdir(), "no file"),
    Form("pipe", lambda path, _: os.mkfifo(path), "no file"),
    Form("dangling link", lambda path, _: path.symlink_to("nowhere"), "not there"),
    Form("link to itself", lambda path, _: path.symlink_to(path.name), "symbolic links"),
]
