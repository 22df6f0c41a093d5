"""How a random call of each operation of torch is drawn: an expression in a, b, c … and their tensors. See torch_operations.py."""

calls = {}
sizes = [1, 2, 3, 4, 5]


def shape(rng, low=0, high=4):
    return [rng.choice(sizes if rng.random() < 0.95 else [0, 7]) for _ in range(rng.randint(low, high))]


def spec(dims, letter="f"):
    return ",".join(map(str, dims)) + letter


def some(rng, letters="fffffdiijbu", low=0, high=4):
    letter = rng.choice(letters)
    return spec(shape(rng, low, high), letter)


def axis(rng, rank):
    """Mostly inside the rank."""
    if rng.random() < 0.12:
        return rng.choice([rank, rank + 1, -rank - 1])
    reach = max(rank, 1)
    return rng.randint(-reach, reach - 1)


def fitting(rng, dims):
    """A shape that mostly broadcasts with the other one."""
    other = [one if rng.random() < 0.7 else 1 for one in dims][rng.randint(0, len(dims)) if rng.random() < 0.4 else 0:]
    if rng.random() < 0.15 and other:
        other[rng.randrange(len(other))] = rng.choice(sizes)
    if rng.random() < 0.2:
        other = [rng.choice(sizes)] + other
    return other


def rank_of(text):
    head = text.rstrip("abcdefghijklmnopqrstuvwxyz=0123456789") if False else text
    digits = ""
    for one in head:
        if one.isalpha():
            break
        digits += one
    return len([part for part in digits.split(",") if part])


def dims_of(text):
    digits = ""
    for one in text:
        if one.isalpha():
            break
        digits += one
    return [int(part) for part in digits.split(",") if part]


def declare(*names):
    def keep(draw):
        for name in names:
            calls[name] = lambda rng, name=name: draw(rng, name)
        return draw
    return keep


def either(rng, name, arguments, first="a"):
    """As a function or as a method."""
    if rng.random() < 0.5:
        return f"torch.{name}({first}{', ' if arguments else ''}{arguments})"
    return f"{first}.{name}({arguments})"


@declare(
    "abs", "absolute", "acos", "arccos", "acosh", "asin", "asinh", "atan", "arctan", "atanh", "ceil", "cos", "cosh", "deg2rad", "rad2deg", "digamma", "erf", "erfc",
    "erfinv", "exp", "exp2", "expm1", "floor", "frac", "i0", "lgamma", "log", "log10", "log1p", "log2", "logit", "nan_to_num", "neg", "negative", "positive", "reciprocal",
    "relu", "round", "rsqrt", "sigmoid", "sgn", "sign", "sin", "sinc", "sinh", "sqrt", "square", "tan", "tanh", "trunc", "fix", "logical_not", "bitwise_not", "isnan", "isinf",
    "isfinite", "isposinf", "isneginf", "isreal", "signbit", "angle", "conj", "clone", "detach", "ravel", "numel",
)
def unary(rng, name):
    return either(rng, name, ""), [some(rng, "ffffffdhiijbuck")]


@declare("abs_", "ceil_", "exp_", "floor_", "neg_", "relu_", "round_", "sigmoid_", "sqrt_", "tanh_", "sin_", "zero_", "square_", "logical_not_", "reciprocal_", "log_", "trunc_")
def unary_in_place(rng, name):
    return f"a.{name}()", [some(rng, "ffffdhijbu")]


@declare(
    "add", "sub", "mul", "div", "true_divide", "floor_divide", "remainder", "fmod", "pow", "atan2", "hypot", "copysign", "nextafter", "eq", "ne", "lt", "le", "gt", "ge",
    "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "maximum", "minimum", "fmax", "fmin", "logaddexp", "isclose", "xlogy", "subtract",
    "multiply", "divide", "greater", "less_equal", "not_equal", "float_power", "gcd", "lcm", "heaviside", "bitwise_left_shift", "ldexp",
)
def binary(rng, name):
    dims = shape(rng)
    one = rng.choice("ffffdhijbu" if not name.startswith(("bitwise", "gcd", "lcm")) else "ijjbbuf")
    other = one if rng.random() < 0.6 else rng.choice("fdijbuh")
    if rng.random() < 0.2:
        return either(rng, name, rng.choice(["2", "1.5", "True", "-1"])), [spec(dims, one)]
    return either(rng, name, "b"), [spec(dims, one), spec(fitting(rng, dims), other)]


@declare("+", "-", "*", "/", "//", "%", "**", "==", "<", ">=", "&", "|", "^", "<<")
def operators(rng, name):
    dims = shape(rng)
    one = rng.choice("ffffdhijbu" if name not in "&|^<<" else "ijbbuf")
    other = one if rng.random() < 0.5 else rng.choice("fdijbuh")
    if rng.random() < 0.3:
        value = rng.choice(["2", "1.5", "True"])
        return (f"a {name} {value}" if rng.random() < 0.5 or name in ("**", "<<") else f"{value} {name} a"), [spec(dims, one)]
    return f"a {name} b", [spec(dims, one), spec(fitting(rng, dims), other)]


@declare("add_", "sub_", "mul_", "div_", "pow_", "eq_", "lt_", "logical_and_", "remainder_", "floor_divide_", "copy_")
def binary_in_place(rng, name):
    dims = shape(rng)
    one = rng.choice("ffffdij")
    if rng.random() < 0.2 and name != "copy_":
        return f"a.{name}({rng.choice(['2', '1.5'])})", [spec(dims, one)]
    return f"a.{name}(b)", [spec(dims, one), spec(fitting(rng, dims), one if rng.random() < 0.7 else rng.choice("fdij"))]


@declare("add alpha")
def add_alpha(rng, name):
    dims = shape(rng)
    return f"torch.add(a, b, alpha={rng.choice(['2', '1', '3'])})", [spec(dims, rng.choice("fi")), spec(fitting(rng, dims), rng.choice("fi"))]


@declare("div rounding")
def rounding(rng, name):
    dims = shape(rng)
    mode = rng.choice(["'floor'", "'trunc'", "None", "'up'"])
    return f"torch.div(a, b, rounding_mode={mode})", [spec(dims, rng.choice("fdi")), spec(fitting(rng, dims), rng.choice("fdi"))]


