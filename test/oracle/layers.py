# Facts about keras.layers: draws configurations (configurations/), builds each under the real Keras and writes down what it answers.
#   python layers.py --out FILE [--seed 1] [--count N] [--class NAME …] [--family NAME …] [--backend tensorflow] [--run]
#   python layers.py --compare FILE --backend torch     adds what the other backend answers where it differs
# A line is {class, source, inputs, dtypes?, call?} and either {output, outputDtype?, params, trainable, weights?} or {refused, at: construct|call}.
# `run` says what a call on real numbers did when that differs from the symbolic call; `torch` what that backend answered.
import argparse
import importlib
import json
import os
import re
import sys
import warnings

# How many configurations a class of each family gets: more where many arguments act on the shape.
FAMILIES = {'convolution': 160, 'pooling': 60, 'core': 120, 'activation': 40, 'merging': 90, 'normalization': 100, 'regularization': 30, 'reshaping': 90,
            'recurrent': 120, 'attention': 160, 'wrapping': 160, 'lookup': 80, 'image': 30}


def load_families(names):
    generators, aliases, counts = {}, {}, {}
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    for name in names:
        module = importlib.import_module(f'configurations.{name}')
        generators.update(module.GENERATORS)
        counts.update({key: FAMILIES[name] for key in module.GENERATORS})
        aliases.update(getattr(module, 'ALIASES', {}))
    return generators, aliases, counts


def draw_cases(generators, aliases, counts, seed, wanted):
    from configurations.drawing import Draw
    for name, generate in generators.items():
        if wanted and name not in wanted:
            continue
        seen, count = set(), counts[name]
        # Simple layers have few different configurations: 3 draws for each one wanted, then that is all there is.
        for attempt in range(count * 3):
            if len(seen) == count:
                break
            configuration = generate(Draw(f'{seed}/{name}/{attempt}'))
            key = (configuration.source, str(configuration.inputs), str(configuration.dtypes), configuration.call)
            if key not in seen:
                seen.add(key)
                yield name, configuration
    for alias, name in aliases.items():
        if wanted and alias not in wanted or name not in generators:
            continue
        for attempt in range(4):
            configuration = generators[name](Draw(f'{seed}/{alias}/{attempt}'))
            configuration.source = configuration.source.replace(f'layers.{name}(', f'layers.{alias}(', 1)
            yield alias, configuration


def short_message(error):
    text = re.sub(r'\x1b\[\d*m', '', str(error))
    # Keras wraps what goes wrong in `call` in a frame that lists every argument; the reason stands between them.
    wrapped = re.match(r'Exception encountered when calling [^\n]*\n+(.*?)\n+(?:Arguments received by|Call arguments)', text, re.S)
    if wrapped:
        text = wrapped.group(1)
    text = re.sub(r'\{\{.*?\}\} ?', '', text)
    # The repr of an object carries its address, of a source its folder: neither is a fact.
    text = re.sub(r' at 0x[0-9a-f]+', '', text)
    text = re.sub(r'(?<![\w.])/\S*?/site-packages/', '', text)
    text = ' '.join(text.split())
    return f'{type(error).__name__}: {text[:160]}'


def expression_of(configuration):
    if configuration.call:
        return configuration.call
    names = [f'x{at}' for at in range(len(configuration.inputs))]
    return f'layer({names[0]})' if len(names) == 1 else f'layer([{", ".join(names)}])'


