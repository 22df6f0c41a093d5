from oracle import show, fails
import functools
import contextlib
from functools import lru_cache, wraps, cached_property

def timed(f):
    @wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner

class A:
    def v(self): return 1
    def w(self): return 1
    def x(self): return 1
    def y(self): return 1
    def z(self): return 1
    @property
    def p(self): return 5
    @classmethod
    def make(cls): return 7

class B(A):
    @lru_cache(maxsize=None)
    def v(self): return super().v() + 1
    @timed
    def w(self): return super().w() + 1
    @functools.cache
    def x(self): return super().x() + 1
    @cached_property
    def y(self): return super().y() + 1
    @contextlib.contextmanager
    def z(self):
        yield super().z() + 1
    @property
    def p(self): return super().p + 1
    @classmethod
    @functools.lru_cache
    def make(cls): return super().make() + 1
    q = functools.partialmethod(lambda self, n: super(B, self).v() + n, 3)
    @staticmethod
    def st(): return __class__.__name__
b = B()
show(b.v(), b.w(), b.x(), b.y, b.p, B.make(), b.q(), B.st())
with b.z() as k:
    show(k)


class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.stamp = cls.__name__
        return made

    def __len__(cls):
        return 3


class Made(metaclass=Meta):
    def __init__(self, x):
        self.x = x


m = Made(4)
show(m.x, m.stamp, len(Made))


class Deep(B):
    def w(self):
        return [super(Deep, self).w() + i for i in range(2)]

    def nested(self):
        def inner():
            return super(Deep, self).v()
        return inner()

    def zero(self):
        return (lambda: __class__)()


d = Deep()
show(d.w(), d.nested(), d.zero().__name__)


class Registry(type):
    known = {}

    def __new__(mcs, name, bases, attrs, **kwargs):
        attrs["tag"] = name.lower()
        cls = super().__new__(mcs, name, bases, attrs)
        if bases:
            mcs.known[kwargs.get("key", name)] = cls
        return cls

    def __init__(cls, name, bases, attrs, **kwargs):
        super().__init__(name, bases, attrs)
        cls.width = len(name)

    def __getitem__(cls, key):
        return cls.known[key]

    def __contains__(cls, key):
        return key in cls.known

    def __iter__(cls):
        return iter(sorted(cls.known))


class Layer(metaclass=Registry):
    def __init__(self, n=1):
        self.n = n


class Conv(Layer, key="conv"):
    pass


class Pool(Layer):
    pass


show(sorted(Registry.known), Conv.tag, Conv.width, Layer["conv"] is Conv, "Pool" in Layer, list(Layer), Conv(3).n, isinstance(Pool(), Layer), type(Conv) is Registry)


class Single(type):
    made = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls.made:
            cls.made[cls] = super().__call__(*args, **kwargs)
        return cls.made[cls]


class Settings(metaclass=Single):
    def __init__(self, size):
        self.size = size


show(Settings(3) is Settings(4), Settings(5).size)