@declare("sum", "prod", "mean", "nansum", "nanmean", "amax", "amin", "all", "any", "std", "var", "logsumexp", "norm", "count_nonzero")
def reduction(rng, name):
    one = some(rng, "ffffffdhijbuk" if name not in ("std", "var", "mean", "norm") else "fffffffdhik")
    rank = rank_of(one)
    if rng.random() < 0.2 and name != "logsumexp":
        return either(rng, name, ""), [one]
    dim = axis(rng, rank)
    text = str(dim) if rng.random() < 0.6 else str(tuple(axis(rng, rank) for _ in range(rng.randint(0 if name in ("sum", "mean", "amax") else 1, 2))))
    parts = [f"{rng.choice(['dim', 'dim', 'axis'])}={text}"]
    if name != "count_nonzero" and rng.random() < 0.5:
        parts.append(f"keepdim={rng.choice(['True', 'False'])}")
    if name in ("sum", "mean", "prod") and rng.random() < 0.15:
        parts.append(f"dtype=torch.{rng.choice(['float64', 'float32', 'int64'])}")
    if name == "norm" and rng.random() < 0.4:
        parts.append(f"p={rng.choice(['1', '2', chr(39) + 'fro' + chr(39)])}")
    return either(rng, name, ", ".join(parts)), [one]


@declare("argmax", "argmin", "max", "min", "median", "nanmedian", "mode", "aminmax")
def positions(rng, name):
    one = some(rng, "ffffffdhijbuk")
    rank = rank_of(one)
    if rng.random() < 0.25 and name != "mode":
        return either(rng, name, ""), [one]
    if rng.random() < 0.15 and name in ("max", "min"):
        return either(rng, name, "b"), [one, spec(fitting(rng, dims_of(one)), "f")]
    dim = axis(rng, rank)
    text = f"dim={dim}" if rng.random() < 0.6 or name == "aminmax" else str(dim)
    return either(rng, name, text + rng.choice(["", ", keepdim=True", ", keepdim=False"])), [one]


@declare("std_mean", "var_mean")
def pair_reduction(rng, name):
    one = some(rng, "fffffdi")
    return f"torch.{name}(a{rng.choice(['', ', dim=' + str(axis(rng, rank_of(one))) + rng.choice(['', ', keepdim=True'])])})", [one]


@declare("quantile", "nanquantile")
def quantile(rng, name):
    one = some(rng, "fffffdi")
    dim = rng.choice(["", f", dim={axis(rng, rank_of(one))}", f", dim={axis(rng, rank_of(one))}, keepdim=True"])
    if rng.random() < 0.4:
        return either(rng, name, f"b{dim}"), [one, spec([rng.choice([1, 2, 3])], rng.choice("f")) .replace("f", "f=0")]
    return either(rng, name, f"0.5{dim}"), [one]


@declare("cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", "softmax", "log_softmax")
def along(rng, name):
    one = some(rng, "fffffdhijbu" if name.startswith("cum") else "ffffffdhi")
    dim = axis(rng, rank_of(one))
    return either(rng, name, f"dim={dim}" if rng.random() < 0.7 else str(dim)), [one]


@declare("diff", "trapezoid")
def difference(rng, name):
    one = some(rng, "ffffi")
    dim = axis(rng, rank_of(one))
    return (f"torch.{name}(a{rng.choice(['', f', dim={dim}'])})" if name == "trapezoid" else either(rng, name, rng.choice(["", f"dim={dim}", f"n=2, dim={dim}"]))), [one]


@declare("view", "reshape")
def view(rng, name):
    dims = shape(rng, 0, 4)
    count = 1
    for size in dims:
        count *= size
    target, left = [], count
    while left > 1 and rng.random() < 0.8:
        divisor = rng.choice([one for one in range(1, left + 1) if left % one == 0])
        target.append(divisor)
        left //= divisor
    target.append(left)
    rng.shuffle(target)
    if rng.random() < 0.4:
        target[rng.randrange(len(target))] = -1
    if rng.random() < 0.2:
        target[rng.randrange(len(target))] = rng.choice([2, 3, -1, 7])
    text = ", ".join(map(str, target))
    call = f"torch.reshape(a, ({text},))" if name == "reshape" and rng.random() < 0.3 else f"a.{name}({text})" if rng.random() < 0.5 else f"a.{name}(({text},))"
    return call, [spec(dims, rng.choice("ffik"))]


@declare("view dtype")
def view_dtype(rng, name):
    return f"a.view(torch.{rng.choice(['int32', 'float32', 'float64', 'uint8', 'int16'])})", [some(rng, "fdij", 1, 3)]


@declare("flatten")
def flatten(rng, name):
    one = some(rng)
    rank = rank_of(one)
    return either(rng, name, rng.choice(["", "1", f"{axis(rng, rank)}", f"start_dim={axis(rng, rank)}", f"{axis(rng, rank)}, {axis(rng, rank)}", f"end_dim={axis(rng, rank)}"])), [one]


@declare("unflatten")
def unflatten(rng, name):
    one = some(rng, "fi", 1, 3)
    dims = dims_of(one)
    at = rng.randrange(len(dims))
    size = dims[at]
    target = rng.choice([f"({size}, 1)", f"(-1, 1)", f"(1, -1)", f"(2, -1)", f"({size + 1}, 1)", f"(1, {size}, 1)"])
    return either(rng, name, f"{rng.choice([at, at - len(dims), axis(rng, len(dims))])}, {target}"), [one]


@declare("squeeze", "squeeze_")
def squeeze(rng, name):
    one = some(rng, "fik")
    rank = rank_of(one)
    arguments = rng.choice(["", str(axis(rng, rank)), f"dim={axis(rng, rank)}", f"({axis(rng, rank)}, {axis(rng, rank)})"])
    return (f"a.{name}({arguments})" if name.endswith("_") else either(rng, name, arguments)), [one]


@declare("unsqueeze", "unsqueeze_")
def unsqueeze(rng, name):
    one = some(rng, "fik")
    text = str(axis(rng, rank_of(one) + 1))
    return (f"a.{name}({text})" if name.endswith("_") else either(rng, name, text)), [one]


@declare("transpose", "swapaxes", "swapdims", "transpose_")
def transpose(rng, name):
    one = some(rng, "fik")
    rank = rank_of(one)
    text = f"{axis(rng, rank)}, {axis(rng, rank)}"
    return (f"a.{name}({text})" if name.endswith("_") else either(rng, name, text)), [one]


@declare("t", "t_")
def t(rng, name):
    one = some(rng, "fik", 0, 3)
    return (f"a.{name}()" if name.endswith("_") else either(rng, name, "")), [one]


@declare("T", "mT", "real", "H")
def attribute(rng, name):
    return f"a.{name}", [some(rng, "fik", 2, 2 if name in "TH" else 4)]


@declare("permute")
def permute(rng, name):
    dims = shape(rng, 0, 4)
    order = list(range(len(dims)))
    rng.shuffle(order)
    order = [one - len(dims) if rng.random() < 0.3 else one for one in order]
    if order and rng.random() < 0.15:
        order[0] = rng.choice([0, 1, 4])
    text = ", ".join(map(str, order))
    return rng.choice([f"a.permute({text})" if order else "a.permute(())", f"a.permute(({text}{',' if order else ''}))", f"torch.permute(a, ({text}{',' if order else ''}))"]), [spec(dims, rng.choice("fk"))]


