# Dropout in its forms.
from .drawing import Configuration, module

COUNT = 15
NAMES = ('Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout')
FUNCTIONS = ('dropout', 'dropout1d', 'dropout2d', 'dropout3d', 'alpha_dropout', 'feature_alpha_dropout')


def shape_of(draw):
    return [draw.integer(1, 4) for _ in range(draw.integer(0, 5))]


def form(name):
    def generate(draw):
        optional = {}
        if draw.chance(0.6):
            optional['p'] = draw.pick('0.2', '0.5', '0', '1', '1.0', '0.1', '1.5', '-0.1', '2')
        if draw.chance(0.2):
            optional['inplace'] = 'True'
        call = 'module.eval()(x0)' if draw.chance(0.2) else None
        dtypes = ['int64'] if draw.chance(0.06) else None
        return Configuration(module(draw, name, [], optional), [shape_of(draw)], dtypes, call)
    return generate


def function(name):
    def generate(draw):
        text = draw.pick('', ', 0.3', ', p=0.7', ', 1.2', ', p=-0.2', ', 0.5, training=False', ', 0.5, True', ', training=True')
        return Configuration(None, [shape_of(draw)], call=f'F.{name}(x0{text})')
    return generate


GENERATORS = {**{name: form(name) for name in NAMES}, **{f'F.{name}': function(name) for name in FUNCTIONS}}
