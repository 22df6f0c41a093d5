# Configurations of the convolutions: plain, transposed, depthwise and separable, in one to three dimensions.
# Weighted towards what changes the shape: strides, padding, dilation, groups, data format.
from .drawing import (WRONG_ACTIVATIONS, Arguments, Configuration, common_options, with_activation, with_initializers, with_regularizers,
                      wrong_keyword, wrong_rank)

GENERATORS = {}
FILTERS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]


def spatial(draw, rank):
    return draw.lengths(rank, 5, {1: 60, 2: 40, 3: 16}[rank])


def channels_of(shape, first):
    return shape[1] if first else shape[-1]


def place(batch, lengths, channels, first):
    return [batch, channels, *lengths] if first else [batch, *lengths, channels]


def window_options(draw, arguments, rank, causal, transposed=False, square_strides=False):
    if draw.chance(0.45):
        arguments.optional['strides'] = str(draw.pick(1, 2, 2, 3)) if square_strides and draw.chance(0.8) else draw.window(rank, 1, 2, 2, 3)
    if draw.chance(0.5):
        arguments.optional['padding'] = draw.text('same', 'same', 'valid', *(['causal'] if causal else []), *(['SAME'] if draw.chance(0.1) else []))
    first = draw.chance(0.12)
    if first or draw.chance(0.05):
        arguments.optional['data_format'] = repr('channels_first' if first else 'channels_last')
    if draw.chance(0.12):
        arguments.optional['dilation_rate'] = draw.window(rank, 1, 2, 2, 3)
        if draw.chance(0.8):
            arguments.optional.pop('strides', None)
    if transposed and draw.chance(0.2):
        arguments.optional['output_padding'] = draw.window(rank, 0, 1, 1, 2)
    return first


def spoil_window(draw, arguments, inputs, rank, first, extra):
    def kernel_larger():
        shape = list(inputs[0])
        shape[(2 if first else 1) + draw.integer(0, rank - 1)] = draw.pick(1, 2, 3)
        inputs[0] = shape
        arguments.replace('kernel_size', str(draw.pick(4, 5, 7)))
        arguments.optional.pop('padding', None)

    def no_channels():
        shape = list(inputs[0])
        shape[1 if first else -1] = None
        inputs[0] = shape

    ways = [
        kernel_larger, kernel_larger, no_channels,
        lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
        lambda: arguments.optional.update(padding=draw.text('smae', 'full', 'causal', 'reflect', 'zeros', 'half')),
        lambda: arguments.optional.update(padding=draw.pick('1', '(1, 1)', 'None')),
        lambda: arguments.replace('kernel_size', draw.pick('0', '-1', "'3'", '3.5', 'None', '(3, 3, 3, 3)', '(0, 3)', '()')),
        lambda: arguments.optional.update(strides=draw.pick('0', '-1', '(1, 2, 1, 1)', 'None', '1.5', '(0, 1)')),
        lambda: arguments.optional.update(dilation_rate=draw.pick('0', '2', '(1, 1, 1, 2)'), strides=draw.pick('2', '1')),
        lambda: arguments.optional.update(activation=draw.text(*WRONG_ACTIVATIONS)),
        lambda: arguments.optional.update(data_format=draw.text('channel_last', 'NHWC', 'last', 'channels-first')),
        lambda: arguments.drop_required('kernel_size'),
        lambda: wrong_keyword(draw, arguments),
        *extra,
    ]
    draw.pick(*ways)()