@declare("movedim", "moveaxis")
def movedim(rng, name):
    one = some(rng, "f", 1, 4)
    rank = rank_of(one)
    if rng.random() < 0.5:
        return either(rng, name, f"{axis(rng, rank)}, {axis(rng, rank)}"), [one]
    return either(rng, name, f"({axis(rng, rank)}, {axis(rng, rank)}), ({axis(rng, rank)}, {axis(rng, rank)})"), [one]


@declare("expand", "broadcast_to")
def expand(rng, name):
    dims = shape(rng, 0, 3)
    target = [rng.choice([2, 3]) for _ in range(rng.randint(0, 2))] + [one if one != 1 else rng.choice([1, 4]) for one in dims]
    target = [-1 if rng.random() < 0.2 else one for one in target]
    if rng.random() < 0.15 and target:
        target[rng.randrange(len(target))] = rng.choice([2, 6])
    if rng.random() < 0.05:
        target = target[1:]
    text = ", ".join(map(str, target))
    comma = "," if target else ""
    return (f"a.expand({text})" if name == "expand" and target and rng.random() < 0.6 else f"a.{name}(({text}{comma}))"), [spec(dims, rng.choice("fk"))]


@declare("expand_as", "view_as", "reshape_as", "type_as")
def as_other(rng, name):
    dims = shape(rng, 0, 3)
    other = [rng.choice([2])] * rng.randint(0, 1) + [one if one != 1 else rng.choice([1, 3]) for one in dims] if name == "expand_as" else (dims[::-1] if rng.random() < 0.7 else shape(rng, 0, 3))
    return f"a.{name}(b)", [spec(dims, "f"), spec(other, rng.choice("fi"))]


@declare("repeat", "tile")
def repeat(rng, name):
    dims = shape(rng, 0, 3)
    times = [rng.choice([1, 2, 3]) for _ in range(max(1, len(dims) + rng.randint(-1, 1)))]
    text = ", ".join(map(str, times))
    return rng.choice([f"a.{name}({text})", f"a.{name}(({text},))"] + ([f"torch.tile(a, ({text},))"] if name == "tile" else [])), [spec(dims, rng.choice("fk"))]


@declare("repeat_interleave")
def repeat_interleave(rng, name):
    one = some(rng, "fk", 0, 3)
    rank = rank_of(one)
    dims = dims_of(one)
    if rng.random() < 0.3 and dims:
        at = rng.randrange(len(dims))
        return either(rng, name, f"b, dim={at}"), [one, spec([dims[at] if rng.random() < 0.7 else 3], "i=2")]
    return either(rng, name, rng.choice(["2", f"3, dim={axis(rng, rank)}", f"2, {axis(rng, rank)}"])), [one]


@declare("roll")
def roll(rng, name):
    one = some(rng, "fi")
    rank = rank_of(one)
    return either(rng, name, rng.choice(["1", f"1, {axis(rng, rank)}", f"(1, 2), ({axis(rng, rank)}, {axis(rng, rank)})", f"shifts=(1,), dims=({axis(rng, rank)},)", "(1, 2), 0"])), [one]


@declare("flip")
def flip(rng, name):
    one = some(rng, "fk")
    rank = rank_of(one)
    axes = [axis(rng, rank) for _ in range(rng.randint(1, 2))]
    return rng.choice([f"torch.flip(a, {axes})", f"a.flip({', '.join(map(str, axes))})", f"torch.flip(a, dims={axes})"]), [one]


@declare("fliplr", "flipud", "adjoint", "trace", "msort", "nonzero", "argwhere", "det", "inverse", "logdet", "slogdet", "matrix_exp", "diagflat", "pinverse")
def plain(rng, name):
    if name in ("det", "inverse", "logdet", "slogdet", "matrix_exp", "pinverse"):
        size = rng.choice(sizes)
        dims = shape(rng, 0, 1) + [size, size if rng.random() < 0.75 or name == "pinverse" else rng.choice(sizes)]
        return either(rng, name, ""), [spec(dims if rng.random() < 0.9 else dims[-1:], rng.choice("ffffdi"))]
    return either(rng, name, ""), [some(rng, "fffik", 0, 3)]


@declare("rot90")
def rot90(rng, name):
    one = some(rng, "f")
    rank = rank_of(one)
    return either(rng, name, rng.choice(["", "1, (0, 1)", f"{rng.randint(-1, 4)}, ({axis(rng, rank)}, {axis(rng, rank)})"])), [one]


@declare("narrow")
def narrow(rng, name):
    one = some(rng, "fk")
    rank = rank_of(one)
    return either(rng, name, f"{axis(rng, rank)}, {rng.choice([0, 0, 1, -1])}, {rng.choice([0, 1, 2, 3])}"), [one]


@declare("select")
def select(rng, name):
    one = some(rng, "fk")
    return either(rng, name, f"{axis(rng, rank_of(one))}, {rng.choice([0, 0, 1, -1, 2])}"), [one]


@declare("unfold")
def unfold(rng, name):
    one = some(rng, "f")
    return f"a.unfold({axis(rng, rank_of(one))}, {rng.choice([1, 2, 3])}, {rng.choice([1, 2])})", [one]


@declare("unbind")
def unbind(rng, name):
    one = some(rng, "fk")
    return either(rng, name, rng.choice(["", str(axis(rng, rank_of(one))), f"dim={axis(rng, rank_of(one))}"])), [one]


@declare("chunk", "tensor_split")
def chunk(rng, name):
    one = some(rng, "fk")
    rank = rank_of(one)
    count = rng.choice(["2", "3", "1", "4"] + ([] if name == "chunk" else ["(1, 2)", "[1]"]))
    return either(rng, name, f"{count}" + rng.choice(["", f", dim={axis(rng, rank)}", f", {axis(rng, rank)}"])), [one]


@declare("split")
def split(rng, name):
    one = some(rng, "fk", 1, 3)
    dims = dims_of(one)
    at = rng.randrange(len(dims))
    size = dims[at]
    first = rng.randint(0, size)
    text = rng.choice(["2", "1", "3", f"[{first}, {size - first}]", f"[{first}, {size - first + 1}]", f"({size},)"])
    return either(rng, name, f"{text}, dim={rng.choice([at, at - len(dims), axis(rng, len(dims))])}"), [one]


@declare("hsplit", "vsplit", "dsplit")
def hsplit(rng, name):
    return either(rng, name, rng.choice(["2", "1", "(1,)", "3"])), [some(rng, "f", 0, 4)]


@declare("diagonal")
def diagonal(rng, name):
    one = some(rng, "f")
    rank = rank_of(one)
    return either(rng, name, rng.choice(["", "1", "-1", f"dim1={axis(rng, rank)}, dim2={axis(rng, rank)}", f"0, {axis(rng, rank)}, {axis(rng, rank)}"])), [one]


@declare("diag", "triu", "tril")
def diag(rng, name):
    return either(rng, name, rng.choice(["", "1", "-1", "diagonal=2"])), [some(rng, "fik", 0, 3)]


