from oracle import show, fails
class AttrDict(dict):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__ = self
a = AttrDict(lr=0.1, layers=[1, 2])
a.width = 5
a['depth'] = 3
show(a.lr, a['width'], a.depth, a, len(a), isinstance(a, dict), a.get('x', 9), 'lr' in a)
fails(lambda: a.nope)
class Config(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__
c = Config(x=1)
c.y = 2
show(c.x, c.y, c.z, c['y'], dict(c))
class Conf(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)
    def __setattr__(self, name, value):
        self[name] = value
d = Conf(lr=0.1)
d.w = 2
show(d.lr, d['w'], d.w, hasattr(d, 'q'), getattr(d, 'q', 'none'), hasattr(d, 'lr'))
fails(lambda: d.missing)
class Params:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)
        self.__dict__['extra'] = 7
        for k, v in {'p': 1, 'q': 2}.items():
            setattr(self, k, v)
p = Params(lr=0.5, name='n')
show(p.lr, p.name, p.extra, p.p, p.q, sorted(vars(p)), p.__dict__['lr'])
class Lazy:
    def __getattr__(self, name):
        if name.startswith('x'):
            return name * 2
        raise AttributeError(name)
z = Lazy()
show(z.xa, hasattr(z, 'y'), getattr(z, 'y', 3))
class Prop:
    @property
    def bad(self): raise AttributeError('no')
    @property
    def v(self): return self._v
    @v.setter
    def v(self, value): self._v = value * 2
q = Prop()
q.v = 4
show(q.v, hasattr(q, 'bad'))
class Stack(list):
    def push(self, x):
        self.append(x)
        return self
    def append(self, x):
        super().append(x + 1)
s = Stack([1])
s.push(2).push(3)
show(list(s), len(s), s[-1])
class Default(dict):
    def __missing__(self, key):
        value = self[key] = key.upper()
        return value
e = Default()
show(e['a'], e, list(e))
class Counter2(dict):
    def __getitem__(self, key):
        return super().__getitem__(key) * 10
    def __setitem__(self, key, value):
        super().__setitem__(key, value + 1)
k = Counter2()
k['a'] = 1
show(k['a'], k.get('a'), dict.__getitem__(k, 'a'))
class Shape(tuple):
    def __new__(cls, *dims):
        return super().__new__(cls, dims)
    def area(self):
        return self[0] * self[1]
h = Shape(2, 3)
show(h.area(), h[1], len(h), h == (2, 3), isinstance(h, tuple))
show([cls.__name__ for cls in Shape.mro()], Shape.__mro__[1].__name__, Shape.__bases__[0].__name__)
class Slots:
    __slots__ = ('a',)
    def __init__(self): self.a = 1
show(Slots().a)
class Meta:
    registry = {}
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Meta.registry[cls.__name__] = cls
class Sub1(Meta): pass
show(list(Meta.registry))
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner=None): return ('got', self.name)
class Uses:
    field = Desc()
show(Uses().field)
def func(): pass
func.attr = 3
show(func.attr, func.__name__, hasattr(func, 'attr'), hasattr(func, 'nope'))  # unknown
class Single:
    _inst = None
    def __new__(cls, *a):
        if cls._inst is None:
            cls._inst = super().__new__(cls)
        return cls._inst
show(Single() is Single())
import abc
class Shape2(metaclass=abc.ABCMeta):
    pass
Shape2.register(int)
show(Shape2.__module__, Shape2.__dict__.get('nope'), 'register' in dir(Shape2), type(Shape2).__name__)  # unknown
class Pair(tuple):
    def __iter__(self):
        return iter([10, 20, 30])
    def __len__(self):
        return 7
u, v, w = Pair((1,))
show(u, v, w, len(Pair((1, 2))), list(Pair((1,))))
class Generic2:
    def __class_getitem__(cls, item):
        return (cls.__name__, item)
show(Generic2[3], Generic2.__class_getitem__(4))
class Vec(tuple):
    def __new__(cls, x, y):
        return tuple.__new__(cls, (x, y))
    def __add__(self, o): return Vec(self[0] + o[0], self[1] + o[1])
    def __mul__(self, k): return Vec(self[0] * k, self[1] * k)
    def __rmul__(self, k): return self * k
    def __neg__(self): return Vec(-self[0], -self[1])
    def __contains__(self, x): return x == 'magic'
show(list(Vec(1, 2) + Vec(3, 4)), list(Vec(1, 2) * 3), list(2 * Vec(1, 2)), list(-Vec(1, 2)), 'magic' in Vec(1, 2), 1 in Vec(1, 2))
class Tag(str):
    def __add__(self, o): return 'tag:' + str(self) + o
    def __len__(self): return 99
show(Tag('a') + 'b', 'x' + Tag('a'), len(Tag('abc')), Tag('ab').upper())
from collections.abc import MutableMapping
class Layout(MutableMapping):
    def __init__(self): self._m = {}
    def __getitem__(self, k): return self._m[k]
    def __setitem__(self, k, v): self._m[k] = v
    def __delitem__(self, k): del self._m[k]
    def __iter__(self): return iter(self._m)
    def __len__(self): return len(self._m)
lay = Layout()
lay['a'] = 1
show(lay['a'], len(lay), list(lay), isinstance(lay, MutableMapping))
show(lay.get('a'), list(lay.items()))  # unknown
