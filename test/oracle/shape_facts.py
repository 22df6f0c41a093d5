"""Asks numpy and PyTorch what array operations do to shapes, and which they refuse.

    python test/oracle/shape_facts.py > test/tensors/shape-facts.json

Each row is [function, arguments, result]; result is null where the library refuses. Drawn with a fixed seed.
"""
import json
import random
import sys

import numpy as np
import torch

draw = random.Random(7)
rows = []


def shape(rank_limit=4, sizes=(1, 1, 2, 3, 4, 6)):
    return [draw.choice(sizes) for _ in range(draw.randint(0, rank_limit))]


def near(dims):
    """A shape that often, but not always, goes with the given one."""
    other = [1 if draw.random() < 0.3 else size for size in dims]
    if other and draw.random() < 0.35:
        other[draw.randrange(len(other))] = draw.choice([1, 2, 3, 5])
    return other[draw.randint(0, 1) * draw.randint(0, len(other)):] if draw.random() < 0.4 else other


def zeros(dims):
    return np.zeros(dims, "int8")


def meta(dims):
    return torch.zeros(dims, device="meta")


def record(function, arguments, compute):
    try:
        result = list(compute())
    except (ValueError, RuntimeError, IndexError, TypeError):
        result = None
    rows.append([function, arguments, result])


for _ in range(120):
    left = shape()
    right = near(left)
    record("broadcast", [left, right], lambda: np.broadcast_shapes(tuple(left), tuple(right)))

for _ in range(120):
    left = shape(sizes=(1, 2, 3, 4))
    right = near(left)
    if draw.random() < 0.7 and left and right:
        right[-2 if len(right) > 1 else -1] = left[-1]
    record("matmul", [left, right], lambda: np.matmul(zeros(left), zeros(right)).shape)
    record("matmul", [left, right], lambda: torch.matmul(meta(left), meta(right)).shape)

for _ in range(80):
    first = shape(3)
    shapes = [first] + [[draw.choice([1, 2, 3]) if draw.random() < 0.3 else size for size in first] for _ in range(draw.randint(1, 2))]
    axis = draw.randint(-3, 3)
    record("concat", [shapes, axis], lambda: np.concatenate([zeros(dims) for dims in shapes], axis).shape)

for _ in range(60):
    first = shape(3)
    shapes = [first] + [first if draw.random() < 0.85 else near(first) for _ in range(draw.randint(0, 2))]
    axis = draw.randint(-4, 4)
    record("stack", [shapes, axis], lambda: np.stack([zeros(dims) for dims in shapes], axis).shape)

for _ in range(150):
    dims = shape()
    target = [draw.choice([-1, -1, 1, 2, 3, 4, 6, 8, 12]) for _ in range(draw.randint(1, 3))]
    if draw.random() < 0.5:
        count, target = int(np.prod(dims)), []
        while count > 1:
            part = draw.choice([size for size in range(1, count + 1) if count % size == 0])
            target.append(part)
            count //= part
        if target and draw.random() < 0.6:
            target[draw.randrange(len(target))] = -1
    record("reshape", [dims, target], lambda: np.reshape(zeros(dims), target).shape)

for _ in range(60):
    dims, keepdims = shape(), draw.random() < 0.5
    axes = draw.choice([None, [draw.randint(-4, 3)], [draw.randint(-4, 3), draw.randint(-4, 3)]])
    record("reduce", [dims, axes, keepdims], lambda: np.sum(zeros(dims), axis=None if axes is None else tuple(axes), keepdims=keepdims).shape)

for _ in range(50):
    dims = shape()
    axes = list(range(len(dims)))
    draw.shuffle(axes)
    if draw.random() < 0.3 and axes:
        axes[0] = draw.randint(-4, 4)
    record("transpose", [dims, axes], lambda: np.transpose(zeros(dims), axes).shape)
    start, end = draw.randint(-4, 3), draw.randint(-4, 3)
    record("swap", [dims, start, end], lambda: np.swapaxes(zeros(dims), start, end).shape)
    record("expand", [dims, start], lambda: np.expand_dims(zeros(dims), start).shape)
    record("squeeze", [dims, None, True], lambda: np.squeeze(zeros(dims)).shape)
    record("squeeze", [dims, [start], True], lambda: np.squeeze(zeros(dims), start).shape)
    record("squeeze", [dims, [start], False], lambda: torch.squeeze(meta(dims), start).shape)
    first, last = sorted([draw.randint(0, 3), draw.randint(0, 3)])
    record("flatten", [dims, first, last], lambda: torch.flatten(meta(dims), first, last).shape)
    wanted = [draw.choice([-1, size, size, 5]) for size in dims]
    record("broadcastTo", [dims, wanted], lambda: meta(dims).expand(wanted).shape)
    repeats = [draw.randint(1, 3) for _ in range(draw.randint(1, 4))]
    record("tile", [dims, repeats], lambda: np.tile(zeros(dims), repeats).shape)

for _ in range(200):
    size = draw.randint(0, 12)
    start, stop = draw.choice([None, draw.randint(-14, 14)]), draw.choice([None, draw.randint(-14, 14)])
    step = draw.choice([None, 1, 2, 3, 5, -1, -2, -3])
    record("slice", [start, stop, step, size], lambda: [len(range(size)[start:stop:step])])

EQUATIONS = [
    "ij,jk->ik", "ij,jk", "bij,bjk->bik", "bhqd,bhkd->bhqk", "...ij,...jk->...ik", "ii->i", "ii", "i,j->ij", "bchw,c->bhw",
    "...d,d->...", "ij->ji", "ba", "ij , jk -> ik", "ij,jk->il", "ij->ii", "i...j->j...i", "b...,b...->b...", "nct,ncp->ntp", "ij;jk", "->", "i->",
]
for _ in range(220):
    equation = draw.choice(EQUATIONS)
    sizes = {}
    shapes = []
    for labels in equation.replace(" ", "").split("->")[0].split(","):
        dims = []
        while labels:
            if labels.startswith("..."):
                dims += [draw.choice([1, 2, 5]) for _ in range(draw.randint(0, 2))]
                labels = labels[3:]
                continue
            dims.append(sizes.setdefault(labels[0], draw.randint(2, 5)) if draw.random() < 0.93 else 6)
            labels = labels[1:]
        if draw.random() < 0.06:
            dims.append(2)
        shapes.append(dims)
    if draw.random() < 0.03:
        shapes.append([2])
    record("einsum", [equation, shapes], lambda: np.einsum(equation, *[zeros(dims) for dims in shapes]).shape)

rows_text = ",\n".join(json.dumps(row) for row in rows)
sys.stdout.write(f"[\n{rows_text}\n]\n")