@declare("diag_embed")
def diag_embed(rng, name):
    one = some(rng, "f", 0, 3)
    rank = rank_of(one) + 1
    return either(rng, name, rng.choice(["", "1", f"0, {axis(rng, rank)}, {axis(rng, rank)}"])), [one]


@declare("view_as_real", "view_as_complex", "imag")
def as_complex(rng, name):
    dims = shape(rng, 0, 3)
    if name == "view_as_complex" and rng.random() < 0.7:
        dims += [2]
    return f"torch.{name}(a)", [spec(dims, rng.choice("fffdi" if name == "view_as_complex" else "cccf"))]


@declare("atleast_1d", "atleast_2d", "atleast_3d")
def atleast(rng, name):
    return rng.choice([f"torch.{name}(a)", f"torch.{name}(a, b)"]), [some(rng, "f"), some(rng, "f")]


@declare("cat", "concat", "stack")
def cat(rng, name):
    dims = shape(rng, 0 if name == "stack" else 1, 3)
    rank = len(dims) + (1 if name == "stack" else 0)
    at = axis(rng, rank)
    others = []
    for _ in range(rng.choice([1, 2, 2, 3])):
        other = list(dims)
        if name != "stack" and -len(dims) <= at < len(dims) and rng.random() < 0.8:
            other[at] = rng.choice(sizes)
        if rng.random() < 0.1 and other:
            other[rng.randrange(len(other))] += 1
        if rng.random() < 0.04:
            other = other + [2]
        if rng.random() < 0.04:
            other = [0]
        others.append(spec(other, rng.choice("ffffi")))
    names = ", ".join("abc"[: len(others)])
    return rng.choice([f"torch.{name}([{names}], dim={at})", f"torch.{name}(({names},), {at})", f"torch.{name}([{names}], axis={at})"]), others


@declare("hstack", "vstack", "dstack", "column_stack")
def stacks(rng, name):
    dims = shape(rng, 0, 3)
    other = list(dims)
    if other and rng.random() < 0.5:
        other[rng.randrange(len(other))] = rng.choice(sizes)
    return f"torch.{name}(({rng.choice(['a, b', 'a, b, a', 'a,'])}))", [spec(dims, "f"), spec(other, rng.choice("ffi"))]


@declare("block_diag", "cartesian_prod", "broadcast_tensors")
def several(rng, name):
    low, high = (0, 3) if name != "cartesian_prod" else (1, 1 if rng.random() < 0.9 else 2)
    dims = shape(rng, low, high)
    return f"torch.{name}({rng.choice(['a, b', 'a', 'a, b, a'])})", [spec(dims, "f"), spec(fitting(rng, dims) if name == "broadcast_tensors" else shape(rng, low, high), "f")]


@declare("meshgrid")
def meshgrid(rng, name):
    return rng.choice(["torch.meshgrid(a, b)", "torch.meshgrid(a, b, indexing='xy')", "torch.meshgrid([a, b, c], indexing='ij')", "torch.meshgrid(a, indexing='xy')"]), [some(rng, "fk", 0, 1 if rng.random() < 0.9 else 2) for _ in range(3)]


@declare("combinations")
def combinations(rng, name):
    return f"torch.combinations(a, r={rng.choice([0, 1, 2, 3])}, with_replacement={rng.choice(['True', 'False'])})", [some(rng, "f", 1, 1 if rng.random() < 0.9 else 2)]


@declare("broadcast_shapes")
def broadcast_shapes(rng, name):
    dims = shape(rng)
    return f"torch.broadcast_shapes({tuple(dims)}, {tuple(fitting(rng, dims))})", []


@declare("getitem")
def getitem(rng, name):
    one = some(rng, "ffk", 1, 4)
    dims = dims_of(one)
    parts, specs, used, mask_used = [], [one], 0, False
    rest = False
    while used < len(dims) and rng.random() < 0.85:
        kind = rng.choice(["slice", "slice", "slice", "int", "none", "rest", "index", "list", "mask", "step"])
        size = dims[used]
        if kind == "slice":
            parts.append(rng.choice([":", "1:", ":2", ":-1", "-2:", "0:1", "3:1"]))
        elif kind == "step":
            parts.append(rng.choice(["::2", "1::2", ":4:3"]))
        elif kind == "int":
            parts.append(str(rng.choice([0, 0, -1, 1, 2])))
        elif kind == "none":
            parts.append("None")
            continue
        elif kind == "rest":
            if rest:
                continue
            rest = True
            parts.append("...")
            break
        elif kind == "index" and len(specs) < 3 and size:
            specs.append(spec(shape(rng, 1, 2), f"i{max(1, size)}") if rng.random() < 0.85 else spec([2], f"i={size}"))
            parts.append("bc"[len(specs) - 2])
        elif kind == "list":
            parts.append(rng.choice(["[0]", "[0, 0]", "[0, -1]"]))
        elif kind == "mask" and len(specs) < 3:
            specs.append(spec([size if rng.random() < 0.85 else size + 1], "b"))
            parts.append("bc"[len(specs) - 2])
        else:
            continue
        used += 1
    if rng.random() < 0.05:
        parts += ["0"] * 3
    return (f"a[{', '.join(parts)}]" if parts else "a[...]"), specs


@declare("gather", "take_along_dim")
def gather(rng, name):
    dims = shape(rng, 1, 3)
    at = axis(rng, len(dims))
    other = [rng.randint(1, max(1, one)) for one in dims] if name == "gather" else list(dims)
    inside = -len(dims) <= at < len(dims)
    if inside:
        other[at] = rng.choice(sizes)
    if rng.random() < 0.1:
        other[rng.randrange(len(other))] += 3
    if rng.random() < 0.05:
        other = other[1:]
    bound = dims[at] if inside else 1
    index = spec(other, f"i{max(1, bound)}") if rng.random() < 0.85 else spec(other, rng.choice([f"i={bound}", "f"]))
    return either(rng, name, f"{at}, b" if name == "gather" else f"b, dim={at}"), [spec(dims, rng.choice("ffi")), index]


@declare("scatter", "scatter_", "scatter_add", "scatter_add_", "scatter_reduce")
def scatter(rng, name):
    dims = shape(rng, 1, 3)
    at = axis(rng, len(dims))
    other = [rng.randint(1, max(1, one)) for one in dims]
    if rng.random() < 0.08:
        other[rng.randrange(len(other))] += 3
    bound = dims[at] if -len(dims) <= at < len(dims) else 1
    index = spec(other, f"i{max(1, bound)}") if rng.random() < 0.9 else spec(other, f"i={bound}")
    source = [one + rng.randint(0, 1) for one in other] if rng.random() < 0.9 else [max(0, one - 1) for one in other]
    if name in ("scatter", "scatter_") and rng.random() < 0.4:
        return f"a.{name}({at}, b, {rng.choice(['1', '2.5'])})", [spec(dims, "f"), index]
    tail = ", reduce='sum'" if name == "scatter_reduce" else ""
    return f"a.{name}({at}, b, c{tail})", [spec(dims, "f"), index, spec(source, rng.choice("fffffd"))]


