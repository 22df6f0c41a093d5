"""Runs the program as Python itself would, and says at the end how it went. Knows no framework."""
import atexit
import builtins
import importlib.machinery
import os
import sys
import types

from . import imports, metrics

_HERE = os.path.dirname(os.path.abspath(__file__))
_PARENT = os.path.dirname(_HERE)


def main(folder, command):
    writer = metrics.start(folder)
    imports.install()
    # A file as standard output is buffered in blocks; who watches a run wants lines, as on a terminal.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.reconfigure(line_buffering=True)
        except (AttributeError, ValueError):
            pass
    # Registered first, so that it runs last.
    atexit.register(writer.close)
    try:
        if command[0] == '-m':
            _run_module(command[1], command[2:])
        else:
            _run_script(command[0], command)
    except SystemExit as error:
        code = error.code
        writer.end(0 if code is None else code if isinstance(code, int) else 1, code if isinstance(code, str) else None)
        raise
    except BaseException as error:
        writer.end(130 if isinstance(error, KeyboardInterrupt) else 1, _sentence(error), _place(error))
        _clean(error, set())
        hook = sys.excepthook

        def show(kind, value, trace):
            # Python's own hook prints the traceback that the exception carries.
            value.__traceback__ = without_us(trace)
            hook(kind, value, value.__traceback__)
        sys.excepthook = show
        raise
    else:
        writer.end(0)


def _run_script(path, argv):
    sys.argv[:] = argv
    if sys.version_info >= (3, 9):
        path = os.path.abspath(path)
    module = _fresh_main()
    module.__file__ = path
    module.__loader__ = importlib.machinery.SourceFileLoader('__main__', path)
    sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    try:
        with open(path, 'rb') as file:
            source = file.read()
    except OSError as error:
        # As Python says it, with its exit code.
        sys.stderr.write("%s: can't open file %r: [Errno %s] %s\n" % (sys.executable, path, error.errno, error.strerror))
        sys.exit(2)
    exec(compile(source, path, 'exec', dont_inherit=True), module.__dict__)


def _run_module(name, arguments):
    import runpy
    sys.argv[:] = ['-m'] + arguments
    sys.path.insert(0, os.getcwd())
    runpy._run_module_as_main(name, alter_argv=True)


def _fresh_main():
    module = types.ModuleType('__main__')
    module.__builtins__ = builtins
    sys.modules['__main__'] = module
    return module


def without_us(trace):
    """The traceback without the launcher's own frames (and those of runpy)."""
    frames = []
    while trace is not None:
        if not _is_ours(trace.tb_frame.f_code.co_filename):
            frames.append(trace)
        trace = trace.tb_next
    result = None
    for one in reversed(frames):
        one.tb_next = result
        result = one
    return result


def _is_ours(file):
    return file.startswith(_PARENT + os.sep) or file.endswith('runpy.py') or file == '<frozen runpy>'


def _clean(error, seen):
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    error.__traceback__ = without_us(error.__traceback__)
    _clean(error.__cause__, seen)
    _clean(error.__context__, seen)


def _sentence(error):
    try:
        text = str(error).strip()
    except Exception:
        text = ''
    name = type(error).__name__
    return (name + ': ' + text if text else name)[:4000]


def _place(error):
    """The deepest line of the traceback which is the user's own: under the working folder or beside the script."""
    place = None
    if isinstance(error, SyntaxError) and error.filename and error.lineno and is_users(error.filename):
        place = {'file': os.path.abspath(error.filename), 'line': error.lineno}
        if error.offset:
            place['column'] = error.offset
        return place
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if is_users(file):
            place = {'file': os.path.abspath(file), 'line': trace.tb_lineno}
        trace = trace.tb_next
    return place


_users = {}


def is_users(file):
    known = _users.get(file)
    if known is None:
        path = os.path.abspath(file)
        parts = path.replace('\\', '/').split('/')
        libraries = ('site-packages', 'dist-packages', 'lib-dynload')
        standard = os.path.dirname(os.__file__)
        known = not file.startswith('<') and os.path.exists(path) and not path.startswith((_PARENT + os.sep, standard + os.sep)) and not any(one in parts for one in libraries)
        _users[file] = known
    return known


def users_place(depth=1):
    """File and line of the innermost frame that is the user's own."""
    frame = sys._getframe(depth)
    while frame is not None:
        file = frame.f_code.co_filename
        if is_users(file):
            return {'file': os.path.abspath(file), 'line': frame.f_lineno}
        frame = frame.f_back
    return None
