# CosineSimilarity, PairwiseDistance and their functions.
from .drawing import Configuration, module

COUNT = 25


def pair(draw):
    shape = [draw.integer(1, 4) for _ in range(draw.integer(0 if draw.chance(0.1) else 1, 3))]
    other = list(shape)
    if draw.chance(0.3) and other:
        at = draw.integer(0, len(other) - 1)
        other[at] = draw.pick(1, other[at] + 1)
    if draw.chance(0.15):
        other = other[1:]
    return [shape, other]


def dim(draw):
    return draw.pick('0', '1', '-1', '2', '-2') if draw.chance(0.9) else '3'


def similarity(draw):
    return Configuration(module(draw, 'CosineSimilarity', [], {'dim': dim(draw)} if draw.chance(0.6) else {}), pair(draw))


def distance(draw):
    optional = {}
    if draw.chance(0.3):
        optional['p'] = draw.pick('1', '2.0', '3')
    if draw.chance(0.3):
        optional['keepdim'] = draw.pick('True', 'False')
    return Configuration(module(draw, 'PairwiseDistance', [], optional), pair(draw))


def similarity_function(draw):
    return Configuration(None, pair(draw), call=f'F.cosine_similarity(x0, x1{draw.pick("", f", dim={dim(draw)}")})')


def distance_function(draw):
    return Configuration(None, pair(draw), call=f'F.pairwise_distance(x0, x1{draw.pick("", ", keepdim=True", ", p=1")})')


def own_distances(draw):
    return Configuration(None, [[draw.integer(1, 5) for _ in range(2 if draw.chance(0.8) else draw.pick(1, 3))]], call='F.pdist(x0)')


GENERATORS = {'CosineSimilarity': similarity, 'PairwiseDistance': distance, 'F.cosine_similarity': similarity_function, 'F.pairwise_distance': distance_function, 'F.pdist': own_distances}
COUNTS = {'F.pdist': 8}
