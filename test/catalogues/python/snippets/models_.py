from oracle import show, fails
import collections.abc
import copy
import inspect
import itertools
import math
import operator
import re
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import asdict, astuple, dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import partial, reduce
from itertools import chain, repeat
from typing import Any, Callable, ClassVar, Dict, Generic, List, Literal, NamedTuple, Optional, Protocol, Sequence, Tuple, Type, TypedDict, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload


# Sizes as layers take them
def _ntuple(n):
    def parse(x):
        if isinstance(x, collections.abc.Iterable) and not isinstance(x, str):
            return tuple(x)
        return tuple(repeat(x, n))
    return parse


to_2tuple = _ntuple(2)
show(to_2tuple(3), to_2tuple((1, 2)), to_2tuple([4, 5]), to_2tuple("ab"))


def make_divisible(v, divisor=8, min_value=None, round_limit=0.9):
    min_value = min_value or divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < round_limit * v:
        new_v += divisor
    return new_v


show([make_divisible(v) for v in (3, 16, 24 * 1.4, 100.5)], math.ceil(3.2), math.floor(-1.5), math.ceil(8 / 3), round(2.5), round(3.5))


# Block strings
def decode(block_str):
    ops = block_str.split("_")
    block_type = ops[0]
    ops = ops[1:]
    options = {}
    skip = None
    for op in ops:
        if op == "noskip":
            skip = False
        elif op == "skip":
            skip = True
        elif op.startswith("n"):
            key = op[0]
            v = op[1:]
            if v == "re":
                value = "relu"
            elif v == "sw":
                value = "swish"
            else:
                continue
            options[key] = value
        else:
            splits = re.split(r"(\d.*)", op)
            if len(splits) >= 2:
                key, value = splits[:2]
                options[key] = value
    num_repeat = int(options["r"])
    return dict(block_type=block_type, kernel=int(options["k"]), stride=int(options["s"]), out=int(options["c"]), exp=float(options.get("e", 1.0)), se=float(options.get("se", 0.0)), skip=skip, act=options.get("n")), num_repeat


show(decode("ir_r2_k3_s2_e6_c24_se0.25_noskip"))
show(decode("ds_r1_k3_s1_c16_nre"))
show(re.match(r"(\w+)_(\d+)x(\d+)", "vit_16x224").groups(), re.findall(r"\d+", "layer4.2.conv1"), re.sub(r"\.(\d+)\.", r"[\1].", "layers.3.weight"))
show(re.fullmatch(r"features\.(\d+)", "features.12").group(1), bool(re.match("x", "y")), re.compile("^(.*denselayer\\d+\\.(?:norm|relu|conv))\\.((?:[12])\\.(?:weight|bias))$").match("a.denselayer1.norm.1.weight").group(1, 2))


# Depth scaling
def scale(repeats, depth_multiplier=1.0, trunc="ceil"):
    num = sum(repeats)
    num_scaled = int(round(num * depth_multiplier)) if trunc == "round" else int(math.ceil(num * depth_multiplier))
    scaled = []
    for r in repeats[::-1]:
        rs = max(1, round(r / num * num_scaled))
        scaled.append(rs)
        num -= r
        num_scaled -= rs
    return scaled[::-1]


show(scale([1, 2, 3], 1.8), scale([4, 3], 1.2, "round"))


# Dataclasses
@dataclass
class Stage:
    depth: int
    width: int = 64
    groups: List[int] = field(default_factory=lambda: [1, 2])
    act: Optional[str] = None
    name: ClassVar[str] = "stage"

    def __post_init__(self):
        self.total = self.depth * self.width

    @classmethod
    def small(cls, **kwargs):
        return cls(2, **kwargs)

    @staticmethod
    def parse(text):
        return Stage(*map(int, text.split("x")))


s = Stage.small(width=8)
show(s, s.total, asdict(s), astuple(Stage.parse("3x5")), replace(s, act="relu"), [f.name for f in fields(s)], is_dataclass(Stage), s == Stage.small(width=8))


@dataclass(frozen=True)
class Base:
    a: int = 1


@dataclass(frozen=True)
class Derived(Base):
    b: Tuple[int, ...] = (1, 2)
    c: Dict[str, int] = field(default_factory=dict, repr=False, compare=False)


show(Derived(), Derived(a=4, b=(3,)), Derived() == Derived(c={"z": 1}))
try:
    Derived().a = 5
except AttributeError:
    show("frozen")


@dataclass(kw_only=True)
class Keyword:
    x: int
    y: int = 2


show(Keyword(x=1))
fails(lambda: Keyword(1))


class Config(NamedTuple):
    channels: int
    kernel: int = 3

    def doubled(self):
        return self._replace(channels=self.channels * 2)


show(Config(8), Config(8).doubled(), Config._fields, Config(1, 2)._asdict(), Config(*[5, 6]).kernel, Config._field_defaults)
Point = namedtuple("Point", "x y", defaults=(0,))
show(Point(1), Point(1, 2) + (3,), Point._make([4, 5]))


# Registries
_entrypoints: Dict[str, Callable[..., Any]] = {}


