# Writes the names that PyTorch's modules use of themselves: a name that is not among them is set by the program or missing.
#   python test/oracle/torch_module_names.py > server/catalogues/torch/module-names.ts

import ast
import glob
import os
import textwrap

import torch
from torch import nn

SELF = ('self', 'module', 'm', 'mod', 'cls')


def attributes(path, receivers, written=False):
    with open(path, encoding='utf-8') as file:
        tree = ast.parse(file.read())
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in receivers and (not written or isinstance(node.ctx, ast.Store))}


def files(*parts):
    return glob.glob(os.path.join(os.path.dirname(torch.__file__), *parts, '**', '*.py'), recursive=True)


def listing(name, names):
    print(f'\nexport const {name}: ReadonlySet<string> = new Set(`')
    print('\n'.join(textwrap.wrap(' '.join(sorted(name for name in names if not name.startswith('__'))), 145, break_long_words=False)))
    print('`.trim().split(/\\s+/));')


names = set()
for path in files('nn'):
    names |= attributes(path, SELF)
for cls in vars(nn).values():
    if isinstance(cls, type) and issubclass(cls, nn.Module):
        names |= set(dir(cls))
        for base in cls.__mro__:
            names |= set(getattr(base, '__annotations__', {}))

# What any module may have, of whatever class: what Module itself uses, and what functions around modules write into them.
own = set(dir(nn.Module())) | set(nn.Module.__annotations__) | attributes(os.path.join(os.path.dirname(torch.__file__), 'nn', 'modules', 'module.py'), ('self', 'module'))
for path in files('nn') + files('ao', 'quantization'):
    own |= attributes(path, ('module', 'm', 'mod', 'model'), written=True)
# Functions replace these where a module has them.
own -= {'weight', 'bias'}

print(f"// The names that PyTorch's modules use of themselves ({torch.__version__.split('+')[0]}), written by test/oracle/torch_module_names.py. Plain data.")
print('\n// Of any class of torch.nn.', end='')
listing('moduleNames', names)
print('\n// Of Module itself, and what PyTorch writes into modules of any class.', end='')
listing('baseModuleNames', own)