@declare("index_select")
def index_select(rng, name):
    dims = shape(rng, 0, 3)
    at = axis(rng, len(dims))
    bound = dims[at] if -len(dims) <= at < len(dims) else 1
    index = spec(shape(rng, 1, 1), f"i{max(1, bound)}") if rng.random() < 0.8 else spec(shape(rng, 0, 2), rng.choice([f"i={bound}", "f", "i=0"]))
    return either(rng, name, f"{at}, b"), [spec(dims, rng.choice("fi")), index]


@declare("index_add", "index_add_", "index_copy", "index_fill", "index_fill_")
def index_add(rng, name):
    dims = shape(rng, 1, 3)
    at = axis(rng, len(dims))
    inside = -len(dims) <= at < len(dims)
    bound = dims[at] if inside else 1
    count = rng.choice([1, 2, 3])
    index = spec([count], f"i{max(1, bound)}") if rng.random() < 0.85 else spec([count], f"i={bound}")
    if name.startswith("index_fill"):
        return f"a.{name}({at}, b, 1.5)", [spec(dims, "f"), index]
    source = list(dims)
    if inside:
        source[at] = count if rng.random() < 0.85 else count + 1
    if rng.random() < 0.08:
        source[rng.randrange(len(source))] += 1
    return f"a.{name}({at}, b, c)", [spec(dims, "f"), index, spec(source, rng.choice("fffffi"))]


@declare("take")
def take(rng, name):
    one = some(rng, "f", 1, 3)
    count = 1
    for size in dims_of(one):
        count *= size
    return either(rng, name, "b"), [one, spec(shape(rng, 0, 2), f"i{max(1, count)}" if rng.random() < 0.85 else f"i={count}")]


@declare("masked_fill", "masked_fill_", "masked_select")
def masked(rng, name):
    dims = shape(rng)
    mask = spec(fitting(rng, dims), "b" if rng.random() < 0.9 else rng.choice("fi"))
    value = "" if name == "masked_select" else rng.choice([", 0", ", -1e9", ", float('-inf')", ", True"])
    return f"a.{name}(b{value})", [spec(dims, rng.choice("ffi")), mask]


@declare("where")
def where(rng, name):
    dims = shape(rng)
    form = rng.choice(["torch.where(a, b, c)", "torch.where(a, b, 0)", "torch.where(a, 1.0, c)", "torch.where(a, b, c)", "b.where(a, c)", "torch.where(a)", "torch.where(a, 1, 0)"])
    return form, [spec(dims, "b" if rng.random() < 0.9 else "f"), spec(fitting(rng, dims), rng.choice("ffi")), spec(fitting(rng, dims), rng.choice("ffdi"))]


@declare("clamp", "clip", "clamp_")
def clamp(rng, name):
    dims = shape(rng)
    form = rng.choice(["min=0", "0, 1", "max=0.5", "-1, 1", "min=b", "", "b, c"])
    text = f"a.{name}({form})" if name.endswith("_") else either(rng, name, form)
    return text, [spec(dims, rng.choice("ffik")), spec(fitting(rng, dims), "f"), spec(fitting(rng, dims), "f")]


@declare("clamp_min", "clamp_max")
def clamp_one(rng, name):
    return either(rng, name, rng.choice(["0", "0.5", "2"])), [some(rng, "ffik")]


@declare("lerp", "addcmul", "addcdiv")
def three(rng, name):
    dims = shape(rng)
    letter = rng.choice("fffdi")
    third = "c" if name != "lerp" or rng.random() < 0.5 else "0.5"
    return either(rng, name, f"b, {third}"), [spec(dims, letter), spec(fitting(rng, dims), letter), spec(fitting(rng, dims), letter)]


@declare("sort", "argsort")
def sort(rng, name):
    one = some(rng, "ffikbc" if rng.random() < 0.3 else "ffik")
    dim = axis(rng, rank_of(one))
    return either(rng, name, rng.choice(["", f"dim={dim}", f"{dim}, True", f"dim={dim}, descending=True", "descending=True", "stable=True"])), [one]


@declare("topk", "kthvalue")
def topk(rng, name):
    one = some(rng, "ffik")
    dim = axis(rng, rank_of(one))
    return either(rng, name, f"{rng.choice([1, 1, 2, 3])}" + rng.choice(["", f", dim={dim}", f", {dim}"])), [one]


@declare("unique", "unique_consecutive")
def unique(rng, name):
    one = some(rng, "fik")
    dim = axis(rng, rank_of(one))
    return either(rng, name, rng.choice(["", "return_counts=True", "return_inverse=True", "return_inverse=True, return_counts=True", f"dim={dim}"])), [one]


@declare("matmul", "@", "linalg.matmul")
def matmul(rng, name):
    inner = rng.choice(sizes)
    left = shape(rng, 0, 2) + [inner]
    batch = left[:-2]
    right = fitting(rng, batch) + [inner if rng.random() < 0.85 else rng.choice(sizes), rng.choice(sizes)]
    if rng.random() < 0.2:
        right = [inner if rng.random() < 0.85 else 3]
    if rng.random() < 0.03:
        left = []
    one = rng.choice("ffffffdi")
    other = one if rng.random() < 0.85 else rng.choice("fdi")
    text = "a @ b" if name == "@" else f"torch.{name}(a, b)"
    return text, [spec(left, one), spec(right, other)]


@declare("mm", "bmm", "mv", "dot", "vdot", "inner", "outer", "ger")
def products(rng, name):
    size, inner, batch = rng.choice(sizes), rng.choice(sizes), rng.choice(sizes)
    other_inner = inner if rng.random() < 0.85 else rng.choice(sizes)
    left, right = {
        "mm": ([size, inner], [other_inner, 3]), "bmm": ([batch, size, inner], [batch if rng.random() < 0.9 else 2, other_inner, 3]), "mv": ([size, inner], [other_inner]), "dot": ([inner], [other_inner]),
        "vdot": ([inner], [other_inner]), "inner": (shape(rng, 0, 2) + [inner], shape(rng, 0, 2) + [other_inner]), "outer": ([size], [inner]), "ger": ([size], [inner]),
    }[name]
    if rng.random() < 0.12:
        left = left[1:] if rng.random() < 0.5 else [2] + left
    one = rng.choice("ffffffdi")
    other = one if rng.random() < 0.88 or name in ("outer", "ger") else rng.choice("fdi")
    return either(rng, name, "b"), [spec(left, one), spec(right, other)]


