"""Why a loss is no finite number: the graph that it came by says which operation got what it cannot take, the program's text where that stands.

Runs once, at the first such loss, before its backward pass. What is not certain is left out.
"""
import ast
import sys

from . import program
from .torch_source import tree_of

_MOST_NODES = 5000
# No training that goes well has weights beyond this; NaN is not below it either.
_MOST_WEIGHT = 1e8
# Of each operation: what its graph node keeps, when that explains the loss, and the names that it is called by. PyTorch 1.10 to 2.13.
_RULES = {
    'Log': ('_saved_self', lambda kept: bool((kept <= 0).any()), 'logarithm', ('log',)),
    'Log2': ('_saved_self', lambda kept: bool((kept <= 0).any()), 'logarithm', ('log2',)),
    'Log10': ('_saved_self', lambda kept: bool((kept <= 0).any()), 'logarithm', ('log10',)),
    'Log1P': ('_saved_self', lambda kept: bool((kept <= -1).any()), 'logarithm', ('log1p',)),
    'Div': ('_saved_other', lambda kept: bool((kept == 0).any()), 'division', ('div', 'divide', 'true_divide')),
    'Sqrt': ('_saved_result', lambda kept: bool((kept != kept).any()), 'root', ('sqrt',)),
    'Exp': ('_saved_result', lambda kept: bool((kept == float('inf')).any()), 'exponential', ('exp',)),
}


def find_cause(torch, loss, name, frame):
    """A word for the cause and the place that it leads to; either may be None."""
    cause, names = _look_at_graph(torch, loss)
    place = _only_call(names, cause == 'division') if names else None
    if cause == 'weights':
        place = optimizer_place(torch)
    return cause, place or _computed(name, frame)


def _look_at_graph(torch, loss):
    weights, data, found, seen, waiting = False, False, None, set(), [loss.grad_fn]
    with torch.no_grad():
        while waiting and len(seen) < _MOST_NODES:
            node = waiting.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            variable = getattr(node, 'variable', None)
            if isinstance(variable, torch.Tensor):
                weights = weights or not bool((variable.abs() < _MOST_WEIGHT).all())
                continue
            waiting.extend(one for one, _ in node.next_functions)
            rule = _RULES.get(type(node).__name__.split('Backward')[0])
            try:
                if rule is not None and found is None:
                    kept = getattr(node, rule[0], None)
                    if isinstance(kept, torch.Tensor) and rule[1](kept):
                        found = rule
                for kept in ('_saved_mat1', '_saved_input'):
                    given = getattr(node, kept, None)
                    if isinstance(given, torch.Tensor) and not given.requires_grad and given.grad_fn is None and given.is_floating_point():
                        data = data or not bool(torch.isfinite(given).all())
            except RuntimeError:
                # Its graph was given free.
                pass
    # What was not finite before the operations began explains what they make of it.
    if weights:
        return 'weights', None
    if data:
        return 'data', None
    return (found[2], found[3]) if found is not None else (None, None)


def _users_trees():
    files = []
    for module in list(sys.modules.values()):
        file = getattr(module, '__file__', None)
        if isinstance(file, str) and file.endswith('.py') and file not in files and program.is_users(file):
            files.append(file)
    return [(file, tree) for file, tree in ((file, tree_of(file)) for file in files) if tree is not None]


def _only_call(names, is_division):
    """The one place in the user's files where this is done; None where there are several."""
    places = []
    for file, tree in _users_trees():
        for node in ast.walk(tree):
            if _called(node) in names or (is_division and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
                places.append({'file': file, 'line': node.lineno})
    return places[0] if len(places) == 1 else None


def _called(node):
    return getattr(node.func, 'attr', getattr(node.func, 'id', None)) if isinstance(node, ast.Call) else None


def optimizer_place(torch):
    """Where the program makes its only optimizer."""
    classes = {name for name in dir(torch.optim) if isinstance(getattr(torch.optim, name), type)}
    places = []
    for file, tree in _users_trees():
        for node in ast.walk(tree):
            if _called(node) in classes:
                places.append({'file': file, 'line': node.lineno})
    return places[0] if len(places) == 1 else None


def _computed(name, frame):
    """The last assignment to the loss above the line that is running."""
    tree, best = tree_of(frame.f_code.co_filename), None
    for node in ast.walk(tree) if tree is not None else ():
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else []
        if any(isinstance(one, ast.Name) and one.id == name for one in targets) and frame.f_code.co_firstlineno <= node.lineno < frame.f_lineno:
            best = node.lineno if best is None else max(best, node.lineno)
    return {'file': frame.f_code.co_filename, 'line': best} if best is not None else None
