"""Asks real Keras and PyTorch what sliding windows leave of an axis.

    python test/oracle/window_facts.py > test/tensors/window-facts.json

Each row is [function, size, arguments, result]; result is null where the framework refuses. The rows are drawn
with a fixed seed. PyTorch runs on the meta device, so that nothing is computed; Keras builds symbolic models, and
every tenth row is computed for real as well and compared.
"""
import json
import os
import random
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import torch

draw = random.Random(20)
rows = []


def attempt(compute):
    try:
        return compute()
    except (ValueError, RuntimeError):
        return None


def record(function, size, arguments, result):
    rows.append([function, size, arguments, result])


def keras_size(layer, size, real):
    symbolic = layer(keras.Input((size, 1))).shape[1]
    if real:
        computed = tuple(layer(np.zeros((1, size, 1), "float32")).shape)[1]
        assert computed == symbolic, (layer.get_config(), size, computed, symbolic)
    return symbolic


for index in range(120):
    size, kernel, stride = draw.randint(1, 30), draw.randint(1, 7), draw.randint(1, 4)
    dilation = draw.randint(1, 3) if stride == 1 else 1
    padding = draw.choice(["valid", "valid", "same", "causal"])
    window = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    layer = keras.layers.Conv1D(1, kernel, strides=stride, dilation_rate=dilation, padding=padding)
    record("kerasWindowSize", size, window, attempt(lambda: keras_size(layer, size, index % 10 == 0)))

for index in range(50):
    size, kernel, stride = draw.randint(1, 20), draw.randint(1, 5), draw.randint(1, 4)
    padding = draw.choice(["valid", "same"])
    layer = keras.layers.MaxPooling1D(kernel, strides=stride, padding=padding)
    window = {"kernel": kernel, "stride": stride, "padding": padding}
    record("kerasWindowSize", size, window, attempt(lambda: keras_size(layer, size, index % 10 == 0)))

for index in range(100):
    size, kernel, stride = draw.randint(1, 12), draw.randint(1, 6), draw.randint(1, 4)
    dilation = draw.randint(1, 3) if stride == 1 else 1
    padding = draw.choice(["valid", "same"])
    extra = draw.choice([None, None, *range(stride)])
    window = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    if extra is not None:
        window["outputPadding"] = extra
    layer = attempt(lambda: keras.layers.Conv1DTranspose(
        1, kernel, strides=stride, padding=padding, output_padding=extra, dilation_rate=dilation))
    if layer is not None:
        # TensorFlow's CPU kernels cannot compute a dilated transposed convolution.
        real = index % 10 == 0 and dilation == 1
        record("kerasTransposedSize", size, window, attempt(lambda: keras_size(layer, size, real)))

for _ in range(30):
    size, before, after = draw.randint(1, 9), draw.randint(0, 5), draw.randint(0, 5)
    record("croppedSize", size, [before, after], attempt(
        lambda: keras_size(keras.layers.Cropping1D((before, after)), size, True)))


def torch_size(module, size):
    return module(torch.zeros(1, 1, size, device="meta")).shape[2]


for _ in range(120):
    size, kernel, stride = draw.randint(1, 30), draw.randint(1, 7), draw.randint(1, 4)
    dilation, padding = draw.randint(1, 3), draw.choice([0, 0, 1, 2, 3, "valid", "same"])
    if padding == "same":
        stride = 1
    window = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    module = torch.nn.Conv1d(1, 1, kernel, stride, padding, dilation, device="meta")
    record("torchConvSize", size, window, attempt(lambda: torch_size(module, size)))

for _ in range(200):
    size, kernel = draw.randint(1, 20), draw.randint(1, 6)
    stride, dilation, ceil_mode = draw.choice([None, 1, 2, 3, 4]), draw.randint(1, 2), draw.random() < 0.6
    padding = draw.randint(0, kernel // 2)
    window = {"kernel": kernel, "dilation": dilation, "padding": padding, "ceilMode": ceil_mode}
    if stride is not None:
        window["stride"] = stride
    module = torch.nn.MaxPool1d(kernel, stride, padding, dilation, ceil_mode=ceil_mode)
    record("torchPoolSize", size, window, attempt(lambda: torch_size(module, size)))

for _ in range(120):
    size, kernel, stride = draw.randint(1, 12), draw.randint(1, 6), draw.randint(1, 4)
    dilation, padding = draw.randint(1, 3), draw.randint(0, 4)
    extra = draw.randint(0, max(stride, dilation) - 1)
    window = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding, "outputPadding": extra}
    module = torch.nn.ConvTranspose1d(1, 1, kernel, stride, padding, extra, dilation=dilation, device="meta")
    record("torchTransposedSize", size, window, attempt(lambda: torch_size(module, size)))

for _ in range(40):
    size, factor = draw.randint(1, 40), draw.choice([0.5, 0.25, 1.5, 2, 3, 0.75, 2.5, 1.7])
    record("scaledSize", size, factor, attempt(lambda: torch_size(torch.nn.Upsample(scale_factor=factor), size)))

rows_text = ",\n".join(json.dumps(row) for row in rows)
sys.stdout.write(f"[\n{rows_text}\n]\n")
