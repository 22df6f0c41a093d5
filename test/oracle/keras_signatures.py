# The signatures of all public classes of keras.layers, as `inspect` tells them, and the names that stand for the same class.
#   python keras_signatures.py --out FILE
# A line per class: {"<name>": {"signature": "...", "call": "...", "base": "<class it inherits from>", "aliases": [...]}}
import argparse
import inspect
import json
import os


def default_text(value):
    if isinstance(value, (list, tuple)):
        inner = ', '.join(default_text(one) for one in value)
        return f'[{inner}]' if isinstance(value, list) else f'({inner},)' if len(value) == 1 else f'({inner})'
    return repr(value) if value is None or isinstance(value, (bool, int, float, str)) else '...'


def signature_text(function):
    texts, before = [], None
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind is parameter.KEYWORD_ONLY and before not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            texts.append('*')
        star = {parameter.VAR_POSITIONAL: '*', parameter.VAR_KEYWORD: '**'}.get(parameter.kind, '')
        texts.append(star + parameter.name + ('' if parameter.default is parameter.empty else f'={default_text(parameter.default)}'))
        before = parameter.kind
    return ', '.join(texts)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out', required=True)
    given = options.parse_args()
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    import keras
    classes = {}
    for name in sorted(dir(keras.layers)):
        one = getattr(keras.layers, name)
        if not inspect.isclass(one):
            continue
        entry = classes.setdefault(one, {'names': []})
        entry['names'].append(name)
    table = {}
    public = {one: entry['names'] for one, entry in classes.items()}
    for one, names in public.items():
        name = one.__name__ if one.__name__ in names else names[0]
        base = next((public[ancestor][0] for ancestor in one.__mro__[1:] if ancestor in public), None)
        table[name] = {'signature': signature_text(one.__init__), 'call': signature_text(one.call) if hasattr(one, 'call') else '', 'base': base, 'aliases': [other for other in names if other != name]}
    with open(given.out, 'w') as out:
        out.write('{\n' + ',\n'.join(f'{json.dumps(name)}: {json.dumps(table[name])}' for name in sorted(table)) + '\n}\n')


if __name__ == '__main__':
    main()