@declare("addmm", "addmv", "addr", "addbmm", "baddbmm")
def added(rng, name):
    size, inner, batch, columns = (rng.choice(sizes) for _ in range(4))
    other_inner = inner if rng.random() < 0.9 else rng.choice(sizes)
    result, left, right = {
        "addmm": ([size, columns], [size, inner], [other_inner, columns]), "addmv": ([size], [size, inner], [other_inner]), "addr": ([size, columns], [size], [columns]),
        "addbmm": ([size, columns], [batch, size, inner], [batch, other_inner, columns]), "baddbmm": ([batch, size, columns], [batch, size, inner], [batch, other_inner, columns]),
    }[name]
    first = fitting(rng, result) if rng.random() < 0.5 else result
    return either(rng, name, "b, c"), [spec(first, "f"), spec(left, "f"), spec(right, "f" if rng.random() < 0.93 else "d")]


@declare("einsum")
def einsum(rng, name):
    size, inner, batch, columns = (rng.choice(sizes) for _ in range(4))
    other = inner if rng.random() < 0.85 else rng.choice(sizes)
    return rng.choice([
        ("'ij,jk->ik'", [[size, inner], [other, columns]]), ("'bij,bjk->bik'", [[batch, size, inner], [batch, other, columns]]), ("'bhqd,bhkd->bhqk'", [[batch, 2, size, inner], [batch, 2, columns, other]]),
        ("'i,j->ij'", [[size], [columns]]), ("'ij,ij->'", [[size, inner], [size, other]]), ("'...ij,...jk->...ik'", [[batch, size, inner], [other, columns]]), ("'ij,jk'", [[size, inner], [other, columns]]),
        ("'bij->bji'", [[batch, size, inner]]), ("'ij->i'", [[size, inner, 2] if rng.random() < 0.2 else [size, inner]]), ("'ii->i'", [[size, size]]), ("'bnd,ndh->bnh'", [[batch, size, inner], [size, other, columns]]),
    ]) if False else _einsum(rng, size, inner, batch, columns, other)


def _einsum(rng, size, inner, batch, columns, other):
    equation, shapes = rng.choice([
        ("'ij,jk->ik'", [[size, inner], [other, columns]]), ("'bij,bjk->bik'", [[batch, size, inner], [batch, other, columns]]), ("'bhqd,bhkd->bhqk'", [[batch, 2, size, inner], [batch, 2, columns, other]]),
        ("'i,j->ij'", [[size], [columns]]), ("'ij,ij->'", [[size, inner], [size, other]]), ("'...ij,...jk->...ik'", [[batch, size, inner], [other, columns]]), ("'ij,jk'", [[size, inner], [other, columns]]),
        ("'bij->bji'", [[batch, size, inner]]), ("'ij->i'", [[size, inner, 2] if rng.random() < 0.2 else [size, inner]]), ("'ii->i'", [[size, size]]), ("'bnd,ndh->bnh'", [[batch, size, inner], [size, other, columns]]),
    ])
    names = ", ".join("ab"[: len(shapes)])
    return f"torch.einsum({equation}, {names})", [spec(one, "f") for one in shapes]


@declare("tensordot")
def tensordot(rng, name):
    left, right = shape(rng, 2, 3), shape(rng, 2, 3)
    if rng.random() < 0.7:
        right[0], right[1] = (left[-1], right[1]) if rng.random() < 0.5 else (left[-2], left[-1])
    return f"torch.tensordot(a, b, dims={rng.choice(['1', '2', '([-1], [0])', '([0], [1])'])})", [spec(left, "f"), spec(right, "f")]


@declare("kron")
def kron(rng, name):
    return either(rng, name, "b"), [some(rng, "ffi", 0, 3), some(rng, "ffi", 0, 3)]


@declare("cross", "linalg.cross")
def cross(rng, name):
    dims = shape(rng, 1, 3)
    at = rng.randrange(len(dims))
    dims[at] = 3 if rng.random() < 0.9 else 2
    return f"torch.{name}(a, b, dim={at})", [spec(dims, "f"), spec(dims if rng.random() < 0.7 else fitting(rng, dims), "f")]


@declare("dist", "cdist", "pdist")
def distances(rng, name):
    if name == "pdist":
        return "torch.pdist(a)", [some(rng, "fffi", 1, 3)]
    if name == "dist":
        dims = shape(rng)
        return either(rng, name, "b"), [spec(dims, "f"), spec(fitting(rng, dims), "f")]
    inner = rng.choice(sizes)
    batch = shape(rng, 0, 1)
    return "torch.cdist(a, b)", [spec(batch + [rng.choice(sizes), inner] if rng.random() < 0.95 else [inner], "f"), spec(fitting(rng, batch) + [rng.choice(sizes), inner if rng.random() < 0.85 else 2], rng.choice("fffffi"))]


@declare("matrix_power", "cholesky", "svd", "qr")
def decompositions(rng, name):
    size = rng.choice([1, 2, 3])
    dims = shape(rng, 0, 1) + [size, size if rng.random() < (0.8 if name == "matrix_power" else 0.4) else rng.choice(sizes)]
    text = {"matrix_power": "2", "cholesky": "", "svd": rng.choice(["", "some=False"]), "qr": rng.choice(["", "some=False"])}[name]
    if name == "cholesky":
        return f"torch.cholesky(torch.eye({size}) * 2 + 0 * a[..., :1, :1])", [spec(dims, "f")]
    return either(rng, name, text), [spec(dims if rng.random() < 0.92 else [3], rng.choice("fffffi"))]


@declare("linalg.svd", "linalg.qr", "linalg.svdvals", "linalg.pinv", "linalg.matrix_rank", "linalg.eig", "linalg.eigh", "linalg.eigvals", "linalg.eigvalsh", "linalg.inv", "linalg.det", "linalg.slogdet", "linalg.matrix_norm", "linalg.matrix_power")
def linalg(rng, name):
    size = rng.choice([1, 2, 3])
    square = name.split(".")[1] in ("eig", "eigh", "eigvals", "eigvalsh", "inv", "det", "slogdet", "matrix_power")
    dims = shape(rng, 0, 1) + [size, size if rng.random() < (0.85 if square else 0.3) else rng.choice([1, 2, 3, 4])]
    tail = {"linalg.svd": rng.choice(["", ", full_matrices=False"]), "linalg.qr": rng.choice(["", ", mode='complete'"]), "linalg.matrix_power": ", 3", "linalg.matrix_norm": rng.choice(["", ", keepdim=True"])}.get(name, "")
    return f"torch.{name}(a{tail})", [spec(dims if rng.random() < 0.92 else [3], rng.choice("fffffdi"))]


@declare("linalg.norm", "linalg.vector_norm")
def norms(rng, name):
    one = some(rng, "fffffi")
    dim = axis(rng, rank_of(one))
    return f"torch.{name}(a{rng.choice(['', f', dim={dim}', f', dim={dim}, keepdim=True', ', ord=1', f', 2, {dim}'])})", [one]


