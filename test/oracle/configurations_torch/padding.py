# The padding modules and F.pad.
from .drawing import Configuration, batched, module, numbers, spoil_rank

COUNT = 25


def amounts(draw, rank, low):
    if draw.chance(0.4):
        return str(draw.integer(max(low, 0), 3))
    count = 2 * rank if draw.chance(0.93) else draw.pick(rank, 2 * rank + 1, 2 * rank + 2)
    values = [draw.integer(low, 3) for _ in range(count)]
    return str(values) if draw.chance(0.15) else numbers(values)


def form(name, rank):
    def generate(draw):
        required = [('padding', amounts(draw, rank, draw.pick(0, 0, 0, -1, -2)) if draw.chance(0.97) else draw.pick('1.5', 'None', "'same'"))]
        if name == 'ConstantPad':
            required.append(('value', draw.pick('0', '1.5', '-1')))
        shape = spoil_rank(draw, batched(draw, draw.integer(1, 3), [draw.integer(1, 6) for _ in range(rank)]), 0.1)
        return Configuration(module(draw, f'{name}{rank}d', required), [shape])
    return f'{name}{rank}d', generate


def function(draw):
    rank = draw.integer(1, 3)
    shape = spoil_rank(draw, batched(draw, draw.integer(1, 3), [draw.integer(1, 6) for _ in range(rank)]), 0.15)
    optional = {}
    if draw.chance(0.6):
        optional['mode'] = draw.pick("'constant'", "'reflect'", "'replicate'", "'circular'", "'reflect'", "'circular'", "'zeros'")
    if draw.chance(0.15):
        optional['value'] = draw.pick('0', '1.0', 'None', '-1')
    text = ''.join(f', {key}={value}' for key, value in optional.items())
    padded = amounts(draw, draw.integer(1, 3), draw.pick(0, 0, -1, -2))
    return Configuration(None, [shape], call=f'F.pad(x0, {padded}{text})')


GENERATORS = dict([form(name, rank) for name in ('ConstantPad', 'ZeroPad', 'ReflectionPad', 'ReplicationPad', 'CircularPad') for rank in (1, 2, 3)])
GENERATORS['F.pad'] = function
COUNTS = {'F.pad': 100}
