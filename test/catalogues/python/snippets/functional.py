from oracle import show, fails
import functools
import itertools
import operator
from functools import partial, reduce, wraps, lru_cache, cached_property, total_ordering
def f(a, b=2, *args, c=3, **kw):
    return (a, b, args, c, kw)
p = partial(f, 1, c=9)
show(p(), p(5), p(5, 6, d=1), partial(p, 7)(), partial(p, c=0)(), p.func is f, p.args, p.keywords)
show(reduce(lambda x, y: x + y, [1, 2, 3]), reduce(operator.mul, [2, 3], 10), reduce(lambda x, y: x + [y], [1, 2], []))
fails(lambda: reduce(lambda x, y: x, []))
def deco(fn):
    @wraps(fn)
    def inner(*a, **k):
        return ('deco', fn(*a, **k))
    return inner
@deco
def g(x):
    return x + 1
show(g(1), g.__name__)
@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
show(fib(10))
@lru_cache
def h(n):
    return [n]
show(h(3))
class C:
    count = 0
    @cached_property
    def value(self):
        C.count += 1
        return [C.count]
c = C()
show(c.value, c.value, c.value is c.value, C.count)
@functools.singledispatch
def kind(x):
    return 'other'
@kind.register(int)
def _(x):
    return 'int'
@kind.register(list)
def _(x):
    return 'list'
show(kind(1), kind([]), kind('a'))
show(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
show(operator.add(1, 2), operator.itemgetter(1)([1, 2]), operator.itemgetter(0, 'a')({0: 1, 'a': 2}), operator.attrgetter('real')(3), operator.methodcaller('upper')('a'), operator.contains([1], 1), operator.neg(2), operator.lt(1, 2))
show(list(itertools.product([1, 2], 'ab')), list(itertools.product([0, 1], repeat=2)), list(itertools.chain([1], (2,), 'a')), list(itertools.chain.from_iterable([[1], [2]])), list(itertools.repeat(1, 3)))
show(list(itertools.islice(itertools.count(5, 2), 3)), list(itertools.islice(itertools.cycle('ab'), 5)), list(itertools.islice(range(10), 2, 8, 3)), list(zip(itertools.count(), 'ab')), list(itertools.zip_longest([1, 2], 'a', fillvalue=0)))
show(list(itertools.combinations([1, 2, 3], 2)), list(itertools.permutations([1, 2, 3], 2)), list(itertools.combinations_with_replacement('ab', 2)), list(itertools.permutations('ab')), list(itertools.accumulate([1, 2, 3])), list(itertools.accumulate([1, 2, 3], operator.mul, initial=1)))
show([(k, list(v)) for k, v in itertools.groupby([1, 1, 2], key=lambda x: x % 2)], list(itertools.starmap(pow, [(2, 3)])), list(itertools.pairwise([1, 2, 3])), list(itertools.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.filterfalse(None, [0, 1])), list(itertools.compress('abc', [1, 0, 1])))
a, b = itertools.tee([1, 2])
show(list(a), list(b))
it = itertools.count()
show(next(it), next(it), next(it))
it = iter([1, 2, 3, 4])
show(list(itertools.islice(it, 2)), list(it))
def gen():
    yield 1
    yield from [2, 3]
show(list(gen()), sum(gen()), [*gen()], max(gen()))
class Dense:
    def __init__(self, units, activation='linear'):
        self.units, self.activation = units, activation
MyDense = partial(Dense, activation='relu')
show(MyDense(3).units, MyDense(3).activation, MyDense(3, activation='tanh').activation)
show(list(map(partial(pow, 2), [1, 2, 3])), (lambda *a, **k: (a, k))(1, *[2], x=1, **{'y': 2}))