@declare("linalg.solve")
def solve(rng, name):
    size = rng.choice([1, 2, 3])
    return "torch.linalg.solve(a, b)", [spec([size, size if rng.random() < 0.9 else 4], "f"), spec(rng.choice([[size], [size, 2], [size + 1, 2]]), "f")]


@declare("fft.fft", "fft.ifft", "fft.rfft", "fft.irfft", "fft.hfft", "fft.ihfft")
def fft(rng, name):
    one = some(rng, "fffffdic" if "rfft" not in name or "irfft" in name else "fffffdi", 0, 3)
    dim = axis(rng, rank_of(one))
    return f"torch.{name}(a{rng.choice(['', f', dim={dim}', ', n=6', f', n=3, dim={dim}'])})", [one]


@declare("fft.fft2", "fft.ifft2", "fft.rfft2", "fft.irfft2", "fft.fftn", "fft.rfftn", "fft.irfftn", "fft.ifftn")
def fft2(rng, name):
    one = some(rng, "ffffc" if not name.startswith("fft.rfft") else "ffff", 1, 4)
    return f"torch.{name}(a{rng.choice(['', ', s=(4, 6)', ', dim=(0, 1)', ', dim=(-2, -1)'])})", [one]


@declare("fft.fftshift", "fft.ifftshift")
def shift(rng, name):
    one = some(rng, "f")
    return f"torch.{name}(a{rng.choice(['', f', dim={axis(rng, rank_of(one))}'])})", [one]


@declare("fft.fftfreq", "fft.rfftfreq")
def frequencies(rng, name):
    return f"torch.{name}({rng.choice([1, 4, 5, 8])}{rng.choice(['', ', 0.5', ', d=2.0'])})", []


@declare("stft")
def stft(rng, name):
    size = rng.choice([4, 8, 6])
    batch = shape(rng, 0, 1)
    return f"torch.stft(a, {size}{rng.choice(['', ', hop_length=2', ', 3'])}{rng.choice(['', ', center=False'])}{rng.choice([', return_complex=True', ', return_complex=True', ', return_complex=False', ''])}{rng.choice(['', ', onesided=False'])})", [spec(batch + [rng.choice([16, 20, 3])], "f")]


@declare("histc")
def histc(rng, name):
    return either(rng, name, rng.choice(["", "10", "bins=5, min=0, max=1"])), [some(rng, "fffi", 0, 2)]


@declare("bincount")
def bincount(rng, name):
    return either(rng, name, rng.choice(["", "minlength=4", "minlength=7"])), [rng.choice([spec([rng.choice(sizes)], "i=3"), spec([4], "f"), spec([2, 2], "i=1"), spec([3], "i5")])]


@declare("bucketize", "searchsorted")
def buckets(rng, name):
    if name == "bucketize":
        return rng.choice(["torch.bucketize(a, b)", "torch.bucketize(1.5, b)", "torch.bucketize(a, b, out_int32=True)"]), [some(rng, "fi"), spec(shape(rng, 1, 1 if rng.random() < 0.9 else 2), "k")]
    batch = shape(rng, 0, 1)
    return "torch.searchsorted(b, a)", [spec((batch if rng.random() < 0.9 else [4]) + [rng.choice(sizes)], "f"), spec(batch + [4], "k")]


@declare("isin")
def isin(rng, name):
    return "torch.isin(a, b)", [some(rng, "fi"), some(rng, "fi", 1, 2)]


@declare("zeros", "ones", "empty", "rand", "randn")
def filled(rng, name):
    dims = shape(rng, 1, 3)
    dtype = rng.choice(["", "", ", dtype=torch.float64"] + ([] if name.startswith("rand") else [", dtype=torch.long", ", dtype=torch.bool"]))
    text = ", ".join(map(str, dims))
    return rng.choice([f"torch.{name}({text}{dtype})", f"torch.{name}(({text},){dtype})", f"torch.{name}(size=({text},){dtype})"]), []


@declare("full")
def full(rng, name):
    return f"torch.full({tuple(shape(rng, 0, 3))}, {rng.choice(['1', '2.5', 'True', '0'])}{rng.choice(['', ', dtype=torch.float64'])})", []


@declare("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like")
def like(rng, name):
    return f"torch.{name}(a{rng.choice(['', '', ', dtype=torch.float64'])})", [some(rng, "fffi")]


@declare("new_zeros", "new_ones", "new_empty", "new_full", "new_tensor")
def new(rng, name):
    text = ", ".join(map(str, shape(rng, 1, 3)))
    if name == "new_tensor":
        return f"a.new_tensor({rng.choice(['[1, 2]', '[[1.5], [2]]', '3'])})", [some(rng, "fi")]
    if name == "new_full":
        return f"a.new_full(({text},), {rng.choice(['1', '2.5'])})", [some(rng, "fd")]
    return rng.choice([f"a.{name}({text})", f"a.{name}(({text},))", f"a.{name}({text}, dtype=torch.int64)"]), [some(rng, "fid")]


@declare("arange")
def arange(rng, name):
    return rng.choice([f"torch.arange({rng.randint(0, 9)})", f"torch.arange({rng.randint(0, 4)}, {rng.randint(3, 9)})", f"torch.arange(0, {rng.randint(1, 9)}, {rng.choice([2, 3])})", f"torch.arange({rng.choice([1.5, 4.0])})", f"torch.arange(0, 1, 0.25)", f"torch.arange({rng.randint(3, 9)}, 0, -1)", f"torch.arange({rng.randint(1, 9)}, dtype=torch.float32)", f"torch.arange(start=1, end={rng.randint(2, 9)})", "torch.arange(5, 1)", "torch.arange(end=4)"]), []


@declare("linspace", "logspace")
def linspace(rng, name):
    return f"torch.{name}({rng.choice(['0, 1', '-1, 1', 'start=2, end=3'])}, {rng.choice(['', 'steps='])}{rng.choice([1, 5, 0, 10])}{rng.choice(['', ', dtype=torch.float64'])})".replace("end=3, 1", "end=3, steps=1").replace("end=3, 5", "end=3, steps=5").replace("end=3, 0", "end=3, steps=0"), []


@declare("eye", "tril_indices", "triu_indices")
def eye(rng, name):
    if name == "eye":
        return rng.choice([f"torch.eye({rng.randint(0, 4)})", f"torch.eye({rng.randint(1, 4)}, {rng.randint(1, 4)})", "torch.eye(3, dtype=torch.long)"]), []
    return f"torch.{name}({rng.randint(1, 4)}, {rng.randint(1, 4)}{rng.choice(['', ', 1', ', offset=-1', ', offset=2'])})", []


