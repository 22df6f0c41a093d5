from oracle import show, fails
import dataclasses
import enum
from dataclasses import dataclass, field, asdict, replace, fields
from enum import Enum, IntEnum, auto, Flag
import abc
import contextlib
import inspect
import types
@dataclass
class A:
    x: int
    y: str = 'a'
    z: list = field(default_factory=list)
    def total(self):
        return self.x * 2
a = A(1)
a.z.append(5)
show(a, A(1, 'b', [1]), a.total(), A(1) == A(1), A(1) == A(2), A(1).z, asdict(a), replace(a, x=9), [f.name for f in fields(a)], dataclasses.is_dataclass(a), dataclasses.astuple(A(1)))
fails(lambda: A())
fails(lambda: A(1, 2, 3, 4))
fails(lambda: A(1, q=2))
@dataclass
class B(A):
    w: float = 0.5
    def __post_init__(self):
        self.derived = self.x + self.w
show(B(1), B(2, w=1.5).derived, B(1, 'q', [], 2.0))
@dataclass(frozen=True, order=True)
class Fz:
    a: int
    b: int = 2
show(Fz(1) < Fz(2), Fz(1), sorted([Fz(3), Fz(1)]), Fz(1) == Fz(1, 2))
def setit():
    try:
        Fz(1).a = 2
    except AttributeError as e:
        return str(e)
fails(setit)
@dataclass
class Cfg:
    inner: A = field(default_factory=lambda: A(7))
    hidden: int = field(default=3, repr=False)
    computed: int = field(init=False, default=0)
show(Cfg(), Cfg().inner.x, asdict(Cfg()), Cfg(hidden=4).hidden)
@dataclass(kw_only=True)
class Kw:
    a: int = 1
    b: int
show(Kw(b=2))
fails(lambda: Kw(1, 2))
class Color(Enum):
    RED = 1
    GREEN = 'g'
    ALIAS = 1
    def describe(self):
        return self.name.lower()
show(Color.RED, Color.RED.value, Color.RED.name, Color(1), Color['GREEN'], list(Color), len(Color), Color.ALIAS is Color.RED, Color.GREEN.describe(), str(Color.RED), f'{Color.RED}', Color.RED == Color.RED, Color.RED == 1, Color.RED in Color, {Color.RED: 5}[Color.RED], [c.value for c in Color], isinstance(Color.RED, Color), Color.RED != Color.GREEN)
fails(lambda: Color(7))
fails(lambda: Color['NO'])
fails(lambda: Color.NO)
class Size(IntEnum):
    S = 1
    M = 2
show(Size.S + 1, Size.M > Size.S, Size(2), Size.M == 2, [10, 20, 30][Size.M], int(Size.S), f'{Size.M}', max(Size), Size.M * 2.0)
class Auto(Enum):
    A = auto()
    B = auto()
show(Auto.A.value, Auto.B.value, list(Auto.__members__))
class Mode(str, Enum):
    TRAIN = 'train'
    EVAL = 'eval'
show(Mode.TRAIN == 'train', Mode('eval'), Mode.TRAIN.value, Mode.TRAIN + 'x', Mode.TRAIN in ('train',), {'train': 1}[Mode.TRAIN])
class Perm(Flag):
    R = auto()
    W = auto()
show((Perm.R | Perm.W).value, Perm.R in (Perm.R | Perm.W), Perm.W.value)
class Planet(Enum):
    EARTH = (1, 'e')
    MARS = (2, 'm')
    def __init__(self, number, letter):
        self.number = number
        self.letter = letter
show(Planet.EARTH.number, Planet((2, 'm')).letter, Planet.MARS.value)
class Base(abc.ABC):
    @abc.abstractmethod
    def go(self): ...
    @property
    def p(self): return 1
    @staticmethod
    def s(x): return x
    @classmethod
    def c(cls): return cls.__name__
class Impl(Base):
    def go(self): return 'go'
show(Impl().go(), Impl().p, Impl.s(3), Impl.c(), Impl().c(), issubclass(Impl, Base), isinstance(Impl(), Base))
@contextlib.contextmanager
def ctx(v):
    yield v + 1
with ctx(1) as got:
    show(got)
with contextlib.suppress(KeyError):
    {}['x']
with contextlib.nullcontext(5) as five:
    show(five)
