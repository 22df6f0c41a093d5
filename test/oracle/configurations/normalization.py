# Configurations of the normalization layers.
from .core import any_shape
from .drawing import Arguments, Configuration, common_options, with_initializers, with_regularizers, wrong_keyword

GENERATORS = {}
CENTRED = {'center': ['False', 'True'], 'scale': ['False', 'True'], 'epsilon': ['1e-6', '0.001', '1e-5']}


def normalization(name, optional, axes, extra_wrong=()):
    def generate(draw):
        arguments = Arguments()
        inputs = [any_shape(draw, 1, 4, 0.06)]
        rank = len(inputs[0])
        if inputs[0][-1] is None:
            inputs[0][-1] = 6
        if axes and draw.chance(0.45):
            choices = ['-1', '1', str(rank - 1), '-1' if rank == 2 else '-2']
            if axes == 'several':
                choices += ['[1]', '(-1,)', f'[{rank - 1}]', f'({", ".join(map(str, range(1, rank)))},)', '[-2, -1]']
            arguments.optional['axis'] = draw.pick(*choices)
        for key, values in optional.items():
            if draw.chance(0.2):
                arguments.optional[key] = draw.pick(*values)
        if 'center' in optional:
            with_initializers(draw, arguments, ['gamma_initializer', 'beta_initializer'], 0.05)
            with_regularizers(draw, arguments, ['gamma_regularizer'], 0.04)
        common_options(draw, arguments)
        if draw.chance(0.25):
            wrong_axis = lambda: arguments.optional.update(axis=draw.pick('4', '9', '-7', "'1'", 'None', '0', '1.5', '[7]', '(1, 1)'))
            draw.pick(wrong_axis, wrong_axis, lambda: wrong_keyword(draw, arguments), lambda: inputs[0].__setitem__(-1, None), lambda: inputs.__setitem__(0, [None]),
                      *[lambda key=key, value=value: arguments.optional.update({key: value}) for key, value in extra_wrong])()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


normalization('BatchNormalization', {**CENTRED, 'momentum': ['0.9', '0.99', '0.95'], 'synchronized': ['True', 'False'], 'renorm': ['True', 'False']}, 'one',
              [('fused', 'True'), ('eps', '1e-5'), ('momentum', "'0.9'"), ('training', 'True')])
normalization('LayerNormalization', CENTRED, 'several', [('rms_scaling', 'True'), ('eps', '1e-5')])
normalization('RMSNormalization', {'epsilon': CENTRED['epsilon']}, 'several', [('center', 'True')])
normalization('UnitNormalization', {}, 'several', [('order', '2')])


def group_normalization(draw):
    groups = draw.pick(1, 2, 4, 8, -1, 32)
    arguments = Arguments()
    inputs = [any_shape(draw, 1, 4, 0.05)]
    inputs[0][-1] = max(1, groups) * draw.pick(1, 2, 4)
    if groups != 32 or draw.chance(0.3):
        arguments.optional['groups'] = str(groups)
    if draw.chance(0.15) and len(inputs[0]) > 2:
        arguments.optional['axis'] = '1'
        inputs[0][1] = inputs[0][-1]
    for key, values in CENTRED.items():
        if draw.chance(0.15):
            arguments.optional[key] = draw.pick(*values)
    common_options(draw, arguments)
    if draw.chance(0.25):
        draw.pick(lambda: arguments.optional.update(groups=draw.pick('0', '-2', '5', '7', '2.0', 'None')), lambda: arguments.optional.update(groups='64'),
                  lambda: arguments.optional.update(axis=draw.pick('7', '-8', '0', 'None', '(1, 2)')), lambda: inputs[0].__setitem__(-1, None), lambda: wrong_keyword(draw, arguments))()
    return Configuration(arguments.text(draw, 'GroupNormalization'), inputs)


def feature_normalization(draw):
    arguments = Arguments()
    inputs = [any_shape(draw, 1, 3, 0.05)]
    if inputs[0][-1] is None:
        inputs[0][-1] = 3
    if draw.chance(0.5):
        arguments.optional['axis'] = draw.pick('-1', 'None', '1', '(1,)', '[1, 2]', '(-2, -1)')
    if draw.chance(0.5):
        channels = inputs[0][-1]
        values = draw.pick(str([float(at) for at in range(1, channels + 1)]), '3.0', '[1.0, 2.0]', 'np.zeros(3)')
        arguments.optional['mean'], arguments.optional['variance'] = values, values
    if draw.chance(0.15):
        arguments.optional['invert'] = 'True'
    common_options(draw, arguments)
    if draw.chance(0.25):
        draw.pick(lambda: arguments.optional.pop('variance', None), lambda: arguments.optional.update(axis=draw.pick('7', '-8', '0', "'1'")),
                  lambda: wrong_keyword(draw, arguments), lambda: inputs[0].__setitem__(-1, None))()
    return Configuration(arguments.text(draw, 'Normalization'), inputs)


def spectral_normalization(draw):
    inner, shape = draw.pick(('layers.Conv2D(8, 3)', [None, 16, 16, 3]), ("layers.Conv2D(8, 3, strides=2, padding='same')", [None, 16, 16, 3]), ('layers.Dense(10)', [None, 8]),
                             ('layers.Dense(10, use_bias=False)', [None, 5, 8]), ('layers.Conv1D(4, 3)', [None, 12, 2]), ('layers.Embedding(100, 8)', [None, 5]),
                             ('layers.Conv2DTranspose(4, 2)', [None, 8, 8, 3]))
    if draw.chance(0.1):
        inner, shape = draw.pick(('layers.Dropout(0.5)', [None, 8]), ('layers.BatchNormalization()', [None, 8]), ("'dense'", [None, 8]), ('layers.LSTM(4)', [None, 5, 8]))
    arguments = Arguments([('layer', inner)])
    if draw.chance(0.3):
        arguments.optional['power_iterations'] = draw.pick('1', '2', '5', '0', '-1')
    common_options(draw, arguments)
    inputs = [[draw.batch(), *shape[1:]]]
    if draw.chance(0.15):
        draw.pick(lambda: wrong_keyword(draw, arguments), lambda: inputs[0].append(3), lambda: inputs[0].pop())()
    return Configuration(arguments.text(draw, 'SpectralNormalization'), inputs)


GENERATORS.update(GroupNormalization=group_normalization, Normalization=feature_normalization, SpectralNormalization=spectral_normalization)
