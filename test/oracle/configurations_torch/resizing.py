# Upsample, its older names, F.interpolate, grid_sample and affine_grid.
from .drawing import Configuration, module, numbers, spoil_rank

COUNT = 80

MODES = {3: ['nearest', 'linear', 'area', 'nearest-exact'], 4: ['nearest', 'bilinear', 'bicubic', 'area', 'nearest-exact'], 5: ['nearest', 'trilinear', 'area', 'nearest-exact']}


def arguments(draw, rank, with_antialias=False):
    found = {}
    spatial = rank - 2
    if draw.chance(0.5):
        found['size'] = str(draw.integer(1, 9)) if draw.chance(0.5) else numbers([draw.integer(1, 9) for _ in range(spatial if draw.chance(0.9) else spatial + 1)])
        if draw.chance(0.04):
            found['size'] = draw.pick('0', '2.5', '-1')
    if draw.chance(0.5) or not found and draw.chance(0.9):
        factor = draw.pick('2', '2.0', '0.5', '1.5', '3', '0.3', '1.7', '0.1')
        if draw.chance(0.3):
            factor = numbers([draw.pick(2, 0.5, 1.5, 2.0) for _ in range(spatial if draw.chance(0.9) else spatial + 1)])
        if 'size' not in found or draw.chance(0.08):
            found['scale_factor'] = factor
    if draw.chance(0.7):
        found['mode'] = repr(draw.pick(*MODES[rank])) if draw.chance(0.88) else draw.pick("'linear'", "'bilinear'", "'trilinear'", "'cubic'", "'bicubic'")
    if draw.chance(0.3):
        found['align_corners'] = draw.pick('True', 'False', 'None')
    if draw.chance(0.15):
        found['recompute_scale_factor'] = draw.pick('True', 'False')
    if with_antialias and draw.chance(0.08):
        found['antialias'] = 'True'
    return found


def shape_of(draw, rank):
    return spoil_rank(draw, [draw.integer(1, 2), draw.integer(1, 3), *[draw.integer(1, 8) for _ in range(rank - 2)]], 0.08)


def upsample(draw):
    rank = draw.pick(3, 4, 4, 4, 5)
    return Configuration(module(draw, 'Upsample', [], arguments(draw, rank)), [shape_of(draw, rank)])


def older(name):
    def generate(draw):
        found = {key: value for key, value in arguments(draw, 4).items() if key in ('size', 'scale_factor')}
        return Configuration(module(draw, name, [], found), [shape_of(draw, 4)])
    return generate


def function(draw):
    rank = draw.pick(3, 4, 4, 4, 5)
    text = ''.join(f', {key}={value}' for key, value in arguments(draw, rank, True).items())
    dtypes = ['float32'] if draw.chance(0.95) else [draw.pick('int64', 'uint8')]
    return Configuration(None, [shape_of(draw, rank)], dtypes, f'F.interpolate(x0{text})')


def grid_sample(draw):
    spatial = draw.pick(2, 2, 3)
    batch = draw.integer(1, 3)
    shape = [batch, draw.integer(1, 3), *[draw.integer(1, 5) for _ in range(spatial)]]
    grid = [batch if draw.chance(0.9) else batch + 1, *[draw.integer(1, 5) for _ in range(spatial)], spatial if draw.chance(0.85) else draw.pick(2, 3)]
    mode = ", mode=" + draw.pick("'nearest'", "'bicubic'", "'bilinear'", "'linear'") if draw.chance(0.4) else ''
    padding = ", padding_mode=" + draw.pick("'border'", "'reflection'", "'zeros'", "'reflect'") if draw.chance(0.3) else ''
    return Configuration(None, [spoil_rank(draw, shape), spoil_rank(draw, grid)], call=f'F.grid_sample(x0, x1{mode}{padding}, align_corners=False)')


def affine_grid(draw):
    spatial = draw.pick(2, 2, 3)
    batch = draw.integer(1, 3)
    size = [batch if draw.chance(0.9) else batch + 1, 3, *[draw.integer(1, 6) for _ in range(spatial)]]
    if draw.chance(0.1):
        size = size[:-1]
    return Configuration(None, [spoil_rank(draw, [batch, spatial, spatial + 1 if draw.chance(0.9) else spatial])], call=f'F.affine_grid(x0, {draw.pick(size, tuple(size))}, align_corners=False)')


GENERATORS = {
    'Upsample': upsample, 'UpsamplingNearest2d': older('UpsamplingNearest2d'), 'UpsamplingBilinear2d': older('UpsamplingBilinear2d'), 'F.interpolate': function,
    'F.grid_sample': grid_sample, 'F.affine_grid': affine_grid,
}
COUNTS = {'UpsamplingNearest2d': 25, 'UpsamplingBilinear2d': 25, 'F.grid_sample': 40, 'F.affine_grid': 25, 'F.interpolate': 120}
