# Configurations of the layers that only move elements: reshape, permute, flatten, crop, pad, repeat, upsample.
from .convolution import place, spatial
from .core import any_shape
from .drawing import Arguments, Configuration, common_options, wrong_keyword, wrong_rank

GENERATORS = {}


def product(lengths):
    result = 1
    for length in lengths:
        result *= length
    return result


def flatten(draw):
    arguments = Arguments()
    if draw.chance(0.25):
        arguments.optional['data_format'] = draw.text('channels_first', 'channels_last')
    common_options(draw, arguments)
    inputs = [any_shape(draw, 0, 5)]
    if draw.chance(0.15):
        draw.pick(lambda: wrong_keyword(draw, arguments), lambda: arguments.optional.update(data_format="'last'"), lambda: arguments.optional.update(start_dim='1'))()
    return Configuration(arguments.text(draw, 'Flatten'), inputs)


def reshape(draw):
    lengths = [draw.pick(1, 2, 3, 4, 6, 8, 12, 28) for _ in range(draw.integer(1, 4))]
    size = product(lengths)
    target, rest = [], size
    for _ in range(draw.integer(0, 3)):
        divisors = [value for value in range(1, min(rest, 64) + 1) if rest % value == 0]
        target.append(draw.pick(*divisors))
        rest //= target[-1]
    target.append(rest)
    if draw.chance(0.35):
        target[draw.integer(0, len(target) - 1)] = -1
    inputs = [[draw.batch(), *lengths]]
    if draw.chance(0.12):
        inputs[0][draw.integer(1, len(lengths))] = None
    if draw.chance(0.25):
        draw.pick(lambda: target.__setitem__(0, draw.pick(0, 5, 7, 11, 100)), lambda: target.__setitem__(-1, draw.pick(5, 7, 11, 13)), lambda: target.append(-1) or target.append(-1),
                  lambda: target.__setitem__(0, draw.pick(-2, 2.5, None)), lambda: target.append(2))()
    arguments = Arguments([('target_shape', draw.pick(repr(tuple(target)), repr(tuple(target)), repr(list(target))))])
    common_options(draw, arguments)
    if draw.chance(0.06):
        draw.pick(lambda: arguments.drop_required('target_shape'), lambda: wrong_keyword(draw, arguments), lambda: arguments.replace('target_shape', draw.pick(str(size), "'8'", 'None')))()
    return Configuration(arguments.text(draw, 'Reshape'), inputs)


def permute(draw):
    rank = draw.integer(1, 4)
    dims = list(range(1, rank + 1))
    draw.random.shuffle(dims)
    inputs = [any_shape(draw, rank, rank)]
    if draw.chance(0.25):
        draw.pick(lambda: dims.__setitem__(0, draw.pick(0, 7, -1, 1, 2)), lambda: dims.append(rank + 1), lambda: dims.pop(), lambda: wrong_rank(draw, inputs),
                  lambda: dims.__setitem__(slice(None), [value - 1 for value in dims]))()
    arguments = Arguments([('dims', draw.pick(repr(tuple(dims)), repr(list(dims))))])
    common_options(draw, arguments)
    if draw.chance(0.05):
        draw.pick(lambda: arguments.drop_required('dims'), lambda: wrong_keyword(draw, arguments))()
    return Configuration(arguments.text(draw, 'Permute'), inputs)


def repeat_vector(draw):
    arguments = Arguments([('n', str(draw.pick(1, 2, 5, 10, 28)))])
    inputs = [[draw.batch(), *draw.lengths(1, 1, 64)]]
    common_options(draw, arguments)
    if draw.chance(0.3):
        draw.pick(lambda: arguments.replace('n', draw.pick('0', '-1', '2.5', "'3'", 'None', '(2,)')), lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
                  lambda: arguments.drop_required('n'), lambda: wrong_keyword(draw, arguments))()
    return Configuration(arguments.text(draw, 'RepeatVector'), inputs)


def pairs(draw, rank, high):
    one = lambda: draw.integer(0, high)
    if rank == 1:
        return draw.pick(str(one()), f'({one()}, {one()})', f'({one()}, {one()})')
    return draw.pick(str(one()), f'({", ".join(str(one()) for _ in range(rank))})', f'({", ".join(f"({one()}, {one()})" for _ in range(rank))})')


def border(name, key, rank):
    def generate(draw):
        arguments = Arguments([(key, pairs(draw, rank, 4))]) if draw.chance(0.9) else Arguments()
        first = draw.chance(0.15)
        if (first or draw.chance(0.05)) and (rank > 1 or key == 'padding'):
            arguments.optional['data_format'] = repr('channels_first' if first else 'channels_last')
        else:
            first = False
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), draw.pick(1, 3, 8), first)]
        if draw.chance(0.25):
            draw.pick(
                lambda: arguments.replace(key, draw.pick('(1, 2, 3, 4)', '-1', "'same'", '((1, 2), (3,))', '1.5', 'None', '((1, 2, 3), 1)', '((-1, 2), (3, 4))')),
                lambda: arguments.replace(key, draw.pick('(1, 2, 3, 4)', '40', '20', '30')),
                lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: wrong_keyword(draw, arguments),
                lambda: arguments.optional.update(data_format="'last'"),
            )()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


def upsampling(name, rank):
    def generate(draw):
        arguments = Arguments([('size', draw.window(rank, 1, 2, 2, 3, 4))]) if draw.chance(0.8) else Arguments()
        first = draw.chance(0.15) and rank > 1
        if first:
            arguments.optional['data_format'] = "'channels_first'"
        if rank == 2 and draw.chance(0.3):
            arguments.optional['interpolation'] = draw.text('bilinear', 'nearest', 'bicubic', 'lanczos3', 'lanczos5')
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), draw.pick(1, 3, 8), first)]
        if draw.chance(0.25):
            draw.pick(
                lambda: arguments.replace('size', draw.pick('0', '-1', '2.5', "'2'", 'None', '(2, 2, 2, 2)', '(2,)')),
                lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: wrong_keyword(draw, arguments),
                lambda: arguments.optional.update(interpolation=draw.text('linear', 'cubic', 'area', 'NEAREST')),
                lambda: arguments.optional.update(scale_factor='2'),
            )()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


GENERATORS.update(Flatten=flatten, Reshape=reshape, Permute=permute, RepeatVector=repeat_vector)
for _rank in (1, 2, 3):
    border(f'Cropping{_rank}D', 'cropping', _rank)
    border(f'ZeroPadding{_rank}D', 'padding', _rank)
    upsampling(f'UpSampling{_rank}D', _rank)
