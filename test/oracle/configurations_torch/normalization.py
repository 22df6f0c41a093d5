# Normalisation as modules and functions.
from .drawing import Configuration, batched, module, numbers, spoil_rank

COUNT = 35


def norm_options(draw):
    found = {}
    if draw.chance(0.2):
        found['eps'] = '1e-3'
    if draw.chance(0.15):
        found['momentum'] = draw.pick('0.01', 'None')
    if draw.chance(0.3):
        found['affine'] = draw.pick('False', 'True')
    if draw.chance(0.3):
        found['track_running_stats'] = draw.pick('False', 'True')
    if draw.chance(0.1):
        found['bias'] = 'False'
    return found


def after(draw, source, shape):
    return Configuration(source, [shape], call='module.eval()(x0)' if draw.chance(0.25) else None)


def form(name, rank, lazy=False):
    def generate(draw):
        features = draw.integer(1, 5)
        given = features if lazy or draw.chance(0.85) else features + draw.pick(1, 2)
        sizes = [draw.integer(1, 4) for _ in range(rank)]
        if name == 'BatchNorm' and rank == 1 and draw.chance(0.5):
            sizes = []
        shape = [draw.integer(1, 3), given, *sizes] if name == 'BatchNorm' or draw.chance(0.7) else [given, *sizes]
        required = [] if lazy else [('num_features', str(features) if draw.chance(0.97) else draw.pick('-1', '2.0', 'None'))]
        return after(draw, module(draw, f'{"Lazy" if lazy else ""}{name}{rank}d', required, norm_options(draw)), spoil_rank(draw, shape, 0.1))
    return f'{"Lazy" if lazy else ""}{name}{rank}d', generate


def sync(draw):
    features = draw.integer(1, 4)
    shape = [draw.integer(1, 3), features if draw.chance(0.85) else features + 1, *[draw.integer(1, 3) for _ in range(draw.integer(0, 3))]]
    return after(draw, module(draw, 'SyncBatchNorm', [('num_features', str(features))], norm_options(draw)), spoil_rank(draw, shape, 0.1))


def group_norm(draw):
    groups = draw.integer(1, 4)
    channels = groups * draw.integer(1, 4) if draw.chance(0.9) else draw.integer(1, 9)
    given = channels if draw.chance(0.85) else channels + groups
    optional = {key: value for key, value in norm_options(draw).items() if key in ('eps', 'affine', 'bias')}
    shape = [draw.integer(1, 3), given, *[draw.integer(1, 4) for _ in range(draw.integer(0, 3))]]
    required = [('num_groups', str(groups if draw.chance(0.97) else 0)), ('num_channels', str(channels))]
    return Configuration(module(draw, 'GroupNorm', required, optional), [spoil_rank(draw, shape, 0.05)])


def shape_norm(name):
    def generate(draw):
        normalized = [draw.integer(1, 5) for _ in range(draw.pick(1, 1, 2, 3))]
        text = str(normalized[0]) if len(normalized) == 1 and draw.chance(0.7) else draw.pick(numbers(normalized), str(normalized))
        if draw.chance(0.04):
            text = draw.pick('-1', '2.5', 'None', '()')
        optional = {}
        if draw.chance(0.3):
            optional['elementwise_affine'] = draw.pick('False', 'True')
        if draw.chance(0.2):
            optional['eps'] = '1e-6'
        if name == 'LayerNorm' and draw.chance(0.2):
            optional['bias'] = 'False'
        leading = [draw.integer(1, 4) for _ in range(draw.integer(0, 3))]
        shape = leading + normalized
        if draw.chance(0.2):
            shape[-1] += 1
        return Configuration(module(draw, name, [('normalized_shape', text)], optional), [spoil_rank(draw, shape, 0.08)])
    return generate


def cross_map(draw):
    return Configuration(module(draw, 'CrossMapLRN2d', [('size', draw.pick('1', '3', '5'))]), [spoil_rank(draw, [2, draw.integer(1, 5), 3, 3], 0.4)])


def layer_norm(draw):
    normalized = [draw.integer(1, 4) for _ in range(draw.pick(1, 1, 2))]
    shape = [draw.integer(1, 3) for _ in range(draw.integer(0, 2))] + normalized
    if draw.chance(0.2):
        shape[-1] += 1
    inputs, names = [shape], ''
    if draw.chance(0.4):
        inputs.append(normalized if draw.chance(0.8) else [*normalized, 1])
        names = ', x1'
    text = str(normalized) if draw.chance(0.6) else numbers(normalized)
    if draw.chance(0.1):
        text = str(normalized[0])
    return Configuration(None, inputs, call=f'F.{draw.pick("layer_norm", "rms_norm")}(x0, {text}{names})')


def batch_norm(draw):
    features = draw.integer(1, 4)
    shape = spoil_rank(draw, [draw.integer(1, 3), features, *[draw.integer(1, 3) for _ in range(draw.integer(0, 3))]])
    vectors = [[features if draw.chance(0.93) else features + 1] for _ in range(draw.pick(2, 2, 4))]
    names = ', '.join(f'x{at + 1}' for at in range(len(vectors)))
    training = draw.pick('', ', training=True', ', training=False')
    if draw.chance(0.2):
        return Configuration(None, [shape], call=f'F.batch_norm(x0, None, None{training})')
    return Configuration(None, [shape, *vectors], call=f'F.batch_norm(x0, {names}{training})')


def instance_norm(draw):
    features = draw.integer(1, 4)
    shape = spoil_rank(draw, [draw.integer(1, 3), features, *[draw.integer(1, 3) for _ in range(draw.integer(1, 3))]])
    if draw.chance(0.4):
        size = [features if draw.chance(0.85) else features + 1]
        return Configuration(None, [shape, size, size], call='F.instance_norm(x0, weight=x1, bias=x2)')
    return Configuration(None, [shape], call='F.instance_norm(x0)')


def group_function(draw):
    groups = draw.integer(1, 3)
    channels = groups * draw.integer(1, 3) if draw.chance(0.85) else draw.integer(1, 7)
    shape = spoil_rank(draw, [draw.integer(1, 3), channels, *[draw.integer(1, 3) for _ in range(draw.integer(0, 2))]])
    if draw.chance(0.4):
        return Configuration(None, [shape, [channels if draw.chance(0.8) else channels + 1]], call=f'F.group_norm(x0, {groups}, x1)')
    return Configuration(None, [shape], call=f'F.group_norm(x0, {groups})')


def normalize(draw):
    shape = [draw.integer(1, 4) for _ in range(draw.integer(0, 4))]
    optional = draw.pick('', ', dim=-1', ', dim=0', ', dim=2', ', p=1, dim=-1', ', dim=(0, 1)', ', dim=3')
    return Configuration(None, [shape], call=f'F.normalize(x0{optional})')


GENERATORS = dict([form(name, rank, lazy) for name in ('BatchNorm', 'InstanceNorm') for rank in (1, 2, 3) for lazy in (False, True)])
GENERATORS.update({
    'SyncBatchNorm': sync, 'GroupNorm': group_norm, 'LayerNorm': shape_norm('LayerNorm'), 'RMSNorm': shape_norm('RMSNorm'), 'CrossMapLRN2d': cross_map,
    'F.layer_norm': layer_norm, 'F.batch_norm': batch_norm, 'F.instance_norm': instance_norm, 'F.group_norm': group_function, 'F.normalize': normalize,
})
COUNTS = {**{name: 20 for name in GENERATORS if name.startswith('Lazy')}, 'BatchNorm2d': 50, 'LayerNorm': 60, 'GroupNorm': 60, 'CrossMapLRN2d': 15}
