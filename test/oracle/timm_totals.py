# Writes what real timm says of every model that it registers: counts, features, the picture it takes and what it gives.
#   python test/oracle/timm_totals.py [--part K/N] > test/facts/timm-totals.tsv
# Needs timm==1.0.31 beside the packages of requirements.txt. Models are built and run on PyTorch's meta device: nothing is computed and no
# weights are fetched. `-` stands for what a model does not say or cannot do there.

import sys
import warnings

import torch

from stand_ins_torch import import_vision

import_vision(torch)
warnings.filterwarnings('ignore')
import timm  # noqa: E402

COLUMNS = ('name', 'total', 'trainable', 'classes', 'per_class', 'headless', 'num_features', 'input', 'output', 'headless_output')


def built(name, **options):
    try:
        with torch.device('meta'):
            return timm.create_model(name, pretrained=False, **options).eval()
    except (NotImplementedError, RuntimeError):
        # Some compute with small tensors while they are built.
        return timm.create_model(name, pretrained=False, **options).to('meta').eval()


def count(model):
    return sum(one.numel() for one in model.parameters())


def shape_text(result):
    if torch.is_tensor(result):
        return 'x'.join(str(size) for size in result.shape[1:]) or '1'
    if isinstance(result, (list, tuple)) and all(torch.is_tensor(one) for one in result):
        return ','.join(shape_text(one) for one in result)
    return '-'


def ran(model, size):
    try:
        with torch.no_grad(), torch.device('meta'):
            return shape_text(model(torch.empty(1, *size, device='meta')))
    except Exception:
        return '-'


def attempt(make):
    try:
        return make()
    except Exception:
        return None


def facts(name):
    model = built(name)
    total, classes = count(model), getattr(model, 'num_classes', None)
    size = tuple(model.pretrained_cfg.get('input_size') or ())
    other = attempt(lambda: built(name, num_classes=10))
    headless = attempt(lambda: built(name, num_classes=0))
    slope = '-'
    if other is not None and isinstance(classes, int) and classes not in (0, 10) and count(other) != total:
        exact = (total - count(other)) / (classes - 10)
        slope = int(exact) if exact == int(exact) else '-'
    return [
        name, total, sum(one.numel() for one in model.parameters() if one.requires_grad), classes if isinstance(classes, int) else '-', slope,
        '-' if headless is None else count(headless), getattr(model, 'num_features', '-'), 'x'.join(map(str, size)) or '-',
        ran(model, size) if len(size) == 3 else '-', ran(headless, size) if headless is not None and len(size) == 3 else '-',
    ]


def main():
    part, parts = 0, 1
    if '--part' in sys.argv:
        part, parts = map(int, sys.argv[sys.argv.index('--part') + 1].split('/'))
    if part == 0:
        print('\t'.join(COLUMNS))
    names = timm.list_models()
    for name in names[len(names) * part // parts:len(names) * (part + 1) // parts]:
        try:
            print('\t'.join(map(str, facts(name))), flush=True)
        except Exception as error:
            print(f'{name}: {type(error).__name__}: {str(error)[:200]}', file=sys.stderr, flush=True)


main()
