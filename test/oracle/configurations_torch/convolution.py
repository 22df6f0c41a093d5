# Conv1d to Conv3d, ConvTranspose, their lazy forms and functions.
from .drawing import Configuration, batched, module, numbers, per_axis, spoil_rank

COUNT = 50


def channels(draw, groups):
    return groups * draw.integer(1, 3)


def options(draw, rank, transposed):
    found = {}
    if draw.chance(0.5):
        found['stride'] = per_axis(draw, rank, 1, 2, 2, 3) if draw.chance(0.96) else draw.pick('0', '-1', '1.5', 'None')
    if draw.chance(0.5):
        found['padding'] = per_axis(draw, rank, 0, 1, 2) if transposed or draw.chance(0.7) else draw.pick("'same'", "'valid'", "'same'", "'valid'", "'sme'", '-1')
    if draw.chance(0.3):
        found['dilation'] = per_axis(draw, rank, 1, 2) if draw.chance(0.95) else '0'
    if transposed and draw.chance(0.4):
        found['output_padding'] = per_axis(draw, rank, 0, 1, 1, 2)
    return found


def form(rank, transposed=False, lazy=False):
    name = f'{"Lazy" if lazy else ""}Conv{"Transpose" if transposed else ""}{rank}d'

    def generate(draw):
        groups = draw.pick(1, 1, 1, 2, 3)
        inputs, outputs = channels(draw, groups), channels(draw, groups)
        optional = options(draw, rank, transposed)
        if groups > 1:
            optional['groups'] = str(groups if draw.chance(0.93) else groups + 1)
        elif draw.chance(0.03):
            optional['groups'] = draw.pick('0', '-1', '2')
        if draw.chance(0.3):
            optional['bias'] = draw.pick('False', 'True')
        if draw.chance(0.15):
            optional['padding_mode'] = draw.pick("'zeros'", "'reflect'", "'replicate'", "'circular'", "'circular'", "'same'") if not transposed or draw.chance(0.2) else "'zeros'"
        if draw.chance(0.03):
            optional['dtype'] = draw.pick('torch.float64', 'torch.float32')
        kernel = per_axis(draw, rank, 1, 2, 3, 3, 5) if draw.chance(0.96) else draw.pick('0', '-1', '2.5', "'3'", 'None')
        required = [('out_channels', str(outputs if draw.chance(0.98) else -1)), ('kernel_size', kernel)]
        if not lazy:
            required.insert(0, ('in_channels', str(inputs)))
        given = inputs if lazy or draw.chance(0.92) else draw.pick(1, inputs + 1, inputs * 2)
        shape = spoil_rank(draw, batched(draw, given, [draw.integer(1 if draw.chance(0.1) else 4, 12) for _ in range(rank)]))
        source = module(draw, name, required, optional)
        if transposed and draw.chance(0.2):
            sizes = [draw.integer(1, 20) for _ in range(rank)]
            if draw.chance(0.2):
                sizes = [1, 1] + sizes
            if draw.chance(0.1):
                sizes = sizes[:-1]
            return Configuration(source, [shape], call=f'module(x0, output_size={sizes})')
        return Configuration(source, [shape])
    return name, generate


def function(rank, transposed=False):
    name = f'conv{"_transpose" if transposed else ""}{rank}d'

    def generate(draw):
        groups = draw.pick(1, 1, 2)
        inputs, outputs = channels(draw, groups), channels(draw, groups)
        kernel = [draw.pick(1, 2, 3) for _ in range(rank)]
        leading = [inputs, outputs // groups] if transposed else [outputs, inputs // groups]
        weight = spoil_rank(draw, [*leading, *kernel], 0.03)
        optional = options(draw, rank, transposed)
        if groups > 1:
            optional['groups'] = str(groups)
        given = inputs if draw.chance(0.9) else inputs + 1
        shapes = [spoil_rank(draw, batched(draw, given, [draw.integer(1, 8) for _ in range(rank)])), weight]
        if draw.chance(0.3):
            shapes.append([outputs if draw.chance(0.8) else outputs + 1])
        names = ', '.join(f'x{at}' for at in range(len(shapes)))
        text = ''.join(f', {key}={value}' for key, value in optional.items())
        return Configuration(None, shapes, call=f'F.{name}({names}{text})')
    return f'F.{name}', generate


GENERATORS = dict(
    [form(rank, transposed, lazy) for rank in (1, 2, 3) for transposed in (False, True) for lazy in (False, True)]
    + [function(rank, transposed) for rank in (1, 2, 3) for transposed in (False, True)])
COUNTS = {**{name: 25 for name in GENERATORS if name.startswith(('Lazy', 'F.'))}, **{name: 70 for name in ('Conv2d',)}}
