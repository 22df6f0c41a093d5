# Pooling of all kinds, as modules and as functions.
from .drawing import Configuration, batched, module, numbers, per_axis, spoil_rank

COUNT = 30


def window(draw, rank, dilated, padded=True):
    found = {}
    if draw.chance(0.6):
        found['stride'] = per_axis(draw, rank, 1, 2, 2, 3) if draw.chance(0.94) else draw.pick('0', 'None', '-1', '1.5')
    if padded and draw.chance(0.5):
        found['padding'] = per_axis(draw, rank, 0, 1, 1, 2) if draw.chance(0.95) else draw.pick('-1', '4', "'same'")
    if dilated and draw.chance(0.3):
        found['dilation'] = per_axis(draw, rank, 1, 2)
    if draw.chance(0.3):
        found['ceil_mode'] = draw.pick('True', 'True', 'False')
    return found


def kernel_of(draw, rank):
    return per_axis(draw, rank, 1, 2, 2, 3, 4) if draw.chance(0.96) else draw.pick('0', '-2', '2.5', 'None')


def shape_of(draw, rank, least=1):
    return spoil_rank(draw, batched(draw, draw.integer(1, 4), [draw.integer(least, 10) for _ in range(rank)]))


def both(name, function_name, draw_arguments, rank, least=1):
    """The same arguments given to the module and to the function."""
    def of_module(draw):
        required, optional = draw_arguments(draw)
        return Configuration(module(draw, name, required, optional), [shape_of(draw, rank, least)])

    def of_function(draw):
        required, optional = draw_arguments(draw)
        text = ''.join(f', {value}' for _, value in required) + ''.join(f', {key}={value}' for key, value in optional.items())
        return Configuration(None, [shape_of(draw, rank, least)], call=f'F.{function_name}(x0{text})')
    return [(name, of_module), (f'F.{function_name}', of_function)]


def max_pool(rank):
    def arguments(draw):
        optional = window(draw, rank, True)
        if draw.chance(0.2):
            optional['return_indices'] = 'True'
        return [('kernel_size', kernel_of(draw, rank))], optional
    return both(f'MaxPool{rank}d', f'max_pool{rank}d', arguments, rank)


def average_pool(rank):
    def arguments(draw):
        optional = window(draw, rank, False)
        if draw.chance(0.3):
            optional['count_include_pad'] = 'False'
        if rank > 1 and draw.chance(0.1):
            optional['divisor_override'] = draw.pick('2', '3', '0')
        return [('kernel_size', kernel_of(draw, rank))], optional
    return both(f'AvgPool{rank}d', f'avg_pool{rank}d', arguments, rank)


def norm_pool(rank):
    def arguments(draw):
        return [('norm_type', draw.pick('2', '1', '1.5', '2.0')), ('kernel_size', kernel_of(draw, rank))], window(draw, rank, False, False)
    return both(f'LPPool{rank}d', f'lp_pool{rank}d', arguments, rank)


def adaptive_pool(rank, kind):
    def arguments(draw):
        size = per_axis(draw, rank, 1, 1, 2, 3, 7) if draw.chance(0.7) else draw.pick('None', numbers([None] * rank), numbers([2] + [None] * (rank - 1)), '0', '-1', '2.5', numbers([3] * (rank + 1)))
        return [('output_size', size)], {'return_indices': 'True'} if kind == 'Max' and draw.chance(0.2) else {}
    return both(f'Adaptive{kind}Pool{rank}d', f'adaptive_{kind.lower()}_pool{rank}d', arguments, rank)


def fractional_pool(rank):
    def arguments(draw):
        kernel = per_axis(draw, rank, 1, 2, 3)
        optional = {}
        if draw.chance(0.55):
            optional['output_size'] = per_axis(draw, rank, 1, 2, 3, 5)
        if draw.chance(0.5) or not optional and draw.chance(0.8):
            optional['output_ratio'] = str(draw.pick(0.5, 0.7, 0.3, numbers([0.5] * rank), 1.5, numbers([0.6, 0.5, 0.4][:rank])))
        if draw.chance(0.2):
            optional['return_indices'] = 'True'
        return [('kernel_size', kernel)], optional
    return both(f'FractionalMaxPool{rank}d', f'fractional_max_pool{rank}d', arguments, rank, 3)


def unpool(rank):
    def arguments(draw):
        optional = {}
        if draw.chance(0.4):
            optional['stride'] = per_axis(draw, rank, 1, 2, 3)
        if draw.chance(0.3):
            optional['padding'] = per_axis(draw, rank, 0, 1)
        return [('kernel_size', per_axis(draw, rank, 1, 2, 3))], optional

    def shapes(draw):
        shape = spoil_rank(draw, batched(draw, 2, [draw.integer(1, 5) for _ in range(rank)]))
        other = shape if draw.chance(0.9) else [*shape[:-1], shape[-1] + 1]
        return [shape, other], ['float32', 'int64' if draw.chance(0.95) else 'int32']

    def size(draw):
        if draw.chance(0.7):
            return ''
        sizes = [draw.integer(1, 10) for _ in range(rank)]
        return f', output_size={[2, 2] + sizes if draw.chance(0.3) else sizes}'

    def of_module(draw):
        required, optional = arguments(draw)
        inputs, dtypes = shapes(draw)
        return Configuration(module(draw, f'MaxUnpool{rank}d', required, optional), inputs, dtypes, f'module(x0, x1{size(draw)})')

    def of_function(draw):
        required, optional = arguments(draw)
        inputs, dtypes = shapes(draw)
        text = ''.join(f', {value}' for _, value in required) + ''.join(f', {key}={value}' for key, value in optional.items())
        return Configuration(None, inputs, dtypes, f'F.max_unpool{rank}d(x0, x1{text}{size(draw)})')
    return [(f'MaxUnpool{rank}d', of_module), (f'F.max_unpool{rank}d', of_function)]


def local_response(draw):
    return Configuration(module(draw, 'LocalResponseNorm', [('size', draw.pick('1', '2', '3', '5', '0'))], {'alpha': '0.001'} if draw.chance(0.3) else {}), [spoil_rank(draw, [2, draw.integer(1, 5), draw.integer(1, 4), draw.integer(1, 4)], 0.5)])


GENERATORS = dict([
    pair for rank in (1, 2, 3)
    for pairs in (max_pool(rank), average_pool(rank), norm_pool(rank), adaptive_pool(rank, 'Max'), adaptive_pool(rank, 'Avg'), unpool(rank), fractional_pool(rank) if rank > 1 else [])
    for pair in pairs])
GENERATORS['LocalResponseNorm'] = local_response
COUNTS = {**{name: 15 for name in GENERATORS if name.startswith('F.')}, 'MaxPool2d': 60, 'AvgPool2d': 50, 'AdaptiveAvgPool2d': 40}
