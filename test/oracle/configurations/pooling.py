# Configurations of the pooling layers: windows, global and adaptive ones.
from .convolution import place, spatial
from .drawing import Arguments, Configuration, common_options, wrong_keyword, wrong_rank

GENERATORS = {}
ALIASES = {}


def window_pooling(name, rank, required):
    def generate(draw):
        size = draw.window(rank, 1, 2, 2, 2, 3, 3, 4, 5)
        arguments = Arguments([('pool_size', size)]) if required or draw.chance(0.7) else Arguments()
        if draw.chance(0.45):
            arguments.optional['strides'] = draw.pick(draw.window(rank, 1, 2, 2, 3), draw.window(rank, 1, 2), 'None')
        if draw.chance(0.45):
            arguments.optional['padding'] = draw.text('same', 'same', 'valid')
        first = draw.chance(0.12)
        if first:
            arguments.optional['data_format'] = "'channels_first'"
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), draw.pick(1, 3, 4, 16), first)]
        if draw.chance(0.25):
            def window_larger():
                shape = list(inputs[0])
                shape[(2 if first else 1) + draw.integer(0, rank - 1)] = draw.pick(1, 1, 2)
                inputs[0] = shape
                arguments.optional.pop('padding', None)
            draw.pick(
                window_larger, window_larger, window_larger,
                lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
                lambda: arguments.replace('pool_size', draw.pick('0', '-2', '(2, 2, 2, 2)', '2.5', "'2'", 'None', '(0, 2)')),
                lambda: arguments.optional.update(strides=draw.pick('0', '-1', '(1, 1, 1, 1)', '1.5')),
                lambda: arguments.optional.update(padding=draw.text('smae', 'full', 'causal')),
                lambda: arguments.optional.update(data_format=draw.text('channel_last', 'NCHW')),
                lambda: arguments.optional.update(kernel_size='2'),
                lambda: wrong_keyword(draw, arguments),
                lambda: arguments.drop_required('pool_size'),
            )()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


def global_pooling(name, rank):
    def generate(draw):
        arguments = Arguments()
        first = draw.chance(0.25)
        if first or draw.chance(0.1):
            arguments.optional['data_format'] = repr('channels_first' if first else 'channels_last')
        if draw.chance(0.3):
            arguments.optional['keepdims'] = draw.pick('True', 'True', 'False')
        common_options(draw, arguments)
        inputs = [place(draw.batch(), spatial(draw, rank), draw.pick(1, 3, 4, 16, 512, None if draw.chance(0.2) else 8), first)]
        if draw.chance(0.25):
            draw.pick(
                lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
                lambda: arguments.optional.update(data_format=draw.text('channel_last', 'NCHW')),
                lambda: arguments.optional.update(pool_size='2'),
                lambda: wrong_keyword(draw, arguments),
            )()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


def adaptive_pooling(name, rank):
    def generate(draw):
        arguments = Arguments([('output_size', draw.window(rank, 1, 1, 2, 3, 4, 7))])
        first = draw.chance(0.15)
        if first:
            arguments.optional['data_format'] = "'channels_first'"
        common_options(draw, arguments)
        inputs = [place(draw.batch(), draw.lengths(rank, 5, {1: 60, 2: 40, 3: 16}[rank], 0.03), draw.pick(1, 3, 8), first)]
        if draw.chance(0.25):
            draw.pick(
                lambda: wrong_rank(draw, inputs),
                lambda: arguments.replace('output_size', draw.pick('0', '-2', '(2, 2, 2, 2)', '2.5', "'2'", 'None', '50')),
                lambda: arguments.optional.update(data_format=draw.text('channel_last', 'NCHW')),
                lambda: arguments.drop_required('output_size'),
                lambda: wrong_keyword(draw, arguments),
            )()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


for _rank in (1, 2, 3):
    for _long, _short, _required in (('Max', 'Max', False), ('Average', 'Avg', True)):
        window_pooling(f'{_long}Pooling{_rank}D', _rank, _required)
        ALIASES[f'{_short}Pool{_rank}D'] = f'{_long}Pooling{_rank}D'
        global_pooling(f'Global{_long}Pooling{_rank}D', _rank)
        ALIASES[f'Global{_short}Pool{_rank}D'] = f'Global{_long}Pooling{_rank}D'
        adaptive_pooling(f'Adaptive{_long}Pooling{_rank}D', _rank)
