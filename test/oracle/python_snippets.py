"""Runs test/catalogues/python/snippets/*.py under CPython 3.11 and writes what they show to expected.json beside them.

    python3.11 test/oracle/python_snippets.py

A snippet says `from oracle import show, fails`. `show(x, ...)` records repr() of its arguments; `fails(f)` records the
exception's type name that calling f raises, or the repr of what it returns.
"""
import contextlib
import io
import json
import os
import sys
import types
import warnings
from pathlib import Path

assert sys.version_info[:2] == (3, 11), sys.version
warnings.simplefilter("ignore")
folder = Path(__file__).resolve().parent.parent / "catalogues" / "python" / "snippets"
os.chdir(folder)


def run(path):
    shown = []

    def show(*values):
        shown.append([sys._getframe(1).f_lineno, ", ".join(repr(value) for value in values)])

    def fails(function):
        try:
            text = repr(function())
        except BaseException as error:  # SystemExit too
            text = type(error).__name__
        shown.append([sys._getframe(1).f_lineno, text])

    module = types.ModuleType("oracle")
    module.show, module.fails = show, fails
    sys.modules["oracle"] = module
    sys.argv = [path.name]
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), {"__name__": "__main__", "__file__": path.name})
    return shown


expected = {path.name: run(path) for path in sorted(folder.glob("*.py"))}
lines = []
for name, shown in expected.items():
    values = ",\n".join(json.dumps(one) for one in shown)
    lines.append(f"{json.dumps(name)}: [\n{values}\n]")
(folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
print(sum(len(shown) for shown in expected.values()), "values in", len(expected), "files")

# What each built-in class and each module has: a name that exists must never be taken for missing.
import builtins  # noqa: E402

members = {
    name: sorted(dir(value)) for name, value in vars(builtins).items()
    if isinstance(value, type) and value is not type and name != "__loader__"
}
members["NoneType"], members["ellipsis"] = sorted(dir(None)), sorted(dir(...))
members["function"], members["iterator"] = sorted(dir(lambda: 0)), sorted(set(dir(iter([]))) & set(dir(x for x in ())))
(folder / "members.json").write_text(json.dumps({"builtins": sorted(name for name in vars(builtins) if not name.startswith("_")), "classes": members}, indent=0) + "\n", encoding="utf-8")

# The parameters of functions and methods: what Python takes must be taken here.
import importlib  # noqa: E402
import inspect  # noqa: E402


def parameters(value):
    try:
        found = inspect.signature(value)
    except (ValueError, TypeError):
        return None
    return [[one.name, one.kind.name, one.default is not inspect.Parameter.empty] for one in found.parameters.values()]


signatures = {}
names = """builtins math functools operator itertools collections typing copy dataclasses enum contextlib inspect os os.path glob shutil tempfile
sys time logging warnings gc argparse random json csv io textwrap heapq bisect statistics re types""".split()
for module_name in names:
    module = importlib.import_module(module_name)
    for name, value in vars(module).items():
        if name.startswith("_") or inspect.ismodule(value):
            continue
        if not inspect.isclass(value):
            signatures[f"{module_name}.{name}"] = parameters(value)
        elif value.__module__ in (module_name, "builtins", "re", "random", "collections", "pathlib", "argparse", "inspect"):
            for member, method in vars(value).items():
                if not member.startswith("__") and callable(method):
                    signatures[f"{module_name}.{name}.{member}"] = parameters(getattr(value, member))
from pathlib import Path as _Path  # noqa: E402
for member in dir(_Path):
    if not member.startswith("_") and callable(getattr(_Path, member)):
        signatures[f"pathlib.Path.{member}"] = parameters(getattr(_Path, member))
(folder / "signatures.json").write_text(json.dumps({name: value for name, value in sorted(signatures.items()) if value is not None}, indent=None, separators=(",", ":")).replace(']],', ']],\n') + "\n", encoding="utf-8")
