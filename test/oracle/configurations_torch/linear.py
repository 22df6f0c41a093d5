# Linear, Bilinear, Identity and F.linear.
from .drawing import Configuration, module, spoil_rank

COUNT = 30


def linear(draw):
    features, outputs = draw.integer(1, 8), draw.integer(1, 8)
    optional = {'bias': draw.pick('True', 'False')} if draw.chance(0.4) else {}
    if draw.chance(0.05):
        outputs = draw.pick(-1, '2.5', 'None')
    given = features if draw.chance(0.85) else features + draw.pick(1, -1, 3)
    shape = [draw.integer(1, 3) for _ in range(draw.integer(0, 3))] + [max(given, 0)]
    return Configuration(module(draw, 'Linear', [('in_features', str(features)), ('out_features', str(outputs))], optional), [shape])


def lazy_linear(draw):
    return Configuration(module(draw, 'LazyLinear', [('out_features', str(draw.integer(1, 8)))], {'bias': 'False'} if draw.chance(0.3) else {}), [[draw.integer(1, 4) for _ in range(draw.integer(1, 3))]])


def bilinear(draw):
    first, second = draw.integer(1, 5), draw.integer(1, 5)
    leading = [draw.integer(1, 3) for _ in range(draw.integer(0, 2))]
    shapes = [[*leading, first], [*leading, second if draw.chance(0.8) else second + 1]]
    required = [('in1_features', str(first)), ('in2_features', str(second)), ('out_features', str(draw.integer(1, 5)))]
    return Configuration(module(draw, 'Bilinear', required), [spoil_rank(draw, shapes[0]), shapes[1]])


def identity(draw):
    return Configuration(f'nn.Identity({draw.pick("", "54", "2, unused=3")})', [[draw.integer(1, 4) for _ in range(draw.integer(0, 3))]])


def function(draw):
    features = draw.integer(1, 6)
    given = features if draw.chance(0.8) else features + 1
    outputs = draw.integer(1, 5)
    inputs = [[draw.integer(1, 3) for _ in range(draw.integer(0, 2))] + [given], [outputs, features]]
    if draw.chance(0.4):
        return Configuration(None, [*inputs, [outputs if draw.chance(0.8) else outputs + 1]], call='F.linear(x0, x1, x2)')
    return Configuration(None, inputs, call='F.linear(x0, x1)')


GENERATORS = {'Linear': linear, 'LazyLinear': lazy_linear, 'Bilinear': bilinear, 'Identity': identity, 'F.linear': function}