def convolution(name, rank, transposed=False):
    def generate(draw):
        arguments = Arguments([('filters', str(draw.pick(*FILTERS))), ('kernel_size', draw.window(rank, 1, 2, 3, 3, 3, 4, 5, 7 if rank < 3 else 3))])
        first = window_options(draw, arguments, rank, causal=rank == 1 and not transposed, transposed=transposed)
        channels = draw.pick(1, 2, 3, 3, 4, 6, 8, 12, 16)
        if not transposed and draw.chance(0.12):
            groups = draw.pick(2, 3, 4)
            arguments.optional['groups'] = str(groups)
            if draw.chance(0.75):
                channels = groups * draw.pick(1, 2, 3)
                arguments.replace('filters', str(groups * draw.pick(1, 2, 4)))
        if draw.chance(0.2):
            arguments.optional['use_bias'] = draw.pick('False', 'False', 'True')
        with_activation(draw, arguments)
        with_initializers(draw, arguments, ['kernel_initializer', 'bias_initializer'])
        with_regularizers(draw, arguments, ['kernel_regularizer', 'bias_regularizer', 'activity_regularizer'], 0.04)
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), channels, first)]
        if draw.chance(0.25):
            extra = [lambda: arguments.replace('filters', draw.pick('0', '-4', 'None', "'16'", '2.5'))] * 2
            if not transposed:
                extra += [lambda: arguments.optional.update(groups=draw.pick('0', '-1', '5', '7'))]
            else:
                extra += [lambda: arguments.optional.update(output_padding=draw.pick('2', '3', '(1, 1, 1, 1)', '-1'), strides='2')] * 2
            spoil_window(draw, arguments, inputs, rank, first, extra)
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


def depthwise(name, rank):
    def generate(draw):
        arguments = Arguments([('kernel_size', draw.window(rank, 1, 2, 3, 3, 3, 5, 7))])
        first = window_options(draw, arguments, rank, causal=False, square_strides=True)
        if draw.chance(0.35):
            arguments.optional['depth_multiplier'] = str(draw.pick(1, 2, 3, 4))
        if draw.chance(0.2):
            arguments.optional['use_bias'] = 'False'
        with_activation(draw, arguments)
        with_initializers(draw, arguments, ['depthwise_initializer'])
        with_regularizers(draw, arguments, ['depthwise_regularizer'], 0.04)
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), draw.pick(1, 2, 3, 4, 8, 16), first)]
        if draw.chance(0.25):
            spoil_window(draw, arguments, inputs, rank, first, [
                lambda: arguments.optional.update(depth_multiplier=draw.pick('0', '-1', 'None', '1.5')),
                lambda: arguments.required.insert(0, ('filters', '32')),
            ])
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


def separable(name, rank):
    def generate(draw):
        arguments = Arguments([('filters', str(draw.pick(*FILTERS))), ('kernel_size', draw.window(rank, 1, 2, 3, 3, 3, 5, 7))])
        first = window_options(draw, arguments, rank, causal=rank == 1, square_strides=True)
        if draw.chance(0.3):
            arguments.optional['depth_multiplier'] = str(draw.pick(1, 2, 3, 4))
        if draw.chance(0.2):
            arguments.optional['use_bias'] = 'False'
        with_activation(draw, arguments)
        with_initializers(draw, arguments, ['depthwise_initializer', 'pointwise_initializer'])
        with_regularizers(draw, arguments, ['depthwise_regularizer', 'pointwise_regularizer'], 0.04)
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), draw.pick(1, 2, 3, 4, 8, 16), first)]
        if draw.chance(0.25):
            spoil_window(draw, arguments, inputs, rank, first, [
                lambda: arguments.optional.update(depth_multiplier=draw.pick('0', '-1', 'None')),
                lambda: arguments.replace('filters', draw.pick('0', '-4', 'None', '2.5')),
                lambda: arguments.optional.update(kernel_initializer="'he_normal'"),
                lambda: arguments.optional.update(groups='2'),
            ])
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


for _rank in (1, 2, 3):
    convolution(f'Conv{_rank}D', _rank)
    convolution(f'Conv{_rank}DTranspose', _rank, transposed=True)
for _rank in (1, 2):
    depthwise(f'DepthwiseConv{_rank}D', _rank)
    separable(f'SeparableConv{_rank}D', _rank)
ALIASES = {f'Convolution{rank}D{kind}': f'Conv{rank}D{kind}' for rank in (1, 2, 3) for kind in ('', 'Transpose')}
ALIASES |= {f'SeparableConvolution{rank}D': f'SeparableConv{rank}D' for rank in (1, 2)}