def register_model(fn: Callable[..., Any]) -> Callable[..., Any]:
    _entrypoints[fn.__name__] = fn
    return fn


def register(name=None):
    def wrapper(fn):
        key = name if name is not None else fn.__name__
        if key in _entrypoints:
            raise ValueError(key)
        _entrypoints[key] = fn
        return fn
    return wrapper


@register_model
def small(pretrained=False, **kwargs):
    return build("small", **dict(dict(depths=(1, 2), dims=[8, 16]), **kwargs))


@register(name="other")
def big(**kwargs):
    args = dict(depths=(3, 4)) | {"extra": 1} | kwargs
    return build("big", **args)


def build(kind, depths=(), dims=None, *, extra=0, **rest):
    return kind, depths, dims, extra, sorted(rest)


show(_entrypoints["small"](drop=0.1, act=None), _entrypoints["other"](depths=1), sorted(_entrypoints), list(_entrypoints))


def popping(**kwargs):
    a = kwargs.pop("a", 1)
    b = kwargs.pop("b")
    kwargs.setdefault("c", 5)
    kwargs.update(d=6)
    return a, b, kwargs


show(popping(b=2, z=3))
fails(lambda: popping())


# Attributes by computed names
class Net:
    def __init__(self, n):
        for i in range(n):
            setattr(self, f"layer{i + 1}", i * 10)
        self.names = [f"layer{i + 1}" for i in range(n)]

    def __getattr__(self, name):
        if name.startswith("missing_"):
            return name[len("missing_"):]
        raise AttributeError(f"no {name!r}")

    def __call__(self, x):
        for name in self.names:
            x += getattr(self, name)
        return x


net = Net(3)
show(net(1), net.layer3, net.missing_x, hasattr(net, "layer9"), getattr(net, "layer9", None), [getattr(net, f"layer{i}") for i in (1, 2)])
fails(lambda: net.nothing)


class Tracked:
    def __init__(self):
        object.__setattr__(self, "_log", [])
        self.a = 1
        self.b = 2

    def __setattr__(self, name, value):
        self._log.append(name)
        super().__setattr__(name, value * 10)

    def __delattr__(self, name):
        self._log.append("-" + name)
        super().__delattr__(name)

    def __contains__(self, key):
        return key in self.__dict__

    def __iter__(self):
        yield from (1, 2, 3)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return (key.start, key.stop, key.step)
        return key


t = Tracked()
del t.b
show(t.a, t._log, "a" in t, list(t), t[1:2], t[..., None], t["k"])


# Generics, protocols, abstract classes, unions at run time
T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self):
        self.items: List[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self


class IntStack(Stack[int]):
    pass


show(IntStack().push(1).push(2).items, Stack[int]().items, isinstance(IntStack(), Stack))


class Sized(Protocol):
    def size(self) -> int: ...


class Block:
    expansion: int = 1

    def size(self) -> int:
        return self.expansion * 4


class Bottleneck(Block):
    expansion = 4


show(Bottleneck().size(), Bottleneck.expansion, issubclass(Bottleneck, Block))
Sizes = Union[int, Tuple[int, int]]
Maybe = int | None
show(isinstance(3, int | str), isinstance(3.0, (int, str)), isinstance(None, Maybe), isinstance(None, Union[str, None]), isinstance((1, 2), Optional[tuple]), isinstance("a", Sizes if False else Maybe))


def typed(x: Sizes, y: Maybe = None, *, mode: Literal["a", "b"] = "a") -> Optional[int]:
    return x if y is None else y


signature = inspect.signature(typed)
show(typed(3), list(signature.parameters), signature.parameters["y"].default, "mode" in signature.parameters, inspect.isclass(Block), inspect.isfunction(typed), callable(net), inspect.ismethod(net.__call__))
show([p.name for p in inspect.signature(Net.__init__).parameters.values()], inspect.signature(build).parameters["depths"].kind == inspect.Parameter.POSITIONAL_OR_KEYWORD)

# Functions as values
norm = partial(build, "norm", extra=2)
show(norm(depths=(1,)), norm.func.__name__, norm.args, norm.keywords, isinstance(norm, partial), partial(norm, dims=3)(depths=0))
show(reduce(operator.mul, [1, 2, 3, 4]), reduce(lambda a, b: a + b, [[1], [2]], []), list(chain.from_iterable([[1], [2, 3]])), list(itertools.accumulate([1, 2, 3])))
show(list(zip(*[(1, "a"), (2, "b")])), sorted([(2, "b"), (1, "z")], key=lambda p: p[1]), sorted("bca", reverse=True), max([(1, 5), (2, 3)], key=lambda p: p[1]), sorted({"b": 1, "a": 2}.items(), key=operator.itemgetter(1)))
show(any(x > 2 for x in (1, 2, 3)), all(isinstance(x, int) for x in [1, 2]), sum(x * x for x in range(4)), [*range(3), *(4, 5)], {**{"a": 1}, "b": 2}, (lambda *a, **k: (a, k))(1, *[2], z=3))
dpr = [x * 0.1 / 3 for x in range(4)]
show([round(x, 3) for x in dpr], list(map(lambda x, y: x + y, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "a"])), dict(zip("ab", [1, 2])), list(enumerate("ab", 1)))
if (n := len(dpr)) > 3:
    show(n, [last := i for i in range(3)], last)


