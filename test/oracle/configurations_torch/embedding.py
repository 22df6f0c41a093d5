# Embedding, EmbeddingBag and their functions, F.one_hot.
from .drawing import Configuration, module

COUNT = 40


def positions(draw):
    return [draw.integer(1, 4) for _ in range(draw.pick(0, 1, 2, 2, 3))]


def kind(draw):
    return draw.pick('int64', 'int64', 'int32') if draw.chance(0.9) else draw.pick('float32', 'int16', 'bool', 'uint8')


def options(draw, count):
    found = {}
    if draw.chance(0.3):
        found['padding_idx'] = str(draw.integer(-count, count - 1) if draw.chance(0.85) else draw.pick(count, -count - 1))
    if draw.chance(0.1):
        found['max_norm'] = '1.0'
    if draw.chance(0.1):
        found['sparse'] = 'True'
    return found


def embedding(draw):
    count, width = draw.integer(1, 9), draw.integer(1, 6)
    if draw.chance(0.04):
        width = draw.pick(-1, '2.5', 'None')
    source = module(draw, 'Embedding', [('num_embeddings', str(count)), ('embedding_dim', str(width))], options(draw, count))
    return Configuration(source, [positions(draw)], [kind(draw)])


def pretrained(draw):
    rows = [draw.integer(1, 6), draw.integer(1, 5)] if draw.chance(0.85) else draw.pick([3], [2, 3, 4])
    freeze = draw.pick('', ', freeze=False', ', freeze=True', ', padding_idx=0')
    return Configuration(f'nn.Embedding.from_pretrained(torch.ones({rows}){freeze})', [positions(draw)], ['int64'])


def bag(draw):
    count, width = draw.integer(2, 9), draw.integer(1, 6)
    found = options(draw, count)
    found.pop('sparse', None)
    found.pop('max_norm', None)
    if draw.chance(0.5):
        found['mode'] = draw.pick("'sum'", "'mean'", "'max'") if draw.chance(0.94) else "'min'"
    if draw.chance(0.2):
        found['include_last_offset'] = 'True'
    source = module(draw, 'EmbeddingBag', [('num_embeddings', str(count)), ('embedding_dim', str(width))], found)
    if draw.chance(0.5):
        shape = [draw.integer(1, 4), draw.integer(1, 5)] if draw.chance(0.9) else [2, 2, 2]
        if found.get('mode') == "'sum'" and draw.chance(0.5):
            weights = shape if draw.chance(0.8) else [*shape[:-1], shape[-1] + 1]
            return Configuration(source, [shape, weights], [kind(draw), 'float32'], 'module(x0, None, x1)')
        if draw.chance(0.08):
            return Configuration(source, [shape, [1]], ['int64', 'int64'], 'module(x0, x1)')
        return Configuration(source, [shape], [kind(draw)])
    if draw.chance(0.1):
        return Configuration(source, [[draw.integer(1, 6)]], ['int64'])
    # One offset that is the last one at once leaves no bag, and crashes PyTorch.
    offsets = [draw.integer(2 if 'include_last_offset' in found else 1, 4)] if draw.chance(0.9) else [2, 2]
    return Configuration(source, [[draw.integer(1, 6)], offsets], ['int64', 'int64' if draw.chance(0.9) else 'float32'], 'module(x0, x1)')


def function(draw):
    rows = [draw.integer(1, 6), draw.integer(1, 5)] if draw.chance(0.88) else draw.pick([3], [2, 3, 4])
    padding = f', padding_idx={draw.integer(-7, 6)}' if draw.chance(0.3) else ''
    return Configuration(None, [positions(draw), rows], [kind(draw), 'float32'], f'F.embedding(x0, x1{padding})')


def one_hot(draw):
    dtype = 'int64' if draw.chance(0.85) else draw.pick('int32', 'float32', 'bool')
    classes = f', num_classes={draw.integer(1, 6)}' if draw.chance(0.7) else draw.pick('', ', 4', ', 0')
    return Configuration(None, [positions(draw)], [dtype], f'F.one_hot(x0{classes})')


GENERATORS = {'Embedding': embedding, 'Embedding.from_pretrained': pretrained, 'EmbeddingBag': bag, 'F.embedding': function, 'F.one_hot': one_hot}
COUNTS = {'EmbeddingBag': 60, 'Embedding.from_pretrained': 15, 'F.one_hot': 20}
