# What every family of configurations draws with: a seeded source of choices, the text of a Python call, and the ways to spoil one.
# It must not import Keras: the same seed gives the same programs whatever is installed.
import random
from dataclasses import dataclass, field


@dataclass
class Configuration:
    # `source` makes the layer; `inputs` are full shapes with the batch; `call` is an expression over x0, x1, … and `layer`,
    # by default `layer(x0)`, or `layer([x0, x1])` for several inputs.
    source: str
    inputs: list
    dtypes: list = None
    call: str = None


@dataclass
class Arguments:
    # The arguments of one construction, as Python text, in the order of the signature.
    required: list = field(default_factory=list)
    optional: dict = field(default_factory=dict)

    def text(self, draw, name, module='layers'):
        spelled_out = draw.chance(0.2)
        parts = [f'{key}={value}' if spelled_out else value for key, value in self.required]
        parts += [f'{key}={value}' for key, value in self.optional.items()]
        return f'{module}.{name}({", ".join(parts)})'

    def replace(self, key, value):
        if any(known == key for known, _ in self.required):
            self.required = [(known, value if known == key else old) for known, old in self.required]
        else:
            self.optional[key] = value

    def drop_required(self, key):
        self.required = [(known, old) for known, old in self.required if known != key]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.spoilt = False

    def pick(self, *options):
        return self.random.choice(options)

    def integer(self, low, high):
        return self.random.randint(low, high)

    def chance(self, probability):
        return self.random.random() < probability

    def batch(self):
        return self.pick(None, None, None, None, None, 1, 8)

    def lengths(self, count, low, high, unknown=0.08):
        return [None if self.chance(unknown) else self.integer(low, high) for _ in range(count)]

    def window(self, rank, *options):
        # An integer for every axis, or a tuple with one a axis (sometimes a list).
        if self.chance(0.6):
            return str(self.pick(*options))
        values = ', '.join(str(self.pick(*options)) for _ in range(rank))
        if self.chance(0.15):
            return f'[{values}]'
        return f'({values},)' if rank == 1 else f'({values})'

    def text(self, *options):
        return repr(self.pick(*options))


ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'softmax', 'linear', 'elu', 'selu', 'gelu', 'swish', 'silu', 'softplus', 'softsign', 'exponential',
               'hard_sigmoid', 'leaky_relu', 'relu6', 'mish', 'log_softmax', 'hard_silu', 'hard_swish', 'celu', 'glu', 'tanh_shrink',
               'soft_shrink', 'hard_tanh', 'hard_shrink', 'sparse_plus', 'squareplus', 'sparsemax', 'log_sigmoid', 'threshold', 'sparse_sigmoid']
WRONG_ACTIVATIONS = ['rellu', 'Relu', 'none', 'softmx', 'leakyrelu', 'LeakyReLU', 'prelu', 'sigmiod']
INITIALIZERS = ['he_normal', 'zeros', 'ones', 'glorot_normal', 'lecun_uniform', 'random_normal', 'truncated_normal', 'he_uniform', 'HeNormal', 'RandomUniform']
REGULARIZERS = ["'l2'", "'l1'", 'keras.regularizers.L2(0.01)', 'keras.regularizers.l1(0.001)', "'l1_l2'"]


def common_options(draw, arguments):
    # What every layer takes through **kwargs.
    if draw.chance(0.06):
        arguments.optional['name'] = draw.text('block', 'my_layer')
    if draw.chance(0.06):
        arguments.optional['trainable'] = draw.pick('False', 'True')
    if draw.chance(0.03):
        arguments.optional['dtype'] = draw.text('float32', 'float16', 'float64', 'mixed_float16', 'bfloat16')


def wrong_keyword(draw, arguments):
    arguments.optional[draw.pick('filter', 'unit', 'shape', 'stride', 'kernel', 'inputs', 'activations', 'units_', 'axes_', 'bias', 'border_mode')] = draw.pick('1', '2', "'same'")


def wrong_rank(draw, inputs):
    # One axis too few or too many in one of the inputs.
    at = draw.integer(0, len(inputs) - 1)
    shape = list(inputs[at])
    if draw.chance(0.5) and 1 < len(shape):
        del shape[draw.integer(1, len(shape) - 1)]
    else:
        shape.insert(draw.integer(1, len(shape)), draw.pick(1, 3, 8))
    inputs[at] = shape


def with_activation(draw, arguments, chance=0.3):
    if draw.chance(chance):
        arguments.optional['activation'] = draw.pick(repr(draw.pick(*ACTIVATIONS)), repr(draw.pick('relu', 'sigmoid')), 'None', 'keras.activations.relu')


def with_regularizers(draw, arguments, names, chance=0.08):
    for name in names:
        if draw.chance(chance):
            arguments.optional[name] = draw.pick(*REGULARIZERS)


def with_initializers(draw, arguments, names, chance=0.08):
    for name in names:
        if draw.chance(chance):
            arguments.optional[name] = draw.text(*INITIALIZERS)
