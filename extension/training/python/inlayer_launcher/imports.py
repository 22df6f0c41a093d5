"""Calls a function once a module has been imported, without importing anything itself. Knows module names, not frameworks."""
import importlib
import importlib.abc
import importlib.util
import sys

from . import metrics

# Which of our modules is to be told that a module of theirs is there.
WATCHED = {
    'keras': 'keras_hooks', 'tf_keras': 'keras_hooks',
    'torch': 'torch_hooks', 'torch.utils.tensorboard.writer': 'loggers', 'tensorboardX.writer': 'loggers',
    'wandb.sdk.wandb_run': 'loggers', 'mlflow': 'loggers',
    'lightning.pytorch': 'lightning_hooks', 'pytorch_lightning': 'lightning_hooks',
    'transformers.trainer': 'transformers_hooks',
}


def install():
    sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self):
        self._busy = set()

    def find_spec(self, name, path=None, target=None):
        if name not in WATCHED or name in self._busy:
            return None
        self._busy.add(name)
        try:
            spec = None
            for finder in sys.meta_path:
                if finder is self or not hasattr(finder, 'find_spec'):
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    break
        finally:
            self._busy.discard(name)
        loader = getattr(spec, 'loader', None)
        if loader is None or not hasattr(loader, 'exec_module'):
            return spec
        _tell_after(loader, name)
        return spec


def _tell_after(loader, name):
    """The loader stays what it is (others ask for its class); only this one of its methods does more."""
    original = loader.exec_module

    def exec_module(module):
        try:
            del loader.exec_module
        except AttributeError:
            pass
        original(module)
        try:
            importlib.import_module('.' + WATCHED[name], __package__).hook(name, module)
        except Exception:
            # A version that we do not know: the run goes on without its numbers.
            metrics.trouble()
    try:
        loader.exec_module = exec_module
    except AttributeError:
        pass
