# Runs Python programs under the real frameworks and prints what they did, as JSON.
#   python run_program.py FILE …            one JSON line for each program
#   python run_program.py --serve keras|torch   reads {"files": {path: text}, "main": path} a line, answers one line each; with "after",
#                                           Python that runs behind the program in its namespace: calls that the program leaves out
# A program is instrumented so that each assignment, return and bare expression reports its shape; its lines stay where they are.
# Programs run in a folder of their own, with stand-ins for data; the frameworks are imported once.
import ast
import builtins
import importlib.abc
import importlib.machinery
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import traceback
import warnings

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
os.environ.setdefault('OMP_NUM_THREADS', '1')
warnings.filterwarnings('ignore')
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import recording  # noqa: E402

# Processor time, so that a busy machine does not stop a program that runs; and time by the clock, for one that waits.
SECONDS, PATIENCE = 60, 300


class TooLong(BaseException):
    pass


class Reporting(ast.NodeTransformer):
    # `x = f(y)` becomes `x = __value__(line, end, file, f(y))`; the same for `return` and for an expression that stands alone.
    def __init__(self, file):
        self.file = file

    def wrap(self, statement, value):
        call = ast.Call(ast.Name('__value__', ast.Load()), [ast.Constant(statement.lineno), ast.Constant(statement.end_lineno), ast.Constant(self.file), value], [])
        return ast.fix_missing_locations(ast.copy_location(call, value))

    # What names and attributes are worth that something was just unpacked into, each by itself.
    def parts(self, statement, target):
        found = []
        for one in ast.walk(target):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id != '_':
                found.append(self.wrap(statement, ast.copy_location(ast.Name(one.id, ast.Load()), target)))
            elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) and isinstance(one.value, ast.Name):
                found.append(self.wrap(statement, ast.copy_location(ast.Attribute(one.value, one.attr, ast.Load()), target)))
        return found

    def visit_Assign(self, node):
        self.generic_visit(node)
        node.value = self.wrap(node, node.value)
        parts = [part for target in node.targets if isinstance(target, (ast.Tuple, ast.List)) for part in self.parts(node, target)]
        return [node, *(ast.fix_missing_locations(ast.copy_location(ast.Expr(part), node)) for part in parts)]

    def visit_For(self, node):
        self.generic_visit(node)
        head = ast.copy_location(ast.Pass(), node.target)
        head.end_lineno = node.iter.end_lineno
        node.body[:0] = [ast.fix_missing_locations(ast.copy_location(ast.Expr(part), head)) for part in self.parts(head, node.target)]
        return node

    def visit_comprehension(self, node):
        self.generic_visit(node)
        parts = self.parts(node.target, node.target)
        if parts:
            seen = ast.Tuple([ast.Tuple(parts, ast.Load())], ast.Load())
            node.ifs.insert(0, ast.fix_missing_locations(ast.copy_location(seen, node.target)))
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if node.value is not None:
            node.value = self.wrap(node, node.value)
        return node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        # `x += y` stays, and says afterwards what `x` is. A list that grows is no value of its line.
        if not isinstance(node.target, ast.Name) or isinstance(node.value, (ast.List, ast.ListComp)):
            return node
        after = ast.Expr(self.wrap(node, ast.Name(node.target.id, ast.Load())))
        return [node, ast.fix_missing_locations(ast.copy_location(after, node))]

    def visit_Return(self, node):
        self.generic_visit(node)
        if node.value is not None:
            node.value = self.wrap(node, node.value)
        return node

    def visit_Expr(self, node):
        self.generic_visit(node)
        # A string is documentation, `yield` and `await` must stay statements, `super().__init__()` gives nothing.
        if isinstance(node.value, ast.Call):
            node.value = self.wrap(node, node.value)
        return node


class Project:
    # Finds and instruments the program's own modules before anything that is installed.
    def __init__(self, folder):
        self.folder = folder

    def tree(self, path):
        with open(path, encoding='utf-8') as file:
            return Reporting(path).visit(ast.parse(file.read(), path))

    def compiled(self, path):
        return compile(self.tree(path), path, 'exec')

    def find_spec(self, name, path=None, target=None):
        base = os.path.join(self.folder, *name.split('.'))
        for candidate, package in ((os.path.join(base, '__init__.py'), True), (base + '.py', False)):
            if os.path.isfile(candidate):
                return importlib.machinery.ModuleSpec(name, ProjectLoader(self, candidate), origin=candidate, is_package=package)
        if os.path.isdir(base):
            spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        return None


class ProjectLoader(importlib.abc.Loader):
    def __init__(self, project, path):
        self.project, self.path = project, path

    def exec_module(self, module):
        module.__file__ = self.path
        if self.path.endswith('__init__.py'):
            module.__path__ = [os.path.dirname(self.path)]
        exec(self.project.compiled(self.path), module.__dict__)


