"""Runs a Python program unchanged and writes what its training reports into a run's folder.

    python run.py FOLDER script.py ARGUMENTS...
    python run.py FOLDER -m module ARGUMENTS...

Standard library only, Python 3.8 or later. The program sees its own arguments, path, `__main__` and tracebacks.
"""
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
# Python put this file's folder first, where a script's own folder belongs; the program must not find our modules by plain names.
if sys.path and os.path.abspath(sys.path[0] or os.curdir) == _here:
    del sys.path[0]
sys.path.insert(0, _here)
from inlayer_launcher import program  # noqa: E402

sys.path.remove(_here)
program.main(sys.argv[1], sys.argv[2:])
