# Stand-ins for what a program reads from outside: data sets, folders, files, ready-made weights, plotting. They have the real shapes, element
# types and label ranges, and small made-up contents. Training is cut short. Everything else is the real framework.
import csv
import os
import sys
import types
from importlib.machinery import ModuleSpec

FACTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'facts')


def install(framework):
    install_silent_modules()
    install_pandas()
    import numpy
    numpy.random.seed(0)
    if framework in ('keras', 'both'):
        import stand_ins_keras
        stand_ins_keras.install()
    if framework in ('torch', 'both'):
        import stand_ins_torch
        stand_ins_torch.install()


# A module that accepts everything and does nothing: plots, progress bars, loggers.
class Anything:
    def __init__(self, *arguments, **options):
        pass

    def __call__(self, *arguments, **options):
        return self

    def __getattr__(self, name):
        if name.startswith('__') and name.endswith('__'):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        # `figure, axes = plt.subplots()`
        return iter((self, self))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class SilentModule(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Anything()


class SilentFinder:
    NAMES = ('matplotlib', 'seaborn', 'wandb', 'cv2', 'PIL', 'IPython', 'plotly', 'tensorboard', 'torchinfo', 'torchsummary')

    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] not in self.NAMES:
            return None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return SilentModule(spec.name)

    def exec_module(self, module):
        pass


def install_silent_modules():
    # Last in line: what is really installed is used.
    sys.meta_path.append(SilentFinder())
    # Progress bars draw nothing here. The real one, where it is, is what other libraries derive their own from.
    os.environ['TQDM_DISABLE'] = '1'
    try:
        import tqdm
    except ImportError:
        install_bars()
        return
    for name in ('auto', 'notebook'):
        inner = types.ModuleType(f'tqdm.{name}')
        inner.tqdm, inner.trange = tqdm.tqdm, tqdm.trange
        inner.__spec__ = ModuleSpec(f'tqdm.{name}', None)
        setattr(tqdm, name, inner)
        sys.modules[f'tqdm.{name}'] = inner


def install_bars():
    tqdm = types.ModuleType('tqdm')

    class Bar:
        def __init__(self, iterable=(), *arguments, **options):
            self.iterable = iterable

        def __iter__(self):
            return iter(self.iterable)

        def __len__(self):
            return len(self.iterable)

        def __getattr__(self, name):
            if name.startswith('__'):
                raise AttributeError(name)
            return lambda *arguments, **options: None

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return False

    tqdm.tqdm, tqdm.trange, tqdm.__path__ = Bar, lambda *arguments, **options: Bar(range(*arguments)), []
    for name in ('auto', 'notebook'):
        inner = types.ModuleType(f'tqdm.{name}')
        inner.tqdm, inner.trange = tqdm.tqdm, tqdm.trange
        setattr(tqdm, name, inner)
        sys.modules[f'tqdm.{name}'] = inner
    for name in ('tqdm', 'tqdm.auto', 'tqdm.notebook'):
        module = tqdm if name == 'tqdm' else sys.modules[name]
        # Libraries ask `importlib.util.find_spec('tqdm')`, which wants a spec.
        module.__spec__ = ModuleSpec(name, None, is_package=name == 'tqdm')
        sys.modules[name] = module


def install_pandas():
    try:
        import pandas
    except ImportError:
        return
    import numpy

    class Table(pandas.DataFrame):
        # A table whose columns nobody knows: whatever is asked for is there, and holds small numbers.
        @property
        def _constructor(self):
            return Table

        def __getitem__(self, key):
            for one in key if isinstance(key, list) else [key]:
                if isinstance(one, str) and one not in self.columns:
                    self[one] = numpy.arange(len(self)) % 2
            return super().__getitem__(key)

        def drop(self, labels=None, **options):
            return super().drop(labels, **{**options, 'errors': 'ignore'})

        def pop(self, name):
            self[name]
            return super().pop(name)

    def read(file, *arguments, **options):
        if isinstance(file, str) and os.path.exists(file):
            return real[0](file, *arguments, **options)
        names = options.get('names') or [f'c{at}' for at in range(10)]
        return Table({name: numpy.random.rand(200) for name in names})

    real = (pandas.read_csv,)
    for name in ('read_csv', 'read_excel', 'read_parquet', 'read_json'):
        setattr(pandas, name, read)


def fact_rows(name):
    with open(os.path.join(FACTS, name), newline='') as file:
        return list(csv.DictReader(file))


# Labels that go through the whole range within the first few, so that one batch shows a label that is too large.
def labels_of(count, low, high, dtype='int64'):
    import numpy
    labels = numpy.random.randint(low, high + 1, count)
    labels[: min(count, 2)] = [high, low][: min(count, 2)]
    return labels.astype(dtype)