class Judge:
    def __init__(self):
        import keras
        import numpy
        self.keras, self.numpy = keras, numpy
        self.names = {'keras': keras, 'layers': keras.layers, 'ops': keras.ops, 'np': numpy}

    def shapes(self, value, what='shape'):
        if isinstance(value, dict):
            return {str(key): self.shapes(one, what) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.shapes(one, what) for one in value]
        if not hasattr(value, 'shape'):
            return None
        if what == 'dtype':
            return self.keras.backend.standardize_dtype(value.dtype)
        return [None if length is None else int(length) for length in value.shape]

    def size(self, weight):
        return int(self.numpy.prod(weight.shape))

    def relative_name(self, weight, layer):
        parts = weight.path.split('/')
        return '/'.join(parts[parts.index(layer.name) + 1:] if layer.name in parts else parts)

    def answer(self, configuration, run=False):
        keras = self.keras
        # Automatic names start anew, so that messages do not depend on how many layers were made before.
        keras.utils.clear_session(free_memory=False)
        try:
            layer = eval(configuration.source, dict(self.names))
        except Exception as error:
            return {'refused': short_message(error), 'at': 'construct'}
        dtypes = configuration.dtypes or ['float32'] * len(configuration.inputs)
        places = {f'x{at}': keras.Input(batch_shape=tuple(shape), dtype=dtype) for at, (shape, dtype) in enumerate(zip(configuration.inputs, dtypes))}
        try:
            output = eval(expression_of(configuration), {**self.names, **places, 'layer': layer})
        except Exception as error:
            return {'refused': short_message(error), 'at': 'call'}
        fact = {'output': self.shapes(output)}
        dtype = self.shapes(output, 'dtype')
        kinds = set(json.dumps(dtype).replace('[', '').replace(']', '').split(', '))
        if kinds != {'"float32"'}:
            fact['outputDtype'] = json.loads(kinds.pop()) if len(kinds) == 1 else dtype
        try:
            fact['params'] = layer.count_params()
            fact['trainable'] = sum(self.size(weight) for weight in layer.trainable_weights)
            weights = {self.relative_name(weight, layer): [int(length) for length in weight.shape] for weight in layer.weights}
            if weights:
                fact['weights'] = weights
        except ValueError as error:
            fact['uncounted'] = short_message(error)
        if run:
            ran = self.run(configuration, layer, dtypes, fact['output'])
            if ran is not None:
                fact['run'] = ran
        return fact

    def run(self, configuration, layer, dtypes, promised):
        # The symbolic call only asks the layer for a shape; real numbers show whether it keeps the promise. Where axes are unknown, a failure
        # counts when it is the same, word for word, whatever lengths are put in: then they are not to blame.
        open_axes = any(None in shape[1:] for shape in configuration.inputs)
        results = []
        for length in (9, 1, 64) if open_axes else (9,):
            results.append(self.run_once(configuration, layer, dtypes, promised, length))
            if results[-1] is None or 'refused' not in results[-1]:
                return results[-1]
        return results[0] if all(result == results[0] for result in results) else None

    def run_once(self, configuration, layer, dtypes, promised, open_length):
        numpy = self.numpy
        made = {}
        batch = next((shape[0] for shape in configuration.inputs if shape and shape[0]), 3)
        for at, (shape, dtype) in enumerate(zip(configuration.inputs, dtypes)):
            lengths = [length or (batch if axis == 0 else open_length) for axis, length in enumerate(shape)]
            if dtype == 'string':
                import tensorflow
                made[f'x{at}'] = tensorflow.constant(numpy.full(lengths, 'a b'))
            else:
                made[f'x{at}'] = self.keras.ops.zeros(lengths, dtype)
        try:
            output = eval(expression_of(configuration), {**self.names, **made, 'layer': layer})
        except Exception as error:
            text = short_message(error)
            # Kernels that this machine's processor lacks say nothing about the layer, nor do words that no vocabulary holds.
            lacking = re.search(r'CPU|only supports|NCHW|NCDHW|NCW|unsupported|Unimplemented|OpKernel|find device|not implemented for', text, re.I)
            made_up = 'should be in vocabulary' in text
            return None if made_up or lacking and not isinstance(error, (TypeError, ValueError)) else {'refused': text}
        actual = self.shapes(output)
        return None if fits(promised, actual) else {'output': actual}


def fits(promised, actual):
    if isinstance(promised, dict):
        return isinstance(actual, dict) and all(fits(promised[key], actual.get(key)) for key in promised)
    if isinstance(promised, list):
        return isinstance(actual, list) and len(actual) == len(promised) and all(fits(one, other) for one, other in zip(promised, actual))
    return promised is None or promised == actual


def progress(done, name):
    if done % 500 == 0:
        print(f'{done} {name}', file=sys.stderr, flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out')
    options.add_argument('--compare')
    options.add_argument('--seed', default='1')
    options.add_argument('--count', type=int)
    options.add_argument('--class', dest='classes', nargs='*')
    options.add_argument('--family', nargs='*', default=list(FAMILIES))
    options.add_argument('--backend', default='tensorflow')
    options.add_argument('--run', action='store_true')
    given = options.parse_args()
    os.environ['KERAS_BACKEND'] = given.backend
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
    warnings.filterwarnings('ignore')
    judge = Judge()
    if given.compare:
        compare(judge, given.compare, given.backend)
        return
    generators, aliases, counts = load_families(given.family)
    if given.count:
        counts = dict.fromkeys(counts, given.count)
    out = open(given.out, 'w') if given.out else sys.stdout
    for done, (name, configuration) in enumerate(draw_cases(generators, aliases, counts, given.seed, given.classes)):
        fact = {'class': name, 'source': configuration.source, 'inputs': configuration.inputs}
        if configuration.dtypes:
            fact['dtypes'] = configuration.dtypes
        if configuration.call:
            fact['call'] = configuration.call
        fact.update(judge.answer(configuration, given.run))
        out.write(json.dumps(fact, separators=(',', ':')) + '\n')
        progress(done, name)
    out.flush()


def compare(judge, file, backend):
    from types import SimpleNamespace
    with open(file) as lines:
        facts = [json.loads(line) for line in lines]
    for done, fact in enumerate(facts):
        other = judge.answer(SimpleNamespace(source=fact['source'], inputs=fact['inputs'], dtypes=fact.get('dtypes'), call=fact.get('call')))
        fact.pop(backend, None)
        if 'refused' in fact and 'refused' in other:
            continue
        if any(fact.get(key) != other.get(key) for key in ('refused', 'output', 'outputDtype', 'params', 'trainable')):
            fact[backend] = other
        progress(done, fact['class'])
    with open(file, 'w') as out:
        for fact in facts:
            out.write(json.dumps(fact, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
