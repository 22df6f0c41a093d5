"""Runs a program of array statements one by one and writes what each assigned name holds: shape, element type, least and largest value,
the elements where they are few. A statement that raises writes the exception's class instead.

    python test/oracle/array_programs.py test/catalogues/numpy/program.py     writes program.json beside it
"""
import ast
import json
import os
import sys

import numpy as np


def describe(value, depth=0):
    if isinstance(value, np.ndarray) or isinstance(value, np.generic):
        array = np.asarray(value)
        facts = {'kind': 'array', 'shape': list(array.shape), 'dtype': 'string' if array.dtype.kind in 'US' else str(array.dtype)}
        if array.dtype.kind in 'biuf' and array.size > 0:
            numbers = array.astype('float64')
            if np.isfinite(numbers).all():
                facts['low'], facts['high'] = float(numbers.min()), float(numbers.max())
                if array.size <= 64:
                    facts['elements'] = [float(number) for number in numbers.ravel()]
        return facts
    if isinstance(value, (bool, int, float, str)) or value is None:
        return {'kind': 'plain', 'value': repr(value)}
    if isinstance(value, (tuple, list)) and depth < 3 and len(value) <= 32:
        return {'kind': 'sequence', 'items': [describe(item, depth + 1) for item in value]}
    if type(value).__module__.startswith('pandas'):
        name = type(value).__name__
        if name == 'DataFrame':
            return {'kind': 'frame', 'shape': list(value.shape), 'columns': [str(column) for column in value.columns]}
        if name == 'Series':
            return {'kind': 'series', 'shape': list(value.shape), 'values': describe(value.to_numpy())}
    if hasattr(value, 'toarray'):
        return describe(value.toarray())
    return {'kind': type(value).__name__}


def main(path):
    with open(path) as file:
        text = file.read()
    os.chdir(os.path.dirname(os.path.abspath(path)))
    names = {}
    found = []
    for statement in ast.parse(text).body:
        line = statement.lineno
        module = ast.Module(body=[statement], type_ignores=[])
        try:
            exec(compile(module, path, 'exec'), names)
        except Exception as error:
            found.append({'line': line, 'error': type(error).__name__})
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AugAssign) else []
        for target in targets:
            for node in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(node, ast.Name):
                    found.append({'line': line, 'name': node.id, **describe(names[node.id])})
    with open(os.path.splitext(os.path.basename(path))[0] + '.json', 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(entry) for entry in found) + '\n]\n')


if __name__ == '__main__':
    main(sys.argv[1])
