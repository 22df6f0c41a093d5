"""Writes the parameters of a library's public functions, so that a test can see whether the catalogue accepts what the library accepts.

    python test/oracle/library_signatures.py OUTPUT.json MODULE[:PREFIX]…
"""
import importlib
import inspect
import json
import sys


def parameters(value):
    if inspect.isclass(value):
        value = value.__init__
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    return [[name, parameter.kind.name, parameter.default is not parameter.empty] for name, parameter in signature.parameters.items() if name != 'self']


def main(output, modules):
    found = {}
    for module_name in modules:
        owner_name, _, class_name = module_name.partition(':')
        owner = importlib.import_module(owner_name)
        if class_name:
            owner = getattr(owner, class_name)
        for name in dir(owner):
            if name.startswith('_'):
                continue
            try:
                value = getattr(owner, name)
            except Exception:
                continue
            if callable(value):
                known = parameters(value)
                if known is not None:
                    found[f'{owner_name}.{class_name + "." if class_name else ""}{name}'] = known
    with open(output, 'w') as file:
        file.write('{\n' + ',\n'.join(f'{json.dumps(name)}: {json.dumps(value)}' for name, value in found.items()) + '\n}\n')


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
