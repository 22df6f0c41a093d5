# Configurations of the activation layers.
from .core import any_shape
from .drawing import ACTIVATIONS, WRONG_ACTIVATIONS, Arguments, Configuration, common_options, wrong_keyword

GENERATORS = {}


def simple(name, optional, wrong):
    def generate(draw):
        arguments = Arguments()
        for key, values in optional.items():
            if draw.chance(0.45):
                arguments.optional[key] = draw.pick(*values)
        common_options(draw, arguments)
        inputs = [any_shape(draw, 1, 4)]
        if draw.chance(0.25):
            choices = [lambda key=key, value=value: arguments.optional.update({key: value}) for key, value in wrong]
            draw.pick(*choices, lambda: wrong_keyword(draw, arguments))()
        return Configuration(arguments.text(draw, name), inputs, None if draw.chance(0.93) else ['int32'])
    GENERATORS[name] = generate


simple('ReLU', {'max_value': ['6', '6.0', '1', 'None'], 'negative_slope': ['0.1', '0.0', '0.3'], 'threshold': ['0.5', '1', '0']},
       [('max_value', '-1'), ('negative_slope', '-0.1'), ('threshold', '-1'), ('threshold', 'None'), ('negative_slope', 'None'), ('alpha', '0.1'), ('max_value', "'6'")])
simple('LeakyReLU', {'negative_slope': ['0.1', '0.2', '0.01', '0', '1']},
       [('negative_slope', 'None'), ('alpha', '0.2'), ('negative_slope', '-0.1'), ('negative_slope', "'0.1'")])
simple('ELU', {'alpha': ['1.0', '0.5', '2']}, [('alpha', 'None'), ('negative_slope', '0.1'), ('alpha', '-1.0')])
simple('Softmax', {'axis': ['-1', '1', '(-1,)', '-1', '[1]', '(-2, -1)']}, [('axis', '7'), ('axis', 'None'), ('axis', '-9'), ('axis', '0'), ('dim', '-1')])


def prelu(draw):
    arguments = Arguments()
    inputs = [any_shape(draw, 1, 4, 0.03)]
    if draw.chance(0.5):
        arguments.optional['shared_axes'] = draw.pick('[1]', '[1, 2]', '(1, 2)', '1', '[-1]', '[1, 2, 3]', 'None')
    if draw.chance(0.2):
        arguments.optional['alpha_initializer'] = draw.text('ones', 'zeros', 'Zeros')
    common_options(draw, arguments)
    if draw.chance(0.2):
        draw.pick(lambda: arguments.optional.update(shared_axes=draw.pick('[0]', '[9]', "'1'")), lambda: wrong_keyword(draw, arguments),
                  lambda: arguments.optional.update(alpha='0.2'), lambda: inputs.__setitem__(0, [None, None, 8]))()
    return Configuration(arguments.text(draw, 'PReLU'), inputs)


def activation(draw):
    arguments = Arguments([('activation', draw.pick(repr(draw.pick(*ACTIVATIONS)), repr(draw.pick(*ACTIVATIONS)), 'keras.activations.relu', 'keras.ops.tanh', 'None',
                                                    'lambda x: x * 2', 'layers.ReLU()', 'lambda x: keras.ops.sum(x, axis=-1)'))])
    common_options(draw, arguments)
    if draw.chance(0.25):
        draw.pick(lambda: arguments.replace('activation', draw.text(*WRONG_ACTIVATIONS)), lambda: arguments.replace('activation', draw.pick('3', "['relu']", 'True')),
                  lambda: arguments.drop_required('activation'), lambda: wrong_keyword(draw, arguments))()
    return Configuration(arguments.text(draw, 'Activation'), [any_shape(draw, 1, 4)], None if draw.chance(0.93) else ['int32'])


GENERATORS.update(PReLU=prelu, Activation=activation)