@declare("tensor", "as_tensor")
def tensor(rng, name):
    return f"torch.{name}({rng.choice(['1', '2.5', 'True', '[1, 2]', '[1.0, 2]', '[[1, 2], [3, 4]]', '[]', '[[]]', '[True, False]', '(1, 2, 3)', '[[1.5], [2.5]]', '[[[1]]]'])}{rng.choice(['', '', ', dtype=torch.float64', ', dtype=torch.long'])})", []


@declare("Tensor", "FloatTensor", "LongTensor", "ByteTensor")
def legacy(rng, name):
    return f"torch.{name}({rng.choice(['', '2', '2, 3', '[1, 2]', '[[1, 2], [3, 4]]', '3, 1, 2', '(2, 3)'])})", []


@declare("complex", "polar")
def complexes(rng, name):
    dims = shape(rng)
    letter = rng.choice("fffdi")
    return f"torch.{name}(a, b)", [spec(dims, letter), spec(fitting(rng, dims), letter if rng.random() < 0.9 else "d")]


@declare("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window")
def windows(rng, name):
    return f"torch.{name}({rng.choice([1, 4, 5, 8])}{rng.choice(['', ', periodic=False', ', dtype=torch.float64'])})", []


@declare("randint", "randperm")
def randint(rng, name):
    if name == "randperm":
        return f"torch.randperm({rng.choice([0, 1, 5, 8])})", []
    dims = tuple(shape(rng, 0, 3))
    return rng.choice([f"torch.randint(10, {dims})", f"torch.randint(2, 10, {dims})", f"torch.randint(high=5, size={dims})", f"torch.randint(low=0, high=5, size={dims})", f"torch.randint(0, 2, {dims}, dtype=torch.int32)", f"torch.randint(0, 2, size={dims})", f"torch.randint(5, 5, {dims})"]), []


@declare("normal", "bernoulli", "multinomial")
def randoms(rng, name):
    dims = shape(rng)
    if name == "normal":
        return rng.choice([f"torch.normal(0.0, 1.0, size={tuple(dims)})", "torch.normal(a, b)", "torch.normal(a)", "torch.normal(a, 2.0)"]), [spec(dims, "f"), spec(fitting(rng, dims), "f=1")]
    if name == "bernoulli":
        return rng.choice(["torch.bernoulli(a)", "a.bernoulli(0.5)", "torch.bernoulli(a, 0.3)"]), [spec(dims, rng.choice(["f=0", "f=1", "f=0", "i=1"]))]
    return either(rng, name, rng.choice(["1", "2", "3, True", "5, replacement=True", "2, replacement=False"])), [spec(shape(rng, 1, 2 if rng.random() < 0.9 else 3), rng.choice(["f=1", "f=1", "f=1", "i=1"]))]


@declare("uniform_", "normal_", "random_", "bernoulli_", "exponential_", "fill_", "fill_diagonal_")
def fills(rng, name):
    text = {"uniform_": rng.choice(["", "-1, 1"]), "normal_": rng.choice(["", "0, 0.02", "mean=0.0, std=0.01"]), "fill_": rng.choice(["1", "0.5", "True"]), "fill_diagonal_": "1"}.get(name, "")
    return f"a.{name}({text})", [some(rng, "ffffi")]


@declare("float", "double", "half", "bfloat16", "int", "long", "short", "char", "byte", "bool", "cpu", "contiguous", "element_size", "dim", "nelement", "ndimension", "is_floating_point", "is_complex")
def casts(rng, name):
    return f"a.{name}()", [some(rng, "fdhijbuk")]


@declare("to", "type")
def to(rng, name):
    dtype = rng.choice(["float32", "float64", "int64", "bool", "float16", "uint8"])
    if name == "type":
        return rng.choice([f"a.type(torch.{dtype})", "a.type(torch.LongTensor)", "a.type('torch.FloatTensor')"]), [some(rng, "fdijbu")]
    return rng.choice([f"a.to(torch.{dtype})", f"a.to(dtype=torch.{dtype})", "a.to('cpu')", "a.to(b)", f"a.to('cpu', torch.{dtype})", f"a.to(device='cpu', dtype=torch.{dtype})", f"a.to('cpu', non_blocking=True)"]), [some(rng, "fdijbu"), some(rng, "fdi")]


@declare("item", "tolist", "size", "shape", "len", "equal", "ndim", "size dim")
def python(rng, name):
    if name == "item":
        return "a.item()", [some(rng, "fiib", 0, 2) if rng.random() < 0.5 else rng.choice(["i=3", "1f=2", "1,1i=4", "b"])]
    if name == "tolist":
        return "a.tolist()", [spec(shape(rng, 0, 2), rng.choice(["i=3", "f=2", "k"]))]
    if name == "len":
        return "len(a)", [some(rng, "f", 1, 3)]
    if name == "equal":
        return "torch.equal(a, b)", [spec([2, 2], rng.choice(["i=1", "i=2"])), spec(rng.choice([[2, 2], [2], [4]]), rng.choice(["i=1", "i=2"]))]
    if name == "shape":
        return "a.shape", [some(rng, "f")]
    if name == "ndim":
        return "a.ndim", [some(rng, "f")]
    one = some(rng, "f")
    return ("a.size()" if name == "size" else f"a.size({axis(rng, rank_of(one))})"), [one]


@declare("stride", "vander", "cov", "corrcoef", "renorm")
def others(rng, name):
    if name == "stride":
        return "len(a.stride())", [some(rng, "f")]
    if name == "vander":
        return rng.choice(["torch.vander(a)", "torch.vander(a, 3)", "torch.vander(a, N=2)"]), [some(rng, "fi", 1, 1 if rng.random() < 0.9 else 2)]
    if name == "renorm":
        return "a.renorm(2, 0, 1.0)", [some(rng, "f", 2, 3)]
    return either(rng, name, ""), [some(rng, "fffi", 0, 2)]


@declare("setitem")
def setitem(rng, name):
    one = some(rng, "fi", 1, 3)
    dims = dims_of(one)
    index = rng.choice(["0", ":", "..., 0", "0:1", "-1", "..., :1"])
    value = rng.choice(["1", "0.5", "b"])
    return f"(a.__setitem__({index.replace(':1', 'slice(None, 1)').replace('0slice', 'slice').replace('...', 'Ellipsis').replace(':', 'slice(None)') if ',' not in index else '(' + index.replace(':1', 'slice(None, 1)').replace('...', 'Ellipsis') + ')'}, {value}), a)[1]", [one, spec(fitting(rng, dims[1:]), "f")]


@declare("promotion")
def promotion(rng, name):
    """Tensors without axes give way like Python's numbers."""
    one, other = rng.choice("fdhijbu"), rng.choice("fdhijbu")
    first, second = rng.choice([[], [2], [1]]), rng.choice([[], [2], [1]])
    return rng.choice(["a + b", "a * b", "a / b", "torch.maximum(a, b)", "torch.where(a > 1, a, b)", "a + b + 1", "a * 2.5 + b"]), [spec(first, one), spec(second, other)]
