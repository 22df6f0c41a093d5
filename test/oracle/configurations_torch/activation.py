# Activations as modules and functions, and the adaptive softmax.
from .drawing import Configuration, module

COUNT = 12

# Arguments of the module; those of the function have the same names.
ARGUMENTS = {
    'ReLU': {}, 'ReLU6': {}, 'Sigmoid': {}, 'Hardsigmoid': {}, 'Tanh': {}, 'SiLU': {}, 'Mish': {}, 'Hardswish': {}, 'SELU': {}, 'LogSigmoid': {}, 'Softsign': {}, 'Tanhshrink': {},
    'RReLU': {'lower': ('0.1', '0.2', '0.5'), 'upper': ('0.3', '0.4')}, 'Hardtanh': {'min_val': ('-2', '0.', '1.5'), 'max_val': ('2', '1.0', '0.5')},
    'ELU': {'alpha': ('1.0', '0.5', '2')}, 'CELU': {'alpha': ('1.0', '0.5', '0')}, 'GLU': {'dim': ('0', '1', '-1', '2', '-2', '3')}, 'GELU': {'approximate': ("'none'", "'tanh'", "'tanhh'")},
    'Hardshrink': {'lambd': ('0.5', '0.1')}, 'LeakyReLU': {'negative_slope': ('0.1', '0.2', '0')}, 'Softplus': {'beta': ('1', '2'), 'threshold': ('10', '20')}, 'Softshrink': {'lambd': ('0.5', '0', '-1')},
    'Softmin': {'dim': ('0', '1', '-1', '2', '3', 'None')}, 'Softmax': {'dim': ('0', '1', '-1', '2', '-3', '3', 'None', '1.5')}, 'LogSoftmax': {'dim': ('0', '1', '-1', '2', 'None')}, 'Softmax2d': {},
}
INPLACE = ('ReLU', 'ReLU6', 'RReLU', 'Hardtanh', 'Hardsigmoid', 'SiLU', 'Mish', 'Hardswish', 'ELU', 'CELU', 'SELU', 'LeakyReLU')
FUNCTIONS = {'ReLU': 'relu', 'ReLU6': 'relu6', 'Sigmoid': 'sigmoid', 'Hardsigmoid': 'hardsigmoid', 'Tanh': 'tanh', 'SiLU': 'silu', 'Mish': 'mish', 'Hardswish': 'hardswish', 'SELU': 'selu',
             'LogSigmoid': 'logsigmoid', 'Softsign': 'softsign', 'Tanhshrink': 'tanhshrink', 'RReLU': 'rrelu', 'Hardtanh': 'hardtanh', 'ELU': 'elu', 'CELU': 'celu', 'GLU': 'glu', 'GELU': 'gelu',
             'Hardshrink': 'hardshrink', 'LeakyReLU': 'leaky_relu', 'Softplus': 'softplus', 'Softshrink': 'softshrink', 'Softmin': 'softmin', 'Softmax': 'softmax', 'LogSoftmax': 'log_softmax'}


def shape_of(draw):
    return [draw.integer(1, 4) for _ in range(draw.pick(0, 1, 2, 2, 3, 3, 4))]


def type_of(draw):
    return [draw.pick('int64', 'float64', 'bool', 'uint8', 'float16')] if draw.chance(0.2) else None


def drawn(draw, name):
    found = {key: draw.pick(*options) for key, options in ARGUMENTS[name].items() if draw.chance(0.6)}
    if name in INPLACE and draw.chance(0.25):
        found['inplace'] = 'True'
    return found


def form(name):
    return lambda draw: Configuration(module(draw, name, [], drawn(draw, name)), [shape_of(draw)], type_of(draw))


def function(name):
    def generate(draw):
        text = ''.join(f', {key}={value}' for key, value in drawn(draw, name).items())
        if name in ('Softmax', 'LogSoftmax', 'Softmin') and draw.chance(0.15):
            text += f', dtype=torch.{draw.pick("float64", "float32")}'
        return Configuration(None, [shape_of(draw)], type_of(draw), f'F.{FUNCTIONS[name]}(x0{text})')
    return generate


def threshold(draw):
    return Configuration(module(draw, 'Threshold', [('threshold', draw.pick('0.1', '0', '-1')), ('value', draw.pick('0', '20', '-1.5'))], {'inplace': 'True'} if draw.chance(0.2) else {}), [shape_of(draw)], type_of(draw))


def prelu(draw):
    optional = {'num_parameters': str(draw.integer(1, 4))} if draw.chance(0.6) else {}
    if draw.chance(0.2):
        optional['init'] = '0.1'
    return Configuration(module(draw, 'PReLU', [], optional), [shape_of(draw)])


def prelu_function(draw):
    return Configuration(None, [shape_of(draw), [draw.integer(1, 3) for _ in range(draw.pick(0, 1, 1, 1, 2))]], call='F.prelu(x0, x1)')


def gumbel(draw):
    return Configuration(None, [shape_of(draw)], call=f'F.gumbel_softmax(x0{draw.pick("", ", hard=True", ", tau=0.5", ", dim=0", ", dim=2")})')


def adaptive(draw):
    classes = draw.integer(4, 30)
    cutoffs = sorted({draw.integer(1, classes - 1 if draw.chance(0.95) else classes + 3) for _ in range(draw.integer(1, 3))})
    if draw.chance(0.05):
        cutoffs = draw.pick([], cutoffs[::-1] + [1], [0])
    features = draw.integer(4, 16)
    optional = {}
    if draw.chance(0.3):
        optional['div_value'] = draw.pick('2.0', '4', '3.0')
    if draw.chance(0.3):
        optional['head_bias'] = 'True'
    batch = draw.integer(1, 5)
    shapes = [[batch, features], [batch]]
    if draw.chance(0.15):
        shapes = [[features], []]
    elif draw.chance(0.2):
        shapes = draw.pick([[batch, features + 1], [batch]], [[batch + 1, features], [batch]], [[features], [batch]], [[batch, features], [batch, 1]])
    source = module(draw, 'AdaptiveLogSoftmaxWithLoss', [('in_features', str(features)), ('n_classes', str(classes)), ('cutoffs', str(cutoffs))], optional)
    call = draw.pick(None, None, 'module.log_prob(x0)', 'module.predict(x0)')
    return Configuration(source, shapes, ['float32', 'int64'], call)


GENERATORS = {
    **{name: form(name) for name in ARGUMENTS}, 'Threshold': threshold, 'PReLU': prelu, 'AdaptiveLogSoftmaxWithLoss': adaptive,
    **{f'F.{FUNCTIONS[name]}': function(name) for name in FUNCTIONS}, 'F.prelu': prelu_function, 'F.gumbel_softmax': gumbel,
}
COUNTS = {'Softmax': 30, 'GLU': 25, 'PReLU': 25, 'F.softmax': 25, 'F.glu': 20, 'AdaptiveLogSoftmaxWithLoss': 40, 'F.prelu': 20}
