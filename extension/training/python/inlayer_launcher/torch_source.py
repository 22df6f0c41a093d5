"""What the text of a hand-written loop says: the loss' name at its `backward()`, and how many epochs its loop counts."""
import ast
import os

from . import program

_trees = {}


def tree_of(file):
    if file not in _trees:
        try:
            with open(file, 'rb') as source:
                _trees[file] = ast.parse(source.read())
        except Exception:
            _trees[file] = None
    return _trees[file]


def loss_name(frame):
    """`loss` for `loss.backward()`, `scaler.scale(loss).backward()` and `accelerator.backward(loss)`."""
    tree = tree_of(frame.f_code.co_filename)
    if tree is None:
        return None
    for node in _backward_calls(tree):
        if node.lineno <= frame.f_lineno <= (getattr(node, 'end_lineno', None) or node.lineno):
            return _called_on(node)
    return None


def loss_names(frame):
    """All losses that the frame's file calls `backward()` on: with several, an iteration has more than one."""
    tree = tree_of(frame.f_code.co_filename)
    return {_called_on(node) or 'loss' for node in _backward_calls(tree)} if tree is not None else set()


def _backward_calls(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'backward')


def _called_on(node):
    return _name(node.args[0] if node.args and not _is_loss(node.func.value) else node.func.value)


def _is_loss(node):
    return isinstance(node, ast.Name) and 'loss' in node.id.lower()


def _name(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, 'value', None), str):
        return node.slice.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Mult)):
        # The value is that of the whole; the name of the part that is no plain number.
        return _name(node.left) or _name(node.right)
    if isinstance(node, ast.Call):
        if node.args and isinstance(node.func, ast.Attribute) and node.func.attr == 'scale':
            return _name(node.args[0])
        if isinstance(node.func, ast.Attribute):
            return _name(node.func.value)
    return None


def epoch_range(frame, names):
    """The enclosing loop over epochs: how many it counts (`n` of `range(n)` as the program has it now), where it stands, the frame that it runs
    in and its variable. One whose variable has such a name, or whose range speaks of epochs: `for t in range(epochs)`.
    """
    while frame is not None:
        if program.is_users(frame.f_code.co_filename):
            tree = tree_of(frame.f_code.co_filename)
            for node in ast.walk(tree) if tree is not None else ():
                if _counts_epochs(node, names) and node.lineno <= frame.f_lineno <= (getattr(node, 'end_lineno', None) or node.lineno):
                    place = {'file': os.path.abspath(frame.f_code.co_filename), 'line': node.lineno}
                    return _count(node.iter, frame), place, frame.f_code, node.target.id
        frame = frame.f_back
    return None, None, None, None


def _counts_epochs(node, names):
    if not (isinstance(node, ast.For) and isinstance(node.target, ast.Name)):
        return False
    words = (getattr(one, 'id', getattr(one, 'attr', '')) for one in ast.walk(node.iter))
    return node.target.id in names or any('epoch' in word.lower() for word in words)


def _count(node, frame):
    """`range(n)`, also within `tqdm(range(n))` and the like."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'range' and not node.keywords and 1 <= len(node.args) <= 3:
        values = [_value(one, frame) for one in node.args]
        return len(range(*values)) if all(isinstance(one, int) for one in values) else None
    if isinstance(node, ast.Call) and node.args:
        return _count(node.args[0], frame)
    return None


def _value(node, frame):
    """Only what can be looked up: nothing of the program is called here."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, frame)
        variables = getattr(owner, '__dict__', {})
        return variables.get(node.attr) if isinstance(variables, dict) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _value(node.left, frame), _value(node.right, frame)
        if isinstance(left, int) and isinstance(right, int):
            return left + right if isinstance(node.op, ast.Add) else left - right
    return None