def risky():
    with contextlib.suppress(ValueError):
        raise ValueError('x')
    return 'after'
fails(risky)
def risky2():
    with contextlib.suppress(ValueError):
        raise KeyError('x')
fails(risky2)
def sig(a, b=2, *c, d, **e): pass
show(list(inspect.signature(sig).parameters), inspect.signature(sig).parameters['b'].default, 'd' in inspect.signature(sig).parameters, inspect.signature(sig).parameters['a'].default is inspect.Parameter.empty, inspect.isclass(Impl), inspect.isfunction(sig), list(inspect.signature(Impl().go).parameters), list(inspect.signature(A).parameters))  # unknown
ns = types.SimpleNamespace(a=1, b=[2])
ns.c = 3
show(ns.a, ns, ns.c)
fails(lambda: ns.d)
class E1(Exception): pass
class E2(E1):
    def __init__(self, code):
        super().__init__(f'code {code}')
        self.code = code
try:
    raise E2(5)
except E1 as e:
    show(e.code, str(e), e.args, isinstance(e, Exception), repr(E1('a')), str(KeyError('k')), str(ValueError('a', 1)), E1().args, str(OSError(2, 'No')))
try:
    {}['key']
except KeyError as e:
    show(e.args, str(e))
try:
    int('z')
except (TypeError, ValueError) as e:
    show(str(e), type(e).__name__)
def control():
    try:
        return 1 / 0
    except ZeroDivisionError as e:
        return str(e)
    finally:
        pass
show(control())
fails(lambda: exit(1))
class Meta(type): pass
class V:
    def __init__(self, n): self.n = n
    def __add__(self, o): return V(self.n + o.n)
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
    def __len__(self): return self.n
    def __getitem__(self, i): return i * self.n
    def __call__(self, x): return x + self.n
    def __iter__(self): return iter(range(self.n))
    def __contains__(self, x): return x == self.n
    def __repr__(self): return f'V({self.n})'
    def __bool__(self): return self.n > 1
    def __hash__(self): return 1
show(V(1) + V(2), V(1) == V(1), sorted([V(3), V(1)]), len(V(4)), V(2)[3], V(1)(5), list(V(3)), 2 in V(2), bool(V(1)), [V(1)], max(V(1), V(2)), sum([V(1), V(2)], V(0)), str(V(2)), f'{V(1)}', [V(1)] == [V(1)], V(5) in [V(5)])
show(getattr(V(3), 'n'), getattr(V(3), 'q', 'no'), hasattr(V(3), 'n'), hasattr(V(3), 'q'), callable(V(1)), callable(1), callable(len), vars(V(3)), type(V(3)).__name__, V.__name__)
v = V(1); setattr(v, 'extra', 5); show(v.extra, v.__dict__); delattr(v, 'extra'); show(hasattr(v, 'extra'), v.__class__.__name__)
fails(lambda: V(1).missing)
Dyn = type('Dyn', (V,), {'extra': 7})
show(Dyn(2).n, Dyn.extra, Dyn.__name__, issubclass(Dyn, V))
log = []
@contextlib.contextmanager
def scope(name):
    log.append('in ' + name)
    try:
        yield name.upper()
    except KeyError as error:
        log.append('caught ' + str(error))
    finally:
        log.append('out ' + name)
with scope('a') as up, scope('b'):
    log.append(up)
show(log)
def inside():
    with scope('r') as r:
        return r
show(inside(), log[-1])
with scope('k'):
    {}['gone']
show(log[-2:])
def reraises():
    with scope('v'):
        raise ValueError('x')
fails(reraises)
show(log[-1])
for i in range(3):
    with scope(str(i)):
        if i == 1:
            break
show(i, log[-1])
class Holder:
    @contextlib.contextmanager
    def entered(self, v):
        self.v = v
        yield self
        self.v = None
holder = Holder()
with holder.entered(4) as same:
    show(same.v, same is holder)
show(holder.v)
class Manager:
    def __init__(self): self.log = []
    def __enter__(self): self.log.append('enter'); return self
    def __exit__(self, *exc): self.log.append(exc[0].__name__ if exc[0] else None); return exc[0] is KeyError
m = Manager()
with m as mm:
    mm.log.append('body')
with m:
    {}['x']
show(m.log)
with contextlib.ExitStack() as stack:
    show(stack.enter_context(Manager()).log)
