# Writes the names that PyTorch's modules use of themselves: a name that is not among them is set by the program or missing.
#   python test/oracle/torch_module_names.py > server/catalogues/torch/module-names.ts

import ast
import glob
import os
import textwrap

import torch
from torch import nn

SELF = ('self', 'module', 'm', 'mod', 'cls')
names = set()
for path in glob.glob(os.path.join(os.path.dirname(torch.__file__), 'nn', '**', '*.py'), recursive=True):
    with open(path, encoding='utf-8') as file:
        tree = ast.parse(file.read())
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in SELF}
for cls in vars(nn).values():
    if isinstance(cls, type) and issubclass(cls, nn.Module):
        names |= set(dir(cls))
        for base in cls.__mro__:
            names |= set(getattr(base, '__annotations__', {}))

print(f"// The names that PyTorch's modules use of themselves ({torch.__version__.split('+')[0]}), written by test/oracle/torch_module_names.py. Plain data.")
print('\nexport const moduleNames: ReadonlySet<string> = new Set(`')
print('\n'.join(textwrap.wrap(' '.join(sorted(name for name in names if not name.startswith('__'))), 145, break_long_words=False)))
print('`.trim().split(/\\s+/));')
