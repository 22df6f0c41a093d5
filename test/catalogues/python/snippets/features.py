"""One small program for each language feature that model code uses (test/facts/features-python.tsv), in the order of that table."""
from oracle import show, fails

# feature: assignment
# feature: call with keyword arguments
a = dict(x=1, y=2)
show(a)

# feature: import
import math
import collections.abc
show(math.floor(2.5), collections.abc.Iterable is not None)

# feature: def
def double(x):
    return 2 * x
show(double(4))

# feature: from ... import
from functools import partial as part, reduce
show(part(double)(3), reduce(lambda x, y: x + y, [1, 2, 3]))

# feature: tuple display
pair = 1, (2, 3)
show(pair, (), (1,))

# feature: attribute assignment
# feature: class
class Box:
    pass
box = Box()
box.value = 3
box.value += 4
show(box.value)

# feature: subscript
show([5, 6, 7][1], {'k': 2}['k'], 'abc'[-1])

# feature: if
# feature: else
# feature: elif
def sign(x):
    if x > 0:
        return 'positive'
    elif x < 0:
        return 'negative'
    else:
        return 'zero'
show(sign(2), sign(-2), sign(0))

# feature: list display
show([1, 'two', [3.0]])

# feature: parameter default
def scaled(x, factor=10, *, shift=1):
    return x * factor + shift
show(scaled(2), scaled(2, 3), scaled(2, shift=0))

# feature: tuple unpack target
first, (second, third) = 1, [2, 3]
show(first, second, third)

# feature: for
total = 0
for item in [1, 2, 3]:
    total += item
show(total, item)

# feature: super() without arguments
class Base:
    def __init__(self, n):
        self.n = n

    def describe(self):
        return f'base {self.n}'
class Derived(Base):
    def __init__(self):
        super().__init__(5)

    def describe(self):
        return super().describe() + '!'
show(Derived().describe())

# feature: slice
numbers = list(range(10))
show(numbers[2:5], numbers[:3], numbers[-2:])

# feature: dict display
show({'a': 1, **{'b': 2}, 3: None})

# feature: is None / is not None
show(None is None, 3 is not None, a is None)

# feature: decorator
def shout(function):
    def wrapper(*args):
        return function(*args).upper()
    return wrapper
@shout
def say(word):
    return word + '!'
show(say('hey'))

# feature: conditional expression
show('yes' if numbers else 'no', 1 if not numbers else 2)

# feature: f-string
name, count = 'conv', 3
show(f'{name}_{count + 1}{{}}')

# feature: for with tuple target
found = []
for position, (key, value) in enumerate({'a': 1, 'b': 2}.items()):
    found.append((position, key, value))
show(found)

# feature: annotated signature
def typed(x: int, *rest: str, flag: bool = False) -> 'list[int]':
    return [x, len(rest), flag]
show(typed(1, 'a', 'b', flag=True))

# feature: **star in call
# feature: *star in call
def many(*args, **kwargs):
    return args, sorted(kwargs.items())
settings = {'stride': 2}
show(many(*[1, 2], 3, **settings, padding=1))

# feature: index with a tuple
grid = {(0, 1): 'x'}
show(grid[0, 1])

# feature: comparison with a string
show(name == 'conv', name != 'conv', name < 'd')

# feature: **kwargs parameter
def keep(**kwargs):
    kwargs.setdefault('bias', True)
    return kwargs.pop('bias'), kwargs
show(keep(size=1))

# feature: list comprehension
show([x * x for x in range(4)])

# feature: x.shape[...]
# feature: unpack of x.shape
# feature: unpack of x.size()
class Array:
    shape = (2, 3, 4)

    def size(self):
        return self.shape
x = Array()
b, c, _ = x.shape
height, *_ = x.size()
show(x.shape[0], x.shape[-1], b * c, x.shape[1:], height)

# feature: and
# feature: or
# feature: and/or used as a value
show(1 and 2, 0 and 2, [] or 'default', None or 0 or 3, True and not False)

# feature: augmented assignment
n = 5
n *= 3
n //= 2
n -= 1
n **= 2
n %= 10
show(n)

# feature: several returns in a function
def choose(kind):
    if kind == 'a':
        return 1
    for other in 'bc':
        if kind == other:
            return 2
    return None
show(choose('a'), choose('c'), choose('z'))

# feature: negative index
show(numbers[-1], numbers[-3], (1, 2, 3)[-2])

# feature: subscript (store)
table = {}
table['a'] = 1
table['a'] += 2
places = [0, 0]
places[1] = 5
show(table, places)

# feature: assert
def checked(x):
    assert x > 0, f'{x} is too small'
    return x
show(checked(1))
fails(lambda: checked(-1))

