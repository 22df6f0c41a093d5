# Configurations of the layers that merge several inputs: element-wise ones with broadcasting, Concatenate, Dot.
from .core import any_shape
from .drawing import Arguments, Configuration, common_options, wrong_keyword

GENERATORS = {}


def elementwise(name):
    def generate(draw):
        arguments = Arguments()
        common_options(draw, arguments)
        count = 2 if name == 'Subtract' or draw.chance(0.7) else draw.integer(3, 4)
        shape = any_shape(draw, 1, 4)
        inputs = [list(shape) for _ in range(count)]
        call = None
        for one in inputs[1:]:
            if draw.chance(0.15):
                one[draw.integer(1, len(one) - 1)] = 1
            if draw.chance(0.08) and len(one) > 2:
                del one[1]
            if draw.chance(0.05):
                one[0] = draw.pick(None, 1, 8)
        if draw.chance(0.3):
            def mismatch():
                at = draw.integer(1, min(map(len, inputs)) - 1)
                inputs[0][at], inputs[-1][at] = draw.pick(4, 6, 8), draw.pick(3, 5, 7)
            draw.pick(mismatch, mismatch, mismatch, lambda: inputs.__delitem__(slice(1, None)), lambda: wrong_keyword(draw, arguments),
                      lambda: inputs[0].insert(1, 5), lambda: inputs.append(list(inputs[0])), lambda: inputs[0].__setitem__(0, 3) or inputs[1].__setitem__(0, 4))()
        if len(inputs) == 1:
            call = draw.pick('layer(x0)', 'layer([x0])')
        elif draw.chance(0.05):
            call = 'layer(x0, x1)'
        return Configuration(arguments.text(draw, name), inputs, None if draw.chance(0.9) else [draw.pick('int32', 'float32', 'float16') for _ in inputs], call)
    GENERATORS[name] = generate


def concatenate(draw):
    arguments = Arguments()
    count = draw.pick(2, 2, 2, 3, 4)
    shape = any_shape(draw, 1, 4)
    axis = draw.pick(-1, -1, -1, draw.integer(1, len(shape) - 1), -draw.integer(1, len(shape) - 1))
    if axis != -1 or draw.chance(0.3):
        arguments.optional['axis'] = str(axis)
    inputs = [list(shape) for _ in range(count)]
    for one in inputs:
        one[axis] = draw.integer(1, 12) if draw.chance(0.95) else None
        if draw.chance(0.05):
            other = draw.integer(1, len(one) - 1)
            one[other] = None
    common_options(draw, arguments)
    call = None
    if draw.chance(0.3):
        def mismatch():
            at = draw.integer(1, len(shape) - 1)
            inputs[0][at], inputs[-1][at] = draw.pick(4, 6, 8), draw.pick(3, 5, 7)
        draw.pick(mismatch, mismatch, mismatch, lambda: inputs[0].insert(1, 5), lambda: arguments.optional.update(axis=draw.pick('7', '-9', 'None', "'1'", '0', '1.5')),
                  lambda: inputs.__delitem__(slice(1, None)), lambda: wrong_keyword(draw, arguments))()
    if len(inputs) == 1:
        call = draw.pick('layer(x0)', 'layer([x0])')
    elif draw.chance(0.05):
        call = 'layer(x0, x1)'
    return Configuration(arguments.text(draw, 'Concatenate'), inputs, None, call)


def dot(draw):
    rank = draw.pick(1, 1, 2, 2, 2, 3)
    length = draw.integer(2, 12)
    first, second = [draw.batch(), *draw.lengths(rank, 2, 9)], [None, *draw.lengths(draw.pick(rank, rank, 1, 2), 2, 9)]
    second[0] = first[0]
    one, other = draw.integer(1, len(first) - 1), draw.integer(1, len(second) - 1)
    first[one] = second[other] = length
    negative = draw.chance(0.3)
    if one == other and draw.chance(0.6):
        axes = str(one)
    elif negative:
        axes = f'({one - len(first)}, {other - len(second)})'
    else:
        axes = draw.pick(f'({one}, {other})', f'[{one}, {other}]')
    arguments = Arguments([('axes', axes)])
    if draw.chance(0.25):
        arguments.optional['normalize'] = draw.pick('True', 'False')
    common_options(draw, arguments)
    inputs = [first, second]
    if draw.chance(0.25):
        draw.pick(lambda: first.__setitem__(one, length + 1), lambda: first.__setitem__(one, length + 1), lambda: arguments.replace('axes', draw.pick('0', '5', '(1, 7)', '(1, 1, 1)', "'1'", 'None', '(0, 1)')),
                  lambda: inputs.pop(), lambda: inputs.append([None, 4]), lambda: arguments.drop_required('axes'), lambda: wrong_keyword(draw, arguments))()
    return Configuration(arguments.text(draw, 'Dot'), inputs)


for _name in ('Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum'):
    elementwise(_name)
GENERATORS.update(Concatenate=concatenate, Dot=dot)
