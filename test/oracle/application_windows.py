# What a model of keras.applications is, so that it can be known without building it: counts with and without its head, and the windows that
# make its spatial size smaller, read off the built graph.
#   python application_windows.py --out FILE [--model NAME …]
# `windows` is a list from input to output: `c2` divides by two and rounds up, `v3/2` is an unpadded window of 3 with stride 2.
import argparse
import json
import re
import sys

from applications import model_names, never_load_weights

import keras


def total(weights):
    count = 0
    for weight in weights:
        size = 1
        for length in weight.shape:
            size *= length
        count += size
    return count


# The windows from input to output: (padding, size, stride, zeros put around, side of the picture before them).
def steps_of(model):
    steps = []
    layer = model.output._keras_history.operation
    while not isinstance(layer, keras.layers.InputLayer):
        if isinstance(layer, (keras.layers.ZeroPadding2D, keras.layers.Cropping2D)):
            added = sum(layer.padding[0]) if isinstance(layer, keras.layers.ZeroPadding2D) else -sum(layer.cropping[0])
            padding, size, stride, zeros, side = steps.pop()
            steps.append((padding, size, stride, zeros + added, side - added))
        elif isinstance(layer, keras.Model):
            # ConvNeXt keeps its stem and its downsampling in small models of their own.
            steps += [(one.padding, one.kernel_size[0], one.strides[0], 0, one.input.shape[1]) for one in reversed(layer.layers) if hasattr(one, 'kernel_size')]
        else:
            size = getattr(layer, 'kernel_size', getattr(layer, 'pool_size', None))
            if size is not None:
                steps.append((layer.padding, size[0], layer.strides[0], 0, layer.input.shape[1]))
        layer = layer._inbound_nodes[0].input_tensors[0]._keras_history.operation
    return steps[::-1]


def name_of(padding, size, stride, zeros, side):
    if padding == 'same' or size == 1 or zeros == size - 1:
        return f'c{stride}'
    if zeros == 0:
        return f'v{size}/{stride}'
    if zeros == size - 2 and stride == 2:
        # On an even side this is what a padding that looks at the side does; on an odd side it loses the last row.
        return 'v2/2' if side % 2 else 'even'
    raise ValueError(f'{zeros} zeros around a window of {size}/{stride} on {side}')


# Two sides that are odd at different depths decide between the paddings.
def windows_of(make):
    found = []
    for side in (97, 99, 125):
        keras.utils.clear_session()
        names = [name_of(*step) for step in steps_of(make(weights=None, include_top=False, input_shape=(side, side, 3)))]
        found = [old if new == 'even' else new for old, new in zip(found or names, names)]
    return [name for name in (one if one != 'even' else 'c2' for one in found) if name != 'c1']


def facts_of(name):
    make = getattr(keras.applications, name)
    facts = {'model': name}
    try:
        make(weights=None, include_top=False, input_shape=(1, 1, 3))
        facts['minimum'] = 1
    except ValueError as error:
        found = re.search(r'at least (\d+)x', str(error))
        facts['minimum'] = int(found.group(1)) if found else None
    keras.utils.clear_session()
    full = make(weights=None)
    head = full.layers[-1] if full.layers[-1].weights else next(layer for layer in reversed(full.layers) if layer.weights)
    facts |= {'size': full.input.shape[1] or 224, 'paramsWithTop': full.count_params(), 'layersWithTop': len(full.layers), 'classifierWidth': int(head.kernel.shape[-2]), 'name': full.name}
    del full
    keras.utils.clear_session()
    base = make(weights=None, include_top=False, input_shape=(facts['size'], facts['size'], 3))
    stem = next(layer for layer in base._flatten_layers() if isinstance(layer, keras.layers.Conv2D))
    per_channel = int(stem.kernel.shape[0] * stem.kernel.shape[1] * stem.kernel.shape[3])
    per_channel += sum(2 for layer in base.layers if isinstance(layer, keras.layers.Normalization) and layer.weights)
    return facts | {'params': base.count_params(), 'frozen': total(base.non_trainable_weights), 'layers': len(base.layers), 'channels': base.output.shape[-1],
                    'perInputChannel': per_channel, 'windows': windows_of(make), 'output': list(base.output.shape)}


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out')
    options.add_argument('--model', nargs='*')
    given = options.parse_args()
    never_load_weights()
    out = open(given.out, 'w') if given.out else sys.stdout
    for name in model_names():
        if given.model and name not in given.model:
            continue
        keras.utils.clear_session()
        out.write(json.dumps(facts_of(name), separators=(',', ':')) + '\n')
        out.flush()


main()
