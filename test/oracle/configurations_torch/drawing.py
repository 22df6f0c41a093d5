# What the families of PyTorch configurations draw with, besides what they share with Keras' (configurations/drawing.py): shapes with and without
# a batch, arguments for each spatial axis, and the ways to spoil a call.
from dataclasses import dataclass

from configurations.drawing import Arguments, Draw

__all__ = ['Arguments', 'Configuration', 'Draw', 'batched', 'module', 'numbers', 'per_axis', 'spoil_arguments', 'spoil_rank']


@dataclass
class Configuration:
    # `source` makes the module; None for a function of F, whose `call` stands alone. `inputs` are shapes of x0, x1, …; floats are drawn from
    # [0, 1), whole numbers are zeros. `call` is an expression over x0, x1, … and `module`, by default `module(x0, x1, …)`.
    source: str
    inputs: list
    dtypes: list = None
    call: str = None


def module(draw, name, required, optional=None):
    """The text that makes a module; `required` is a list of (name, text), `optional` a dict."""
    arguments = Arguments(list(required), dict(optional or {}))
    spoil_arguments(draw, arguments)
    return arguments.text(draw, name, 'nn')


def spoil_arguments(draw, arguments):
    """Now and then an argument that does not exist, or one too few."""
    if draw.chance(0.02):
        arguments.optional[draw.pick('kernel', 'strides', 'filters', 'in_channel', 'activation', 'use_bias', 'units', 'axis', 'inplac')] = draw.pick('1', '2', "'same'")
    elif draw.chance(0.01) and arguments.required:
        arguments.required = arguments.required[:-1]


def numbers(values):
    """A tuple as Python writes it."""
    inner = ', '.join(str(value) for value in values)
    return f'({inner},)' if len(values) == 1 else f'({inner})'


def per_axis(draw, rank, *options):
    """One number, or one for each axis as a tuple or list. Rarely one too many."""
    if draw.chance(0.6):
        return str(draw.pick(*options))
    count = rank + 1 if draw.chance(0.05) else rank
    values = [draw.pick(*options) for _ in range(count)]
    return str(list(values)) if draw.chance(0.15) else numbers(values)


def batched(draw, channels, sizes, unbatched=0.2):
    """(N, C, *sizes), or without the batch."""
    return [channels, *sizes] if draw.chance(unbatched) else [draw.pick(1, 2, 3), channels, *sizes]


def spoil_rank(draw, shape, chance=0.06):
    """One axis too few or too many."""
    if not draw.chance(chance):
        return shape
    shape = list(shape)
    if draw.chance(0.5) and len(shape) > 1:
        del shape[draw.integer(0, len(shape) - 1)]
    else:
        for _ in range(draw.pick(1, 1, 2)):
            shape.insert(draw.integer(0, len(shape)), draw.pick(1, 2, 3))
    return shape
