# Writes what real torchvision says of its classification models: the modules that a model holds, their parameters, and what each does to a
# picture's size. The engine takes it where torchvision is not installed.
#   python test/oracle/torchvision_models.py > test/facts/torchvision-models.jsonl
# Models are built and run on PyTorch's meta device: nothing is computed and no weights are fetched.

import inspect
import json
import sys

import torch
from torch import nn

from stand_ins_torch import import_vision

vision = import_vision(torch)
if vision is None:
    sys.exit('torchvision is not installed')
models = vision.models

SIZES = (224, 225, 231, 250, 256)
SIMPLE = (
    nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.ReLU6, nn.Hardswish, nn.SiLU, nn.GELU, nn.Tanh, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.Linear, nn.Dropout, nn.Flatten,
    nn.LayerNorm, nn.Identity,
)


def described(module):
    """The module as [class, arguments], a stack of them as ['Sequential', [[name, module], …]]; None where it is more than that."""
    name = type(module).__name__
    if isinstance(module, nn.Sequential):
        inner = [[key, described(child)] for key, child in module.named_children()]
        return None if any(one is None for _, one in inner) or len(list(module.modules())) > 64 else ['Sequential', inner]
    if name == 'LayerNorm2d':
        return ['LayerNorm2d', {'normalized_shape': list(module.normalized_shape), 'eps': module.eps}]
    if name == 'Permute':
        return ['Permute', {'dims': list(module.dims)}]
    if type(module) not in SIMPLE:
        return None
    return [name, arguments_of(module)]


def arguments_of(module):
    given = {}
    for name, parameter in inspect.signature(type(module).__init__).parameters.items():
        if name in ('self', 'device', 'dtype', 'inplace') or not hasattr(module, name):
            continue
        value = getattr(module, name)
        if name == 'bias':
            value = value is not None
        if isinstance(value, tuple):
            value = list(value)
        default = parameter.default
        if isinstance(default, tuple):
            default = list(default)
        if value != default and not (isinstance(value, list) and all(one == default for one in value)):
            given[name] = value
    return given


def count(module):
    return sum(one.numel() for one in module.parameters())


def run(model, size):
    """The top modules in the order of their calls, with the shapes of what goes in and comes out."""
    calls = []
    handles = [
        child.register_forward_hook(lambda _, given, result, name=name: calls.append((name, tuple(given[0].shape), tuple(result.shape) if torch.is_tensor(result) else None)))
        for name, child in model.named_children()
    ]
    with torch.no_grad():
        model(torch.empty(2, 3, size, size, device='meta'))
    for handle in handles:
        handle.remove()
    return calls


def rule(pairs):
    """What becomes of a side: 'c32' (divided by 32 and rounded up), 'f32' (down), '=' (stays), a number; '?' for another rule."""
    if all(before == after for before, after in pairs):
        return '='
    if len({after for _, after in pairs}) == 1 and len(pairs) > 1:
        return pairs[0][1]
    for step in (2, 4, 8, 16, 32):
        if all(-(-before // step) == after for before, after in pairs):
            return f'c{step}'
        if all(before // step == after for before, after in pairs):
            return f'f{step}'
    return '?'


def outcome(seen):
    """Rank and channels of what an opaque module gives, and the rule of its sides."""
    first = seen[0][1]
    if len(first) == 3:
        return ['rows', first[-1]]
    if len(first) == 2:
        return ['flat', first[-1]]
    if len({result[1] for _, result in seen}) > 1:
        return ['last', first[-1], rule([(given[2], result[2]) for given, result in seen])]
    return ['map', first[1], rule([(given[2], result[2]) for given, result in seen])]


def between(result, given):
    """What the model itself does between two of its modules."""
    if result == given:
        return ''
    if len(result) == 4 and len(given) == 2:
        if result[1] * result[2] * result[3] == given[1]:
            return 'flatten'
        if result[1] == given[1]:
            return 'mean'
    if len(result) == 3 and len(given) == 2 and result[2] == given[1]:
        return 'first'
    return 'jump'


def facts(name):
    builder = models.get_model_builder(name)
    weights = models.get_model_weights(name)
    # The widths of a RegNet are computed with tensors, which the meta device does not do.
    try:
        with torch.device('meta'):
            model = builder(weights=None).eval()
    except NotImplementedError:
        model = builder(weights=None).to('meta').eval()
    takes_any = run_at(model, SIZES[-1])
    sizes = SIZES if takes_any else SIZES[:1]
    traces = [run(model, size) for size in sizes]
    children = dict(model.named_children())
    inner = {}
    for child, module in children.items():
        own = described(module)
        entry = {'class': type(module).__name__, 'made': own}
        if own is None:
            entry.update(params=count(module))
            seen = [(given, result) for trace in traces for called, given, result in trace if called == child]
            if seen and seen[0][1] is not None:
                entry['out'] = outcome(seen)
                entry['in'] = seen[0][0][1] if len(seen[0][0]) == 4 else None
        inner[child] = entry
    steps, last = [], None
    for child, given, result in traces[0]:
        step = '' if last is None else between(last, given)
        steps.append([child, step, list(given[1:]) if step == 'jump' else None])
        last = result
        if result is None:
            break
    ending = traces[0][-1][2]
    return {
        'name': name, 'class': type(model).__name__, 'module': type(model).__module__, 'params': count(model), 'weights': weights.__name__, 
        'entries': [[one.name, one.meta['num_params'], keyword(one, 'crop_size'), keyword(one, 'resize_size', 256)] for one in weights], 'default': weights.DEFAULT.name,
        'own': [[name, list(one.shape)] for name, one in model.named_parameters(recurse=False)], 'children': [[key, value] for key, value in inner.items()],
        'steps': [[child, step] + ([shape] if shape else []) for child, step, shape in steps], 'ends': len(ending) if ending else 0,
        **({} if takes_any else {'size': SIZES[0]}),
    }


def keyword(entry, name, default=None):
    value = entry.transforms.keywords.get(name, default)
    return value[0] if isinstance(value, (list, tuple)) else value


def run_at(model, size):
    try:
        run(model, size)
        return True
    except Exception:
        return False


for name in models.list_models(module=models):
    found = facts(name)
    if found is not None:
        print(json.dumps(found, separators=(',', ':')))
