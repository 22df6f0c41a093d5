# The signatures of all public classes of torch.nn and functions of torch.nn.functional, as `inspect` tells them; of functions written in C++, as the
# first line of their documentation does.
#   python torch_signatures.py --out FILE
# {"classes": {"<name>": {"signature", "call", "base"}}, "functions": {"<name>": "<signature>"}}; a default that is no literal is written `...`.
import argparse
import inspect
import json
import re


def default_text(value):
    if isinstance(value, (list, tuple)):
        inner = ', '.join(default_text(one) for one in value)
        return f'[{inner}]' if isinstance(value, list) else f'({inner},)' if len(value) == 1 else f'({inner})'
    return repr(value) if value is None or isinstance(value, (bool, int, float, str)) else '...'


def signature_text(function, skip=0):
    texts, before = [], None
    for parameter in list(inspect.signature(function).parameters.values())[skip:]:
        if parameter.kind is parameter.KEYWORD_ONLY and before not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            texts.append('*')
        star = {parameter.VAR_POSITIONAL: '*', parameter.VAR_KEYWORD: '**'}.get(parameter.kind, '')
        texts.append(star + parameter.name + ('' if parameter.default is parameter.empty else f'={default_text(parameter.default)}'))
        before = parameter.kind
    return ', '.join(texts)


def documented(name, function):
    found = re.search(rf'{name}\(((?:[^()]|\([^()]*\))*)\)', function.__doc__ or '')
    return ' '.join(found.group(1).split()) if found else None


def function_signature(functional, name, function):
    # boolean_dispatch hides which of two functions runs; the one without indices has the parameters of both.
    plain = getattr(functional, f'_{name}', None)
    try:
        text = signature_text(plain if plain is not None and inspect.isfunction(plain) else function)
    except (TypeError, ValueError):
        return documented(name, function)
    return documented(name, function) if text == '*args, **kwargs' else text


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out', required=True)
    given = options.parse_args()
    import torch
    from torch.nn import functional
    classes = {name: one for name, one in vars(torch.nn).items() if inspect.isclass(one) and issubclass(one, torch.nn.Module) and not name.startswith('_')}
    names = {one: name for name, one in classes.items()}
    table = {'classes': {}, 'functions': {}}
    for name, one in sorted(classes.items()):
        base = next((names[ancestor] for ancestor in one.__mro__[1:] if ancestor in names), None)
        forward = '' if 'Module._forward_unimplemented' in f'{one.forward}' else signature_text(one.forward, 1)
        table['classes'][name] = {'signature': signature_text(one.__init__, 1), 'call': forward, 'base': base}
    for name in sorted(vars(functional)):
        function = getattr(functional, name)
        if name.startswith('_') or not callable(function) or inspect.isclass(function) or getattr(function, '__module__', None) in ('typing', 'torch._jit_internal', 'torch.overrides'):
            continue
        if inspect.isfunction(function) and function.__module__ != functional.__name__ and not hasattr(functional, f'_{name}'):
            continue
        text = function_signature(functional, name, function)
        if text is not None:
            table['functions'][name] = text
    with open(given.out, 'w') as out:
        out.write('{"classes": {\n' + ',\n'.join(f'{json.dumps(key)}: {json.dumps(value)}' for key, value in table['classes'].items()) + '\n},\n')
        out.write('"functions": {\n' + ',\n'.join(f'{json.dumps(key)}: {json.dumps(value)}' for key, value in table['functions'].items()) + '\n}}\n')


if __name__ == '__main__':
    main()