def counter():
    total = 0

    def add(k):
        nonlocal total
        total += k
        return total
    return add


add = counter()
show(add(1), add(2))


# Strings
width, name = 64, "conv"
show(f"{name}_{width:04d}", f"{width / 3:.2f}", f"{name!r:>8}", f"{'a' if width > 3 else 'b'}", f"{width=}", f"{name:{'<'}{8}}|", "%s-%d" % (name, width), "{}:{n}".format(1, n=2), "a.b.c".rsplit(".", 1), "x" * 3, "-".join(map(str, [1, 2])))
show("layer1.0".partition("."), "abc".removeprefix("a"), "abc".removesuffix("c"), "Conv2d".lower(), "a_b".title(), "  x ".strip(), "1,2".split(","), "abc"[::-1], "resnet50".isalnum(), "50".isdigit(), "abc".find("c"), "a-b".replace("-", "_"), "x".zfill(3))

# Copies and containers
defaults = {"a": [1, {"b": 2}]}
deep = copy.deepcopy(defaults)
deep["a"][1]["b"] = 3
shallow = copy.copy(defaults)
show(defaults, deep, shallow["a"] is defaults["a"])
od = OrderedDict([("conv", 1), ("bn", 2)])
od["act"] = 3
od.move_to_end("conv")
show(list(od), od.popitem(last=False), list(od.values()), isinstance(od, dict))
groups = defaultdict(list)
for key, value in [("a", 1), ("b", 2), ("a", 3)]:
    groups[key].append(value)
show(dict(groups), len(groups), groups["z"])
a, (b, *c), d = 1, (2, 3, 4), 5
show(a, b, c, d, sorted({1, 2} | {3}), {1, 2} & {2}, {1, 2} - {2}, divmod(7, 2), -7 // 2, 7 % -3, 2 ** -1, 5 // 2.0, True + 1)
matrix = [[0] * 3 for _ in range(2)]
matrix[0][1] = 5
show(matrix, [row[1] for row in matrix], [x for row in matrix for x in row if x], matrix[-1][::2], list(reversed([1, 2])), [1, 2, 3][-2:], [1, 2] + [3], [1] * 2, (1,) + (2,), slice(1, None), list(range(5, 0, -2)))


class Kind(str, Enum):
    A = "a"
    B = "b"

    @classmethod
    def of(cls, text):
        return cls(text)


show(Kind.A, Kind("b").name, Kind.A == "a", [k.value for k in Kind], Kind.of("a") is Kind.A, Kind["B"].value)


# Class decorators and class registries
def with_size(cls):
    cls.size = 7
    return cls


class Registered:
    registry = {}

    def __init_subclass__(cls, /, key=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry[key or cls.__name__] = cls


@with_size
class Model(Registered, key="model"):
    __slots__ = ("x",)
    _cache: Dict[str, int] = {}

    def __init__(self, x=1):
        self.x = x

    def __repr__(self):
        return f"{self.__class__.__name__}({self.x})"

    def __eq__(self, other):
        return isinstance(other, type(self)) and self.x == other.x

    def __hash__(self):
        return hash(self.x)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    @property
    def y(self):
        return self.x + 1

    @y.setter
    def y(self, value):
        self.x = value - 1


class Other(Registered):
    pass


model = Model()
model.y = 10
show(Registered.registry["model"] is Model, sorted(Registered.registry), Model.size, model, model.x, model == Model(9), hash(model) == hash(9), type(model).__name__, type(model) is Model)
with Model(3) as opened:
    show(opened.x)
Dynamic = type("Dynamic", (Model,), {"extra": 4, "call": lambda self: self.extra + self.x})
show(Dynamic(2).call(), Dynamic.__name__, Dynamic.__mro__[1] is Model, Dynamic.__bases__ == (Model,))
try:
    assert isinstance(model.x, str), f"bad {model.x}"
except AssertionError as error:
    show(str(error), error.args, type(error).__name__)
try:
    raise KeyError("missing") from ValueError("why")
except (KeyError, ValueError) as error:
    show(str(error), error.__cause__.args)
finally:
    show("end")
for i in range(3):
    if i == 5:
        break
else:
    show("no break")
while (i := i - 1) > 0:
    continue
show(i, [x if x else -1 for x in (0, 1)], not [], None or "default", 0 or None, 1 and 2, 1 < 2 <= 2, "a" in {"a": 1})


def gen(n):
    for k in range(n):
        got = yield k
        if got:
            yield got


show(list(gen(3)), next(gen(1)), next(iter([]), "empty"), sum(gen(4)), [*gen(2)], max(gen(3), default=0), max([], default=4))
show(isinstance([], collections.abc.Sequence), isinstance({}, collections.abc.Mapping), isinstance(len, collections.abc.Callable), isinstance(3, collections.abc.Iterable), cast(int, "x"))
