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
