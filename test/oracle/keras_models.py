# What models real Keras makes of a folder of programs: rows, counts, and the error that ends a program.
#   python keras_models.py FOLDER --out FILE
# One JSON line for each program: {"program", "models": [{"name", "class", "rows": [[name, class, output, params, trainable]], "total", "trainable"}], "error"?}.
# A row's output is null where Keras itself has none (a layer inside a subclassed model).
import argparse
import contextlib
import io
import json
import os
import pathlib
import runpy
import sys
import traceback
import warnings

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
warnings.filterwarnings('ignore')

import keras  # noqa: E402
from keras.src.models.functional import Functional  # noqa: E402
from keras.src.models.model import Model  # noqa: E402
from keras.src.models.sequential import Sequential  # noqa: E402

created = []
inside = []


def watch(cls):
    original = cls.__init__

    def init(self, *arguments, **options):
        # The functional model inside a stack is no model of the program.
        caller = sys._getframe(1)
        is_inside = caller.f_code.co_name == 'build' and caller.f_code.co_filename.endswith('sequential.py')
        if not is_inside and not any(model is self for model in created):
            created.append(self)
        if is_inside:
            inside.append(self)
        original(self, *arguments, **options)
    cls.__init__ = init


def size_of(weights):
    total = 0
    for weight in weights:
        count = 1
        for length in weight.shape:
            count *= length
        total += count
    return total


def output_of(layer):
    try:
        return [list(tensor.shape) for tensor in keras.tree.flatten(layer.output)]
    except (AttributeError, ValueError):
        return None


def describe(model):
    rows = []
    for layer in model._operations if isinstance(model, Functional) else model.layers:
        weights, trainable = (layer.weights, layer.trainable_weights) if hasattr(layer, 'trainable_weights') else ([], [])
        rows.append([layer.name, type(layer).__name__, output_of(layer), size_of(weights), size_of(trainable)])
    return {'name': model.name, 'class': type(model).__name__, 'rows': rows, 'total': size_of(model.weights), 'trainable': size_of(model.trainable_weights)}


def run(path):
    created.clear()
    inside.clear()
    keras.utils.clear_session()
    fact = {'program': path.name}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            runpy.run_path(str(path), run_name='__main__')
    except Exception as error:  # noqa: BLE001
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        fact['error'] = {'type': type(error).__name__, 'lines': lines}
        return fact
    fact['models'] = [describe(model) for model in created if not any(model is other for other in inside)]
    return fact


parser = argparse.ArgumentParser()
parser.add_argument('folder', type=pathlib.Path)
parser.add_argument('--out', type=pathlib.Path, required=True)
options = parser.parse_args()
watch(Model)
watch(Sequential)
watch(Functional)
facts = [run(path) for path in sorted(options.folder.glob('*.py'))]
options.out.write_text(''.join(json.dumps(fact) + '\n' for fact in facts))