# feature: subscripted type in annotation
from typing import Dict, List, Optional, Tuple, Union
def lookup(keys: List[str], table: Optional[Dict[str, Tuple[int, ...]]] = None) -> Union[int, None]:
    return None if table is None else len(table)
show(lookup([]), lookup([], {'a': (1,)}))

# feature: isinstance test
show(isinstance(1, int), isinstance('a', (list, str)), isinstance(True, int), isinstance(Derived(), Base))

# feature: in / not in
show(2 in numbers, 'z' not in 'abc', 'a' in table)

# feature: raise
def refuse(kind):
    raise ValueError(f'unknown {kind}')
fails(lambda: refuse('x'))

# feature: relative import
# feature: import inside function
def root(x):
    from math import sqrt
    return sqrt(x)
show(root(16.0))

# feature: with
# feature: with ... as
# feature: with several items
class Manager:
    def __init__(self, label, log):
        self.label, self.log = label, log

    def __enter__(self):
        self.log.append('enter ' + self.label)
        return self.label

    def __exit__(self, kind, value, trace):
        self.log.append('exit ' + self.label)
        return kind is KeyError
log = []
with Manager('a', log):
    log.append('inside')
with Manager('b', log) as label, Manager('c', log) as inner:
    log.append(label + inner)
    raise KeyError('swallowed')
show(log)

# feature: decorator: registers the object (any name with "register")
registry = {}
def register(function):
    registry[function.__name__] = function
    return function
def register_as(key):
    def keep(function):
        registry[key] = function
        return function
    return keep
@register
def small():
    return 's'
@register_as('large')
def big():
    return 'l'
show(sorted(registry), registry['large'](), small())

# feature: super(C, self)
class Old(Base):
    def __init__(self):
        super(Old, self).__init__(8)
show(Old().describe())

# feature: class attribute
# feature: class attribute (annotated)
class Config:
    depth = 2
    width: int = 4
    name: str
one, other = Config(), Config()
one.depth = 7
Config.width = 9
show(one.depth, other.depth, one.width, Config.__annotations__['name'])

# feature: None in index (new axis)
# feature: ellipsis in index
# feature: boolean mask index
class Recorder:
    def __getitem__(self, key):
        return key
show(Recorder()[None, ..., 1:2], Recorder()[[True, False]])

# feature: nested function (def in def)
def outer(x):
    def inside(y):
        return x + y
    return inside
show(outer(3)(4))

# feature: chained assignment a = b = ...
left = right = [1]
right.append(2)
show(left, left is right)

# feature: list/tuple repeat [x] * n
show([0] * 3, (1, 2) * 2, 2 * ['a'])

# feature: comprehension with tuple target
show([k + str(v) for k, v in {'a': 1}.items()])

# feature: list/tuple concatenation +
show([1] + [2, 3], (1,) + (2,))

# feature: if __name__ == '__main__'
if __name__ == '__main__':
    show('main')

# feature: hasattr (constant name)
# feature: hasattr (computed name)
# feature: getattr (constant name)
# feature: getattr (computed name)
# feature: setattr (constant name)
# feature: setattr (computed name)
# feature: delattr (constant name)
# feature: delattr (computed name)
# feature: del attribute
for key in ['alpha', 'beta']:
    setattr(box, key, len(key))
setattr(box, 'gamma', 1)
show(hasattr(box, 'gamma'), hasattr(box, 'delta'), getattr(box, 'al' + 'pha'), getattr(box, 'delta', 'none'), getattr(box, 'value'))
delattr(box, 'gamma')
delattr(box, 'al' + 'pha')
del box.beta
show(hasattr(box, 'gamma'), hasattr(box, 'alpha'), hasattr(box, 'be' + 'ta'), sorted(vars(box)))

# feature: pass
def nothing():
    pass
show(nothing())

# feature: generator expression
show(sum(x for x in range(5) if x % 2), tuple(c.upper() for c in 'ab'))

# feature: lambda
show((lambda x, y=2, *rest: x * y + len(rest))(3, 4, 5), sorted(['bb', 'a'], key=lambda word: len(word)))

# feature: index with a tuple (store)
# feature: slice (store)
cells = {}
cells[0, 1] = 'x'
numbers[2:4] = ['a', 'b', 'c']
show(cells, numbers)

# feature: f-string with format spec
# feature: f-string with !r/!s conversion
value = 3.14159
show(f'{value:.2f}|{7:>4d}|{count:03d}|{0.25:.1%}|{name!r}|{name!s:>6}', f'{1234567:,}')

# feature: annotated assignment
size: int = 3
later: str
show(size)

# feature: matrix operator @
class Matrix:
    def __init__(self, n):
        self.n = n

    def __matmul__(self, other):
        return self.n * other.n
show(Matrix(3) @ Matrix(4))

# feature: class without base
# feature: class with several bases
class Left:
    def who(self):
        return ['left']
