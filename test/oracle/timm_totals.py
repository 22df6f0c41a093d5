# Writes what real timm says of every model that it registers: counts, features, the picture it takes and what it gives.
#   python test/oracle/timm_totals.py [--part K/N] [--counts] [--beside FILE] > test/facts/timm-totals.tsv
# Needs timm==1.0.31 beside the packages of requirements.txt. Models are built and run on PyTorch's meta device: nothing is computed and no
# weights are fetched; `--counts` does not run them, `--beside` leaves out those that a file of facts holds. `-` stands for what a model does not
# say or cannot do there.

import contextlib
import sys
import warnings

import torch

from stand_ins_torch import import_vision

import_vision(torch)
warnings.filterwarnings('ignore')
def same(tensor, *arguments, **options):
    return tensor


# What weights begin with is nothing that is counted, and takes half of the time.
for initializer in [name for name in dir(torch.nn.init) if name.endswith('_') and not name.startswith('_')]:
    setattr(torch.nn.init, initializer, same)

# The library prints what it misses.
with contextlib.redirect_stdout(sys.stderr):
    import timm

COLUMNS = ('name', 'total', 'trainable', 'classes', 'per_class', 'headless', 'num_features', 'input', 'output', 'classifier')


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
    for device in (contextlib.nullcontext(), torch.device('meta')):
        try:
            with torch.no_grad(), device:
                return shape_text(model(torch.empty(1, *size, device='meta')))
        except Exception:
            continue
    return '-'


def recounted(model, classes):
    """The count with another head; None where the model's head cannot be replaced."""
    try:
        model.reset_classifier(classes)
        return count(model)
    except Exception:
        return None


def facts(name):
    model = built(name)
    total, trainable = count(model), sum(one.numel() for one in model.parameters() if one.requires_grad)
    classes, features = getattr(model, 'num_classes', None), getattr(model, 'num_features', '-')
    size = tuple(model.pretrained_cfg.get('input_size') or ())
    classifier = model.pretrained_cfg.get('classifier') or ()
    output = ran(model, size) if len(size) == 3 and '--counts' not in sys.argv else '-'
    with torch.device('meta'):
        headless = recounted(model, 0)
        ten = recounted(model, 10)
        twelve = recounted(model, 12)
    per_class = '-' if ten is None or twelve is None else (twelve - ten) // 2
    return [
        name, total, trainable, classes if isinstance(classes, int) else '-', per_class, '-' if headless is None else headless, features,
        'x'.join(map(str, size)) or '-', output, classifier if isinstance(classifier, str) else ','.join(classifier) or '-',
    ]


def main():
    part, parts = 0, 1
    if '--part' in sys.argv:
        part, parts = map(int, sys.argv[sys.argv.index('--part') + 1].split('/'))
    if part == 0:
        print('\t'.join(COLUMNS))
    names = timm.list_models()
    if '--beside' in sys.argv:
        with open(sys.argv[sys.argv.index('--beside') + 1], encoding='utf-8') as facts_file:
            known = {line.split('\t')[0] for line in facts_file}
        names = [name for name in names if name not in known]
    for name in names[part::parts]:
        try:
            print('\t'.join(map(str, facts(name))), flush=True)
        except Exception as error:
            print(f'{name}: {type(error).__name__}: {str(error)[:200]}', file=sys.stderr, flush=True)


main()
