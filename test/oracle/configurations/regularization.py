# Configurations of dropout, noise and activity regularization.
from .core import any_shape
from .drawing import Arguments, Configuration, common_options, wrong_keyword, wrong_rank

GENERATORS = {}


def rate_layer(name, key='rate', ranks=(1, 4), noise_shape=False, extra=()):
    def generate(draw):
        arguments = Arguments([(key, draw.pick('0.5', '0.2', '0.1', '0.0', '0', '0.25', '1', '0.99'))])
        if noise_shape and draw.chance(0.2):
            arguments.optional['noise_shape'] = draw.pick('(None, 1)', '(1, 8)', '(None, 1, 8)', 'None')
        if draw.chance(0.15):
            arguments.optional['seed'] = draw.pick('42', '0', 'None')
        common_options(draw, arguments)
        for option in extra:
            if draw.chance(0.15):
                arguments.optional[option] = draw.text('channels_first', 'channels_last')
        inputs = [any_shape(draw, *ranks)]
        if draw.chance(0.25):
            draw.pick(
                lambda: arguments.replace(key, draw.pick('1.5', '-0.1', '50', 'None', "'0.5'", '2', '20', 'True', '(0.1,)')),
                lambda: arguments.replace(key, draw.pick('1.2', '-1', '10', '1.0')),
                lambda: arguments.drop_required(key), lambda: wrong_keyword(draw, arguments), lambda: wrong_rank(draw, inputs),
                lambda: arguments.optional.update(seed=draw.pick('1.5', "'a'", '-1')), lambda: arguments.optional.update(data_format="'last'"),
            )()
        return Configuration(arguments.text(draw, name), inputs, None if draw.chance(0.95) else ['int32'])
    GENERATORS[name] = generate


rate_layer('Dropout', noise_shape=True)
rate_layer('AlphaDropout', noise_shape=True)
rate_layer('GaussianDropout')
rate_layer('GaussianNoise', key='stddev')
rate_layer('SpatialDropout1D', ranks=(2, 2))
rate_layer('SpatialDropout2D', ranks=(3, 3), extra=('data_format',))
rate_layer('SpatialDropout3D', ranks=(4, 4), extra=('data_format',))


def activity_regularization(draw):
    arguments = Arguments()
    for key in ('l1', 'l2'):
        if draw.chance(0.5):
            arguments.optional[key] = draw.pick('0.01', '0.0', '1')
    common_options(draw, arguments)
    if draw.chance(0.2):
        draw.pick(lambda: wrong_keyword(draw, arguments), lambda: arguments.optional.update(l1=draw.pick('-1', "'a'", 'None')))()
    return Configuration(arguments.text(draw, 'ActivityRegularization'), [any_shape(draw)])


GENERATORS['ActivityRegularization'] = activity_regularization
