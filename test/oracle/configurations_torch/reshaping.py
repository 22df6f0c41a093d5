# Flatten, Unflatten, pixel and channel shuffles, Fold and Unfold.
from .drawing import Configuration, module, numbers, per_axis, spoil_rank

COUNT = 40


def flatten(draw):
    optional = {}
    if draw.chance(0.5):
        optional['start_dim'] = str(draw.integer(-3, 3))
    if draw.chance(0.4):
        optional['end_dim'] = str(draw.integer(-3, 4))
    return Configuration(module(draw, 'Flatten', [], optional), [[draw.integer(1, 5) for _ in range(draw.integer(0, 5))]])


def unflatten(draw):
    parts = [draw.integer(1, 4) for _ in range(draw.integer(1, 3))]
    product = 1
    for part in parts:
        product *= part
    sizes = list(parts)
    if draw.chance(0.3):
        sizes[draw.integer(0, len(sizes) - 1)] = -1
    shape = [draw.integer(1, 4) for _ in range(draw.integer(0, 2))] + [product if draw.chance(0.85) else product + 1]
    text = draw.pick(numbers(sizes), str(sizes)) if draw.chance(0.94) else draw.pick(str(sizes[0]), "'ab'", '(2.0, 3)')
    dim = draw.pick(len(shape) - 1, -1, -1, 0)
    return Configuration(module(draw, 'Unflatten', [('dim', str(dim)), ('unflattened_size', text)]), [shape])


def pixel(name, key):
    def generate(draw):
        factor = draw.integer(1, 3)
        shape = [draw.integer(1, 3) for _ in range(draw.integer(0, 2))]
        inner = [draw.integer(1, 2) * factor * factor, draw.integer(1, 4), draw.integer(1, 4)] if name == 'PixelShuffle' else [draw.integer(1, 3), draw.integer(1, 3) * factor, draw.integer(1, 3) * factor]
        if draw.chance(0.2):
            inner[draw.integer(0, 2)] += 1
        value = str(factor) if draw.chance(0.95) else draw.pick('0', '-1', '1.5')
        return Configuration(module(draw, name, [(key, value)]), [spoil_rank(draw, shape + inner)])
    return generate


def channel_shuffle(draw):
    groups = draw.integer(1, 4)
    channels = groups * draw.integer(1, 3) if draw.chance(0.8) else draw.integer(1, 7)
    return Configuration(module(draw, 'ChannelShuffle', [('groups', str(groups if draw.chance(0.96) else 0))]), [spoil_rank(draw, [draw.integer(1, 2), channels, draw.integer(1, 3), draw.integer(1, 3)], 0.2)])


def blocks(draw):
    found = {}
    if draw.chance(0.3):
        found['dilation'] = per_axis(draw, 2, 1, 2)
    if draw.chance(0.4):
        found['padding'] = per_axis(draw, 2, 0, 1, 2) if draw.chance(0.96) else '-1'
    if draw.chance(0.6):
        found['stride'] = per_axis(draw, 2, 1, 2, 3) if draw.chance(0.96) else '0'
    return found


def unfold_arguments(draw):
    kernel = per_axis(draw, 2, 1, 2, 3) if draw.chance(0.96) else draw.pick('0', '(2, 2, 2)', '1.5')
    shape = [draw.integer(1, 3), draw.integer(1, 7), draw.integer(1, 7)]
    if draw.chance(0.8):
        shape.insert(0, draw.integer(1, 2))
    return kernel, blocks(draw), spoil_rank(draw, shape)


def unfold(draw):
    kernel, optional, shape = unfold_arguments(draw)
    return Configuration(module(draw, 'Unfold', [('kernel_size', kernel)], optional), [shape])


def unfold_function(draw):
    kernel, optional, shape = unfold_arguments(draw)
    return Configuration(None, [shape], call=f'F.unfold(x0, {kernel}{"".join(f", {key}={value}" for key, value in optional.items())})')


def fold(draw):
    # The numbers are made to fit for most, so they are drawn here instead of as text.
    kernel, stride = [draw.integer(1, 3), draw.integer(1, 3)], [draw.integer(1, 3), draw.integer(1, 3)]
    padding, dilation = [draw.integer(0, 1), draw.integer(0, 1)], [draw.pick(1, 1, 2), draw.pick(1, 1, 2)]
    size = [draw.integer(2, 8), draw.integer(2, 8)]
    counts = [(size[at] + 2 * padding[at] - dilation[at] * (kernel[at] - 1) - 1) // stride[at] + 1 for at in (0, 1)]
    count = max(counts[0], 1) * max(counts[1], 1)
    rows = draw.integer(1, 3) * kernel[0] * kernel[1]
    shape = [rows if draw.chance(0.9) else rows + 1, count if draw.chance(0.9) else count + 1]
    if draw.chance(0.8):
        shape.insert(0, draw.integer(1, 2))
    optional = {key: numbers(value) for key, value in (('dilation', dilation), ('padding', padding), ('stride', stride))}
    return Configuration(module(draw, 'Fold', [('output_size', numbers(size)), ('kernel_size', numbers(kernel))], optional), [spoil_rank(draw, shape)])


def function(name):
    def generate(draw):
        factor = draw.integer(1, 3)
        shape = spoil_rank(draw, [draw.integer(1, 2), draw.pick(4, 9, 12, 6), draw.pick(2, 3, 4, 6), draw.pick(2, 3, 4, 6)])
        return Configuration(None, [shape], call=f'F.{name}(x0, {factor})')
    return generate


GENERATORS = {
    'Flatten': flatten, 'Unflatten': unflatten, 'PixelShuffle': pixel('PixelShuffle', 'upscale_factor'), 'PixelUnshuffle': pixel('PixelUnshuffle', 'downscale_factor'),
    'ChannelShuffle': channel_shuffle, 'Unfold': unfold, 'Fold': fold, 'F.unfold': unfold_function,
    'F.pixel_shuffle': function('pixel_shuffle'), 'F.pixel_unshuffle': function('pixel_unshuffle'), 'F.channel_shuffle': function('channel_shuffle'),
}
COUNTS = {'F.pixel_shuffle': 15, 'F.pixel_unshuffle': 15, 'F.channel_shuffle': 15, 'F.unfold': 25}
