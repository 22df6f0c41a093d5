# CPython's own syntax trees, for syntax.mjs to compare ours with. Standard library only.
#   python syntax.py --folders           prints as JSON the folders whose sources are worth comparing
#   python syntax.py [--dump] < paths    a line for each path: {"path", "hash", "nodes"}, or {"path", "skipped"}; --dump adds the lines hashed
# A dump has one line for each node: depth, kind, range in UTF-16 code units, plain fields; a field's name goes before its children.
# Ranges inside f-strings are left out: before 3.12 CPython has them wrong. So are those of
# parameters and patterns: ours count a default in, and parentheses.
import ast
import hashlib
import importlib.util
import io
import json
import struct
import sys
import sysconfig
import tokenize

PACKAGES = ['keras', 'numpy', 'torch', 'tensorflow', 'torchvision', 'timm', 'pandas', 'sklearn', 'scipy', 'pip', 'setuptools']
IGNORED = {'ctx', 'type_comment', 'kind', 'type_params', 'type_ignores', 'simple'}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ORDER = {
    'FunctionDef': ['name', 'args', 'decorator_list', 'returns', 'body'], 'AsyncFunctionDef': ['name', 'args', 'decorator_list', 'returns', 'body'],
    'ClassDef': ['name', 'bases', 'keywords', 'decorator_list', 'body'],
}


def folders():
    found = {'stdlib': sysconfig.get_paths()['stdlib']}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            found[name] = list(spec.submodule_search_locations)[0]
    return found


class Dump:
    def __init__(self, text):
        self.lines = split_lines(text)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + utf16_length(line))
        self.output = []
        self.inside_format = 0

    def offset(self, line, column):
        if line > len(self.lines):
            return self.starts[-1]
        text = self.lines[line - 1]
        if not text.isascii():
            column = utf16_length(text.encode('utf-8')[:column].decode('utf-8'))
        return self.starts[line - 1] + column

    def emit(self, node, depth):
        kind = type(node).__name__
        place = ''
        if isinstance(node, (ast.expr, ast.stmt, ast.excepthandler, ast.keyword, ast.alias)) and not self.inside_format:
            last = last_statement(node)
            place = f' {self.offset(node.lineno, node.col_offset)}-{self.offset(last.end_lineno, last.end_col_offset)}'
        plain = ''
        children = []
        for field in ORDER.get(kind, node._fields):
            if field in IGNORED:
                continue
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                if isinstance(value, (ast.operator, ast.unaryop, ast.boolop)):
                    plain += f' {field}={type(value).__name__}'
                else:
                    children.append((field, [value]))
            elif isinstance(value, list):
                if value and isinstance(value[0], str):
                    plain += f' {field}={",".join(value)}'
                elif value and isinstance(value[0], ast.cmpop):
                    plain += f' {field}={",".join(type(item).__name__ for item in value)}'
                elif value:
                    children.append((field, value))
            elif value is not None or (kind in ('Constant', 'MatchSingleton') and field == 'value'):
                plain += f' {field}={scalar(value)}'
        if isinstance(node, FUNCTIONS):
            plain += f' generator={"true" if yields(node.body) else "false"}'
        self.output.append(f'{depth} {kind}{place}{plain}')
        if kind == 'JoinedStr':
            self.inside_format += 1
        for field, values in children:
            self.output.append(f'{depth} .{field}')
            for value in values:
                if value is None:
                    self.output.append(f'{depth + 1} none')
                else:
                    self.emit(value, depth + 1)
        if kind == 'JoinedStr':
            self.inside_format -= 1


def last_statement(node):
    # A compound statement ends where its last statement does: CPython counts a semicolon after that in.
    if not isinstance(node, (ast.stmt, ast.excepthandler)):
        return node
    for field in ('finalbody', 'orelse', 'handlers', 'cases', 'body'):
        values = getattr(node, field, None)
        if isinstance(values, list) and values:
            last = values[-1]
            return last_statement(last.body[-1] if isinstance(last, ast.match_case) else last)
    return node


def split_lines(text):
    # str.splitlines also splits at form feeds and at Unicode's line separators, which end no line of Python.
    return io.StringIO(text, newline='').readlines()


def utf16_length(text):
    return len(text) if text.isascii() else len(text.encode('utf-16-le', 'surrogatepass')) // 2


def yields(nodes):
    for node in nodes:
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(node, FUNCTIONS):
            inner = [*node.decorator_list, node.args, node.returns]
        elif isinstance(node, ast.Lambda):
            continue
        else:
            inner = ast.iter_child_nodes(node)
        if yields(child for child in inner if child is not None):
            return True
    return False


def scalar(value):
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if value is Ellipsis:
        return '...'
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, bytes):
        return 'b' + value.hex()
    if isinstance(value, int):
        return hex(value)
    if isinstance(value, float):
        return 'f' + struct.pack('>d', value).hex()
    return 'j' + struct.pack('>d', value.imag).hex()


def read(path):
    with tokenize.open(path) as file:
        encoding = file.encoding
    if encoding not in ('utf-8', 'utf-8-sig'):
        raise ValueError(f'is in {encoding}')
    with open(path, encoding='utf-8-sig', newline='') as file:
        return file.read()


def main():
    dump = '--dump' in sys.argv
    sys.setrecursionlimit(5000)
    for line in sys.stdin:
        path = line.rstrip('\n')
        try:
            text = read(path)
            if '\\N{' in text:
                raise ValueError('names a character, which our side cannot')
            tree = ast.parse(text)
            dumped = Dump(text)
            dumped.emit(tree, 0)
        except (SyntaxError, ValueError, UnicodeError, OSError, RecursionError) as error:
            print(json.dumps({'path': path, 'skipped': f'{type(error).__name__}: {error}'[:120]}), flush=True)
            continue
        whole = '\n'.join(dumped.output)
        answer = {'path': path, 'hash': hashlib.sha1(whole.encode('utf-8', 'surrogatepass')).hexdigest(), 'nodes': len(dumped.output)}
        if dump:
            answer['dump'] = dumped.output
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    if '--folders' in sys.argv:
        print(json.dumps(folders()))
    else:
        main()