class Right:
    def who(self):
        return ['right']
class Both(Left, Right):
    def who(self):
        return super().who() + Right.who(self)
show(Both().who(), [cls.__name__ for cls in Both.__mro__])

# feature: set display
show({3, 1, 2} == {1, 2, 3}, len({1, 1}), sorted({'b', 'a'} | {'c'}))

# feature: keyword-only parameter
def strict(*, size, bias=True):
    return size, bias
show(strict(size=2))
fails(lambda: strict(2))

# feature: %-format of string
show('%s has %d params, %.1f %%' % ('net', 12, 3.25), '%(a)s' % {'a': 1})

# feature: comprehension with if
show([x for x in range(6) if x % 2 == 0 if x > 0])

# feature: try
# feature: try ... finally
# feature: try ... else
# feature: raise ... from
steps = []
def attempt(x):
    try:
        result = 10 // x
    except ZeroDivisionError as error:
        steps.append('except')
        raise RuntimeError('no') from error
    except (TypeError, ValueError):
        return 'type'
    else:
        steps.append('else')
        return result
    finally:
        steps.append('finally')
show(attempt(3), attempt('a'))
fails(lambda: attempt(0))
show(steps)

# feature: dict comprehension
show({k: v * 2 for k, v in [('a', 1), ('b', 2)]})

# feature: **star in dict display
show({**settings, 'padding': 0, **{'stride': 9}})

# feature: *args parameter
def together(*args):
    return len(args), args[1:]
show(together(1, 2, 3))

# feature: break
# feature: continue
# feature: for ... else
kept = []
for i in range(10):
    if i % 2:
        continue
    if i > 6:
        break
    kept.append(i)
else:
    kept.append('else')
for i in []:
    pass
else:
    kept.append('empty')
show(kept)

# feature: slice with step
# feature: slice with negative step
show([0, 1, 2, 3, 4][::2], 'abc'[::-1], [0, 1, 2, 3][3:0:-2])

# feature: parameter default is a layer class
class Layer:
    def __init__(self, n):
        self.n = n
def build(n, layer=Layer):
    return layer(n)
show(build(3).n, build(2, layer=str))

# feature: property
class Sized:
    def __init__(self):
        self._n = 2

    @property
    def n(self):
        return self._n * 10

    @n.setter
    def n(self, value):
        self._n = value
sized = Sized()
sized.n = 5
show(sized.n)

# feature: type()
show(type(1).__name__, type(sized) is Sized, type('Made', (Base,), {'extra': 1})(2).describe())

# feature: staticmethod
# feature: classmethod
class Factory:
    made = 0

    @staticmethod
    def add(x, y):
        return x + y

    @classmethod
    def make(cls, *args):
        cls.made += 1
        return cls.__name__, cls.made
class SubFactory(Factory):
    pass
show(Factory.add(1, 2), SubFactory().add(3, 4), Factory.make(), SubFactory.make())

# feature: *star in display
show([*range(2), *'ab'], (*[1], 2), {*[3, 3]})

# feature: mutable parameter default
def remember(x, seen=[]):
    seen.append(x)
    return list(seen)
show(remember(1), remember(2), remember(3, []))

# feature: chained comparison
show(1 < 2 <= 2, 1 < 3 < 2, 0 == 0.0 == False)

# feature: dataclass
from dataclasses import dataclass, field
@dataclass
class Options:
    width: int
    depth: int = 2
    names: list = field(default_factory=list)

    def __post_init__(self):
        self.cells = self.width * self.depth
show(Options(3), Options(1, depth=4).cells, Options(1) == Options(1))

# feature: conditional import (try/except)
try:
    import no_such_module_here
except ImportError:
    no_such_module_here = None
show(no_such_module_here)  # unknown

# feature: while
n = 20
while n > 3:
    n //= 2
show(n)

# feature: yield
# feature: generator function (yield)
# feature: yield from
def pairs(n):
    for i in range(n):
        yield i, i * i
def chained():
    yield from pairs(2)
    yield 'end'
show(list(pairs(3)), list(chained()), next(pairs(1)))

# feature: del item
# feature: subscript (del)
# feature: slice (del)
# feature: del name
items = {'a': 1, 'b': 2}
del items['a']
rest = [0, 1, 2, 3, 4]
del rest[1:3]
del rest[0]
gone = 1
del gone
show(items, rest)

# feature: star in assignment target
head, *middle, tail = range(5)
show(head, middle, tail)

# feature: conditional import (if)
import sys
if sys.version_info >= (3, 8):
    from math import prod
else:
    prod = None
show(prod([2, 3, 4]))

# feature: from ... import *
from math import *
show(floor(pi), gcd(12, 18))

