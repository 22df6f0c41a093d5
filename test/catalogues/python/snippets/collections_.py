from oracle import show, fails
from collections import OrderedDict, defaultdict, Counter, deque, namedtuple, ChainMap
import collections.abc
from typing import NamedTuple, List, Optional, Generic, TypeVar, cast, TYPE_CHECKING, Protocol, TypedDict
import copy
od = OrderedDict([('a', 1), ('b', 2)])
od['c'] = 3; od.move_to_end('a'); show(od, list(od), od.popitem(last=False), isinstance(od, dict), OrderedDict(), od == {'c': 3, 'a': 1})
od.move_to_end('a', last=False); show(list(od.items()), od.copy(), dict(od))
dd = defaultdict(list)
dd['x'].append(1); dd['x'].append(2); dd['y']; show(dd, dd['x'], len(dd), 'z' in dd, dd.get('z'), dict(dd))
di = defaultdict(int); di['a'] += 1; di['a'] += 1; show(di, defaultdict(lambda: 5)['q'])
nested = defaultdict(lambda: defaultdict(int)); nested['a']['b'] += 3; show(nested['a']['b'], dict(nested['a']))
fails(lambda: defaultdict()['x'])
c = Counter('abracadabra')
show(c['a'], c['z'], c.most_common(2), sum(c.values()), c, Counter(a=2)['a'], sorted(Counter([1, 1, 2]).elements()), Counter('ab') + Counter('b'), Counter('abb') - Counter('b'), c.total())
c.update('aaz'); c.subtract({'z': 1}); show(c['a'], c['z'])
d = deque([1, 2, 3], maxlen=3)
d.append(4); d.appendleft(0); show(d, d.pop(), d.popleft(), len(d), d[0], list(d), deque([1, 2])); d.extend([7, 8, 9]); show(d, d.maxlen); d.rotate(1); show(d)
fails(lambda: deque().pop())
Point = namedtuple('Point', ['x', 'y'])
p = Point(1, y=2)
show(p, p.x, p[1], p._asdict(), p._replace(x=5), Point._fields, Point._make([3, 4]), p == (1, 2), tuple(p), isinstance(p, tuple), len(p), [*p])
x, y = p
show(x, y, namedtuple('P', 'a b c', defaults=[3])(1, 2), namedtuple('Q', 'a, b')(1, 2).b)
fails(lambda: Point(1))
fails(lambda: Point(1, 2, 3))
fails(lambda: p.z)
class Cfg(NamedTuple):
    depth: int
    width: int = 64
    def total(self):
        return self.depth * self.width
k = Cfg(2)
show(k, k.total(), k.width, Cfg(depth=1, width=2), Cfg._fields, k._replace(depth=3), k[0])
class Sub(namedtuple('Base', 'a b')):
    @property
    def s(self):
        return self.a + self.b
show(Sub(1, 2).s, Sub(1, 2).a)
T = TypeVar('T')
class Box(Generic[T]):
    def __init__(self, v: T): self.v = v
show(Box(1).v, Box[int](2).v, cast(int, 'a'), TYPE_CHECKING)
fails(lambda: Box(1).w)
class TD(TypedDict, total=False):
    a: int
show(TD(a=1), isinstance([], List), isinstance({}, collections.abc.Mapping), isinstance([], collections.abc.Sequence), isinstance('a', collections.abc.Iterable), isinstance(1, collections.abc.Iterable), isinstance(lambda: 1, collections.abc.Callable), isinstance((), collections.abc.Sequence), isinstance({}, collections.abc.Sequence), isinstance(Box(1), collections.abc.Iterable))
import numbers
show(isinstance(1, numbers.Number), isinstance('a', numbers.Number), isinstance(1.0, numbers.Integral), isinstance(True, numbers.Integral))
a = [1, [2, 3], {'k': [4]}]
b = copy.deepcopy(a); b[1].append(9); b[2]['k'].append(5); s = copy.copy(a); s.append(0); s[1].append(7); show(a, b, s)
class N:
    def __init__(self): self.items = [1]; self.me = self
n = N(); m = copy.deepcopy(n); m.items.append(2); show(n.items, m.items, m.me is m, copy.copy(n).items is n.items, type(m) is N)
class WithHook:
    def __deepcopy__(self, memo): return 'copied'
show(copy.deepcopy([WithHook()]), copy.deepcopy(None), copy.deepcopy((1, 'a')))
cm = ChainMap({'a': 1}, {'a': 2, 'b': 3}); show(cm['a'], cm['b'], cm.get('c'))
class Conf(dict):
    def __getattr__(self, name):
        return self[name]
    def __setattr__(self, name, value):
        self[name] = value
cf = Conf(lr=0.1); cf['w'] = 2; show(cf['lr'], cf['w'], len(cf), sorted(cf))