class Runner:
    def __init__(self, framework):
        import stand_ins
        self.folder = None
        self.recorder = None
        hooked = self
        # The hooks are set once and always speak to the recorder of the program that runs.
        proxy = type('Current', (), {'__getattr__': lambda _, name: getattr(hooked.recorder, name)})()
        self.recorder = recording.Recorder(lambda file: False)
        if framework in ('keras', 'both'):
            recording.hook_keras(proxy)
        if framework in ('torch', 'both'):
            recording.hook_torch(proxy)
        stand_ins.install(framework)
        self.framework = framework

    def reset(self):
        random.seed(0)
        import numpy
        numpy.random.seed(0)
        if 'keras' in sys.modules:
            keras = sys.modules['keras']
            keras.utils.clear_session()
            keras.utils.set_random_seed(0)
            keras.config.set_dtype_policy('float32')
            keras.config.set_image_data_format('channels_last')
        if 'torch' in sys.modules:
            sys.modules['torch'].manual_seed(0)
            sys.modules['torch'].set_default_dtype(sys.modules['torch'].float32)

    def run(self, files, main, after=''):
        self.reset()
        folder = os.path.realpath(tempfile.mkdtemp(prefix='program-'))
        before_modules, before_folder, before_path, before_arguments = set(sys.modules), os.getcwd(), list(sys.path), sys.argv
        for name, text in files.items():
            path = os.path.join(folder, name.lstrip('/'))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        main = os.path.join(folder, main.lstrip('/'))
        project = Project(folder)
        recorder = self.recorder = recording.Recorder(lambda file: file.startswith(folder))
        errors = []
        output, sys.stdout = sys.stdout, open(os.devnull, 'w')
        notes, sys.stderr = sys.stderr, sys.stdout
        sys.meta_path.insert(0, project)
        builtins.reveal_type, builtins.__dict__['__value__'] = recorder.reveal, recorder.value
        os.chdir(os.path.dirname(main))
        sys.path.insert(0, folder)
        sys.path.append(os.path.join(folder, 'site-packages'))
        sys.argv = [main]

        def stop(*_):
            raise TooLong()
        signal.signal(signal.SIGALRM, stop)
        signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(PATIENCE)
        recorder.active = True
        try:
            self.execute(project.tree(main), main, folder, errors, after)
        except TooLong:
            errors.append({'type': 'TooLong', 'message': f'still running after {SECONDS} s', 'line': None, 'lines': []})
        except SyntaxError as error:
            errors.append(self.describe(error, folder))
        finally:
            signal.alarm(0)
            signal.setitimer(signal.ITIMER_PROF, 0)
            recorder.active = False
            sys.meta_path.remove(project)
            sys.stdout, sys.stderr = output, notes
            os.chdir(before_folder)
            sys.path[:], sys.argv = before_path, before_arguments
        try:
            facts = recording.report(recorder)
        finally:
            for name in set(sys.modules) - before_modules:
                if str(getattr(sys.modules[name], '__file__', '') or '').startswith(folder):
                    del sys.modules[name]
            shutil.rmtree(folder, ignore_errors=True)
        facts['errors'] = errors
        return json.loads(json.dumps(facts, default=str).replace(folder + '/', ''))

    # The module's statements one by one: where one fails, the next ones still run, as in our engine. What fails only because of
    # a name that an earlier failure left undefined is no error of its own.
    def execute(self, tree, main, folder, errors, after=''):
        namespace = {'__name__': '__main__', '__file__': main, '__builtins__': builtins}
        lost = set()
        for statement in tree.body:
            try:
                exec(compile(ast.Module([statement], []), main, 'exec'), namespace)
            except SystemExit:
                return
            except TooLong:
                raise
            except BaseException as caught:
                assigned = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
                assigned |= {(name.asname or name.name).split('.')[0] for node in ast.walk(statement) if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names}
                lost |= assigned - set(namespace)
                if isinstance(caught, NameError) and caught.name in lost:
                    continue
                errors.append({**self.describe(caught, folder), 'statement': [statement.lineno, statement.end_lineno]})
        try:
            exec(compile(after, 'oracle', 'exec'), namespace)
        except TooLong:
            raise
        except BaseException as caught:
            errors.append(self.describe(caught, folder))

    def describe(self, error, folder):
        if isinstance(error, SyntaxError) and str(error.filename).startswith(folder):
            return {'type': 'SyntaxError', 'message': str(error), 'line': error.lineno, 'lines': [error.lineno]}
        frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
        message = re.sub(r'\x1b\[\d*m', '', str(error))
        message = ' '.join(message.split())
        if 600 < len(message):
            # TensorFlow tells where in the graph first and what went wrong last.
            message = message[:200] + ' … ' + message[-400:]
        found = {'type': type(error).__name__, 'message': message, 'file': frames[-1][0] if frames else None, 'line': frames[-1][1] if frames else None,
                 'lines': [line for _, line in frames]}
        if isinstance(error, ModuleNotFoundError):
            found['missing'] = error.name
        return found


def framework_of(files):
    text = '\n'.join(files.values())
    keras = re.search(r'^\s*(?:import|from)\s+(?:keras|tensorflow|tensorflow_datasets)\b', text, re.M)
    torch = re.search(r'^\s*(?:import|from)\s+(?:torch|torchvision)\b', text, re.M)
    return 'both' if keras and torch else 'torch' if torch else 'keras'


def main():
    given = sys.argv[1:]
    if given[:1] == ['--serve']:
        answers = os.fdopen(os.dup(1), 'w')
        os.dup2(2, 1)
        runner = Runner(given[1])
        print(json.dumps({'ready': True}), file=answers, flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = runner.run(request['files'], request['main'], request.get('after') or '')
            except BaseException as error:
                answer = {'broken': f'{type(error).__name__}: {error}', 'trace': traceback.format_exc()[-800:]}
            print(json.dumps(answer), file=answers, flush=True)
        return
    programs = {}
    for path in given:
        with open(path, encoding='utf-8') as file:
            programs[path] = {os.path.basename(path): file.read()}
    runner = Runner('both' if len({framework_of(files) for files in programs.values()}) > 1 else framework_of(next(iter(programs.values()))))
    for path, files in programs.items():
        print(json.dumps({'program': path, **runner.run(files, os.path.basename(path))}), flush=True)


if __name__ == '__main__':
    main()
