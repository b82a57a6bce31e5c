"""What hostile, careless or merely unusual answers do beside their work, one thing each.

`answers` puts these behaviours into answers. Each takes only its own memory, files and
processes, and sends signals only to itself, its parent and its group.
"""

from dataclasses import dataclass
from typing import Any

from tests.harness.checker import verdict
from tests.harness.checker.sandbox import child
from tests.harness.kit import Guarded, WrongAnswer, compare, expect


@dataclass(frozen=True)
class Behaviour:
    """Code that an answer may contain, and what a check says of it.

    ``message`` is a regular expression that the explanation must match. ``solved`` is the
    verdict on an answer that is right otherwise; None if both verdicts are acceptable.
    """

    name: str
    code: str
    message: str = ""
    solved: bool | None = False


# When an answer runs the code: a condition on the number of the call, or another moment.
FIRST, EACH, LATE, IMPORT = "calls == 1", "True", "calls == 40", "import"
THREAD, EXIT, DROPPED = "thread", "exit", "dropped"
MOMENTS = (FIRST, EACH, LATE, IMPORT, THREAD, EXIT, DROPPED)

Row = tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, bool | None]


def _table(*rows: Row) -> list[Behaviour]:
    return [Behaviour(*row) for row in rows]


ENDING = _table(
    # A quick run tries the first ones of each table.
    ("os._exit", "import os; os._exit(0)", "ended Python with exit code 0"),
    ("segfault", "import ctypes; ctypes.string_at(0)", "crashed Python .SIGSEGV"),
    ("pytest.skip", "import pytest; pytest.skip('no time')", "Skipped|skipped"),
    ("assume", "import hypothesis; hypothesis.assume(False)", "UnsatisfiedAssumption"),
    ("interrupt", "raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("sys.exit", "import sys; sys.exit(0)", "raised SystemExit"),
    ("exit", "raise SystemExit", "raised SystemExit"),
    ("os._exit 1", "import os; os._exit(1)", "ended Python with exit code 1"),
    ("abort", "import os; os.abort()", "crashed Python .SIGABRT"),
    ("SIGKILL", "import os; os.kill(os.getpid(), 9)", "killed Python .SIGKILL"),
    ("SIGTERM", "import os; os.kill(os.getpid(), 15)", "killed Python .SIGTERM"),
    ("SIGINT", "import os; os.kill(os.getpid(), 2)", "KeyboardInterrupt"),
    ("SIGSTOP", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "come to an end"),
    ("parent killed", "import os; os.kill(os.getppid(), 9)", "sends a signal"),
    ("parent stopped", "import os; os.kill(os.getppid(), 19)", "sends a signal"),
    ("parent interrupted", "import os; os.kill(os.getppid(), 2)", "sends a signal"),
    ("group", "import os; os.killpg(0, 15)", "killed Python .SIGTERM"),
    ("GeneratorExit", "raise GeneratorExit", "", None),
    ("pytest.exit", "import pytest; pytest.exit('done', 0)", "raised Exit"),
    ("pytest.xfail", "import pytest; pytest.xfail('known')", "XFailed"),
    ("importorskip", "import pytest; pytest.importorskip('nosuch')", "Skipped|skipped"),
    ("SkipTest", "import unittest; raise unittest.SkipTest", "SkipTest|skipped"),
    ("reject", "import hypothesis; hypothesis.reject()", "UnsatisfiedAssumption"),
    ("exec", "import os; os.execv('/bin/true', ['true'])", "ended Python with exit code 0"),
    ("own exception", "raise type('Own', (BaseException,), {})('me')", "raised Own"),
    (
        "rude exception",
        "class Rude(Exception):\n    def __str__(self): raise SystemExit\nraise Rude",
        "Rude|SystemExit|ended the check",
    ),
    ("long exception", "raise ValueError('\\x1b[2J\\ud800' + 'x' * 10**6)", "ValueError"),
    ("all files closed", "import os; os.closerange(0, 256)", "", None),
)

ENDLESS = _table(
    ("loop", "while True: pass", "come to an end"),
    ("loop in C", "sum(iter(int, 1))", "come to an end"),
    ("with the GIL", "pow(7, 10**9)", "come to an end"),
    ("asleep", "import time; time.sleep(600)", "come to an end"),
    ("lock", "import threading; a = threading.Lock(); a.acquire(); a.acquire()", "come to an"),
    ("regex", "import re; re.match('(a+)+b', 'a' * 60)", "come to an end"),
    (
        "deaf loop",
        "import signal\nfor n in (1, 2, 3, 6, 14, 15): signal.signal(n, signal.SIG_IGN)\n"
        "while True: pass",
        "come to an end|signal only works in main thread",
    ),
    ("waits for a process", "import subprocess; subprocess.run(['sleep', '300'])", "come to"),
    ("input", "input('Your name? ')", "Nobody is there"),
    ("breakpoint", "breakpoint()", "stops for a debugger"),
    ("pdb", "import pdb; pdb.set_trace()", "stops for a debugger"),
)

LEAVING = _table(
    ("thread", "import threading, time\n"
     "threading.Thread(target=time.sleep, args=(300,)).start()", "", True),
    ("busy thread", "import threading\ndef spin():\n    while True: pass\n"
     "threading.Thread(target=spin).start()", "come to an end", None),
    ("process", "import subprocess; subprocess.Popen(['sleep', '300'])", "", True),
    ("daemon", "import subprocess\n"
     "subprocess.Popen(['sleep', '300'], start_new_session=True)", "", True),
    ("fork that stays", "import os, time\nif not os.fork():\n    os.setsid(); time.sleep(300)",
     "", True),
    ("fork that goes on", "import os; os.fork()", "", True),
    ("temporary file", "import tempfile; tempfile.mkstemp()", "", True),
    ("temporary folder", "import tempfile; tempfile.mkdtemp()", "", True),
)  # fmt: skip

TAKING = _table(
    ("memory", "kept = bytearray(100 * 2**30)", "more memory"),
    ("memory of torch", "import torch; torch.ones(10**11)", "more memory"),
    ("memory bit by bit", "kept = []\nfor _ in range(2000): kept.append(bytearray(2**26))",
     "more memory|come to an end"),
    ("huge file", "import tempfile\nwith tempfile.TemporaryFile() as file:\n"
     "    for _ in range(80): file.write(bytes(2**26))", "room for|come to an end"),
    ("files", "import os, tempfile\nfolder = tempfile.mkdtemp()\nfor i in range(30000):\n"
     "    open(os.path.join(folder, str(i)), 'w').close()", "temporary folder|come to", None),
    ("threads", "import threading, time\nfor _ in range(3000):\n"
     "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", "", None),
    ("processes", "import os, time\nfor _ in range(1000):\n    if not os.fork():\n"
     "        time.sleep(60); os._exit(0)", "more than 64 processes"),
    ("open files", "kept = [open('/dev/null') for _ in range(5000)]", "Too many open", None),
    ("lines", "for i in range(10**6): print(i, 'PASSED')", "come to an end", None),
    ("one line", "print('x' * 10**8)", "come to an end", None),
    ("warnings", "import warnings\nfor i in range(10**5): warnings.warn(str(i))", "come", None),
    ("logs", "import logging\nfor i in range(10**5): logging.warning(i)", "come to an", None),
    ("depth", "def down(): down()\ndown()", "RecursionError|SIGSEGV"),
)  # fmt: skip

PRINTING = _table(
    ("escape codes", r"print('\x1b[2J\x1b]0;title\x07\x1b[?1049h\x08\x9b31m\r ok')", "", True),
    ("surrogate", "import sys; sys.stdout.write('\\ud800')", "UnicodeEncodeError", None),
    ("fake verdict", r"print('\n  \u2713 k09  solved\n30 of 30 solved')", "", True),
    ("past the capture", r"import os; os.write(1, b'\x1b[2J30 of 30 solved\n')", "", True),
    ("streams closed", "import sys; sys.stdout.close()", "", None),
)

CHANGING = _table(
    ("dtype", "import torch; torch.set_default_dtype(torch.float64)", "default dtype"),
    ("device", "import torch; torch.set_default_device('meta')", "default device|meta"),
    ("grad", "import torch; torch.set_grad_enabled(False)", "grad mode|does not require grad"),
    ("inference", "import torch\nglobal kept\n"
     "kept = torch.inference_mode()\nkept.__enter__()", "inference mode|does not require grad"),
    ("threads", "import torch; torch.set_num_threads(3)", "number of threads"),
    ("deterministic", "import torch; torch.use_deterministic_algorithms(True)", "determ|end"),
    ("folder", "import os; os.chdir('/')", "current directory"),
    ("stdout", "import io, sys; sys.stdout = io.StringIO()", "sys.stdout"),
    ("builtins", "import builtins; builtins.all = lambda _: True", "changes .builtins.all"),
    ("hook", "from torch import nn\nnn.modules.module.register_module_forward_hook("
     "lambda *_: None)", "forward_hooks"),
    ("environment", "import os; os.environ.clear()", "", True),
    ("path", "import sys; sys.path.clear()", "", None),
    ("recursion limit", "import sys; sys.setrecursionlimit(10**5)", "", True),
    ("low recursion limit", "import sys; sys.setrecursionlimit(120)", "", None),
    ("filters", "import warnings; warnings.simplefilter('error')", "", None),
    ("locale", "import locale; locale.setlocale(locale.LC_ALL, 'C')", "", True),
    ("errors of numpy", "import numpy; numpy.seterr(all='raise')", "", None),
    ("switch interval", "import sys; sys.setswitchinterval(2)", "", True),
    ("no garbage", "import gc; gc.disable()", "", True),
    ("trace", "import sys; sys.settrace(lambda *_: None)", "", None),
    ("umask", "import os; os.umask(0o777)", "", None),
)  # fmt: skip

# Functions of the machinery by which a wrong answer could become right if it replaced them.
OURS: tuple[Any, ...] = (
    expect,
    WrongAnswer.__init__,
    compare.expect_close,
    Guarded.__call__,
    verdict.judge,
    child.Worker._judged,
)
# Functions of others: a module, and a name in it.
OTHERS = (
    ("torch", "allclose"), ("torch", "equal"), ("torch", "Tensor.equal"),
    ("torch", "Tensor.all"), ("torch", "Tensor.__le__"),
    ("torch", "nn.functional.nll_loss"), ("torch", "optim.SGD.step"),
    ("numpy", "array_equal"), ("pytest", "fail"), ("_pytest.runner", "pytest_runtest_call"),
    ("hypothesis.core", "StateForActualGivenExecution.execute_once"),
    ("hypothesis.core", "StateForActualGivenExecution.run_engine"),
)  # fmt: skip


def _replaces(module: str, name: str) -> Behaviour:
    """Replace a name of a module; by `sys.modules`, since a package may hide its modules."""
    code = f"import sys, {module}\nsys.modules[{module!r}].{name} = lambda *_, **__: True"
    return Behaviour(f"patched {module}.{name}", code, name.split(".")[-1])


# The verdict names the replaced function; of other things it says that they changed.
REPLACING = [
    *(_replaces(module, name) for module, name in OTHERS),
    *(_replaces(function.__module__, function.__qualname__) for function in OURS),
    *_table(
        ("no comparisons", "import sys\nfor name, module in list(sys.modules.items()):\n"
         "    for key in [k for k in dir(module) if k.startswith(('expect', 'refuse', 'show'))]:\n"
         "        if name.startswith('tests.') and callable(getattr(module, key)):\n"
         "            setattr(module, key, lambda *_, **__: None)", "changes|changed"),
        ("lazy settings", "import hypothesis as h\n"
         "h.settings.register_profile('lazy', max_examples=1, phases=[])\n"
         "h.settings.load_profile('lazy')", "settings", None),
        ("no tests", "import sys\nfor name, module in list(sys.modules.items()):\n"
         "    if name.startswith('tests.katas.test_'):\n        for key in dir(module):\n"
         "            if key.startswith('test_'): setattr(module, key, lambda **_: None)",
         "changes|changed"),
        ("empty tests", "import sys\nfor name, module in list(sys.modules.items()):\n"
         "    if name.startswith('tests.katas.test_'):\n        for key in dir(module):\n"
         "            if hasattr(getattr(module, key), 'hypothesis'):\n"
         "                getattr(module, key).hypothesis.inner_test = lambda **_: None",
         "changes|changed"),
        ("other code", "from tests.harness.kit import expect\n"
         "expect.__code__ = (lambda *_, **__: None).__code__", "expect.expect"),
    ),
]  # fmt: skip

LOOKING = _table(
    ("import", "import solutions.k08_nll", "reference answer"),
    ("read", "open('solutions/k08_nll.py').read()", "reference answer"),
    ("read aside", "from pathlib import Path\ntry: Path('solutions/k08_nll.py').read_text()\n"
     "except Exception: pass", "reference answer"),
    ("cat", "import subprocess; subprocess.run(['cat', 'solutions/k08_nll.py'])", "reference"),
    ("alternatives", "import tests.alternatives.k08_nll", "reference answer"),
    ("network", "import socket; socket.create_connection(('192.0.2.1', 80), 1)", "network|the "
     "address that it is given"),
    ("name", "import socket; socket.getaddrinfo('pytorch.org', 80)", "network|the address"),
    ("own file", "open(__file__, 'a').write('#')", "writes where"),
    ("file beside", "from pathlib import Path\n"
     "(Path(__file__).parent / 'k08_nll.py').write_text('')", "writes where"),
    ("file removed", "import os; os.remove(__file__)", "writes where"),
    ("folder removed", "import os, shutil\n"
     "shutil.rmtree(os.path.dirname(__file__), ignore_errors=True)", "writes where"),
    ("folder renamed", "import os\n"
     "os.rename(os.path.dirname(__file__), os.path.dirname(__file__) + '2')", "writes where"),
    ("tests", "open('tests/katas/test_k08_nll.py', 'a')", "writes where"),
)  # fmt: skip

HABITS = _table(
    ("debug print", "print('here', 1)", "", True),
    ("agg", "import matplotlib; matplotlib.use('Agg')", "", True),
    ("quiet", "import warnings; warnings.filterwarnings('ignore')", "", True),
    ("variable", "import os; os.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'", "", True),
    ("path to here", "import os, sys; sys.path.insert(0, os.path.dirname(__file__))", "", True),
    ("print options", "import torch; torch.set_printoptions(precision=2)", "", True),
    ("logging", "import logging; logging.basicConfig(level='DEBUG')", "", True),
    ("other seed", "import random; random.seed(0)", "", True),
    ("assertion", "assert True", "", True),
    ("pool", "from concurrent.futures import ThreadPoolExecutor as Pool\n"
     "with Pool(2) as pool: list(pool.map(abs, range(9)))", "", True),
    ("command", "import subprocess; subprocess.run(['true'])", "", True),
    ("requests", "import requests", "", True),
    ("tqdm", "import tqdm; list(tqdm.tqdm(range(3)))", "", True),
    ("temporary", "import tempfile\nwith tempfile.TemporaryFile() as file: file.write(b'x')",
     "", True),
    ("compiled", "import torch; torch.jit.script(torch.nn.Identity())", "", True),
    ("no grad and back", "import torch\nwith torch.no_grad(): torch.ones(1) + 1", "", True),
)  # fmt: skip

BEHAVIOURS = [
    *ENDING, *ENDLESS, *LEAVING, *TAKING, *PRINTING, *CHANGING, *REPLACING, *LOOKING, *HABITS
]  # fmt: skip