# feature: recursion (function calls itself)
# feature: recursion (method calls itself)
def depth(nested):
    return 1 + max([depth(one) for one in nested] or [0]) if isinstance(nested, list) else 0
class Tree:
    def __init__(self, *children):
        self.children = children

    def count(self):
        return 1 + sum(child.count() for child in self.children)
show(depth([1, [2, [3]]]), Tree(Tree(), Tree(Tree())).count())

# feature: set comprehension
show(sorted({x % 3 for x in range(10)}))

# feature: comprehension with several for
show([(i, j) for i in range(2) for j in range(i, 2)])

# feature: issubclass()
show(issubclass(Derived, Base), issubclass(bool, (str, int)), issubclass(Base, Derived))

# feature: metaclass=
class Meta(type):
    def __new__(cls, name, bases, namespace):
        made = super().__new__(cls, name, bases, namespace)
        made.tag = name.lower()
        return made
class Tagged(metaclass=Meta):
    pass
show(Tagged.tag)

# feature: global
# feature: nonlocal
counter = 0
def bump():
    global counter
    counter += 1
    held = 0
    def more():
        nonlocal held
        held += 5
    more()
    return held
show(bump(), counter)

# feature: dict whose values are layer classes
kinds = {'layer': Layer, 'base': Base}
show(kinds['layer'](4).n, kinds['base'](1).describe())

# feature: callable()
show(callable(len), callable(3), callable(Layer), callable(lambda: 0))

# feature: Enum class
from enum import Enum
class Mode(Enum):
    TRAIN = 'train'
    EVAL = 'eval'
show(Mode.TRAIN.value, Mode('eval').name, Mode.TRAIN is Mode['TRAIN'], [mode.name for mode in Mode])

# feature: list as target
[p, q] = 1, 2
show(p, q)

# feature: locals()
def local_names(x):
    y = 2
    return sorted(locals())
show(local_names(1))

# feature: __getattr__ / __getattribute__ defined
class Lazy:
    def __init__(self):
        self.real = 1

    def __getattr__(self, name):
        if name.startswith('lazy_'):
            return name[5:]
        raise AttributeError(name)
show(Lazy().real, Lazy().lazy_value, hasattr(Lazy(), 'other'))

# feature: exec()
# feature: eval()
exec('made_by_exec = 1')
show(eval('1 + 2'), 'kept')  # unknown

# feature: class nested in function
# feature: class nested in class
def make_class(base):
    class Inner(base):
        class Config:
            flag = True

        def flagged(self):
            return self.Config.flag
    return Inner
show(make_class(Base)(1).flagged(), make_class(Base)(2).describe())

# feature: vars()
class Plain:
    def __init__(self):
        self.a, self.b = 1, 2
show(vars(Plain()))

# feature: globals()
globals()['made_so'] = 4
show('make_class' in globals(), globals()['count'], made_so)

# feature: await
# feature: async def
import asyncio
async def soon(x):
    await asyncio.sleep(0)
    return x + 1
async def both():
    return await soon(1) + await soon(2)
show(asyncio.run(both()), 'asked')  # unknown

# feature: if TYPE_CHECKING
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import no_such_module_for_types
show(TYPE_CHECKING)

# feature: subclass of builtin str
class Name(str):
    def loud(self):
        return self.upper() + '!'
show(Name('ab').loud(), Name('x') + 'y', isinstance(Name('a'), str))

# feature: positional-only parameter
def divide(x, y=2, /, *, down=True):
    return x // y if down else x / y
show(divide(7), divide(7, 3))
fails(lambda: divide(x=7))

# feature: NamedTuple class
from typing import NamedTuple
class Point(NamedTuple):
    x: int
    y: int = 0
show(Point(1), Point(1, 2).y, Point(3)._replace(y=9), tuple(Point(5)))

# feature: walrus :=
if (length := len('abcd')) > 3:
    show(length)

# feature: base ABC
from abc import ABC, abstractmethod
class Abstract(ABC):
    @abstractmethod
    def run(self):
        ...
class Concrete(Abstract):
    def run(self):
        return 'ran'
show(Concrete().run())
fails(lambda: Abstract())  # unknown

# feature: generic base C[T]
from typing import Generic, TypeVar
T = TypeVar('T')
class Holder(Generic[T]):
    def __init__(self, item: T):
        self.item = item
class Numbers(Holder[int]):
    pass
show(Numbers(4).item, Holder[str]('s').item)

# feature: match statement
def matched(thing):
    match thing:
        case {'kind': 'conv', 'size': size}:
            return f'conv {size}'
        case [first, *others]:
            return first, others
        case int() | float():
            return 'number'
        case Point(x=0):
            return 'origin'
        case _:
            return 'other'
show(matched({'kind': 'conv', 'size': 3}), matched([1, 2]), matched(2.0), matched('s'))
