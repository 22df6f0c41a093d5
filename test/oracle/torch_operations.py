"""Random calls of torch's operations with what real PyTorch answers, for test/facts/torch-operations.jsonl.

    python test/oracle/torch_operations.py OUT [--seed N] [--stored N] [--only NAME,NAME] [--calls MODULE]

MODULE stands beside this file: torch_distribution_calls for torch-distributions.jsonl.
One line an operation: {"o": name, "c": [[expression, tensors, answer], ...]}. Tensors are named a, b, c … in the expression; each
is `sizes` + letter of the type (f d h e i j b u c), whole numbers with their bound (`i5`: from 0 to 4) or one value (`i=7`), and `k` for
0, 1, 2 … as floats. An answer is `sizes` + letter [+ `~low~high` of the elements], several in brackets, a Python number as `int:3`,
or `!Exception`. Where no element of the tensors was drawn, few elements of the answer follow as `#first,second`.
"""

import importlib
import json
import random
import sys
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

letters = {
    torch.float32: "f", torch.float64: "d", torch.float16: "h", torch.bfloat16: "e", torch.int64: "i", torch.int32: "j", torch.int16: "s",
    torch.int8: "y", torch.bool: "b", torch.uint8: "u", torch.complex64: "c", torch.complex128: "z",
}
types = {letter: dtype for dtype, letter in letters.items()}


def build(spec):
    at = next((i for i, one in enumerate(spec) if one.isalpha()), len(spec))
    sizes = tuple(int(size) for size in spec[:at].split(",") if size)
    letter, rest = spec[at], spec[at + 1:]
    if letter == "k":
        count = 1
        for size in sizes:
            count *= size
        return torch.arange(count, dtype=torch.float32).reshape(sizes)
    dtype = types[letter]
    if rest.startswith("="):
        return torch.full(sizes, int(rest[1:]), dtype=dtype)
    if letter == "b":
        return torch.randn(sizes) > 0
    if dtype.is_floating_point or dtype.is_complex:
        return torch.randn(sizes, dtype=dtype)
    return torch.randint(0, int(rest or 5), sizes, dtype=dtype)


def number(value):
    return f"{value:.4g}"


def answer(value, known=False):
    if isinstance(value, torch.Tensor):
        text = ",".join(map(str, value.shape)) + letters.get(value.dtype, "?")
        if value.numel() and not value.dtype.is_complex and value.dtype in letters:
            plain = value.detach().double().reshape(-1)
            if torch.isfinite(plain).all():
                text += f"~{number(plain.min().item())}~{number(plain.max().item())}"
                if known and 1 < value.numel() <= 12:
                    text += "#" + ",".join(number(one) for one in plain.tolist())
        return text
    if isinstance(value, (tuple, list)):
        return "(" + ";".join(answer(one, known) for one in value) + ")"
    if isinstance(value, bool):
        return f"bool:{value}"
    if isinstance(value, int):
        return f"int:{value}"
    if isinstance(value, float):
        return f"float:{number(value)}"
    return type(value).__name__


def ask(expression, specs):
    names = {"torch": torch}
    for name, spec in zip("abcde", specs):
        names[name] = build(spec)
    try:
        known = all(spec.endswith("k") or "=" in spec for spec in specs) and "rand" not in expression
        return answer(eval(expression, names), known)
    except Exception as error:
        # What depends on the elements drawn is no fact of the call.
        return None if "ZeroDivision" in str(error) else "!" + type(error).__name__


def main():
    out = sys.argv[1]
    options = dict(zip(sys.argv[2::2], sys.argv[3::2]))
    seed, stored = int(options.get("--seed", 1)), int(options.get("--stored", 30))
    only = options.get("--only", "").split(",") if "--only" in options else None
    calls = importlib.import_module(options.get("--calls", "torch_operation_calls")).calls
    with open(out, "w") as file:
        for name, draw in calls.items():
            if only and name not in only:
                continue
            rng = random.Random(f"{seed} {name}")
            torch.manual_seed(seed)
            kept, refused, seen = [], 0, set()
            for _ in range(stored * 8):
                expression, specs = draw(rng)
                key = (expression, tuple(specs))
                if key in seen:
                    continue
                seen.add(key)
                found = ask(expression, specs)
                if found is None:
                    continue
                # Refusals are a third of what is stored, at most.
                if found.startswith("!"):
                    if refused >= stored // 3:
                        continue
                    refused += 1
                kept.append([expression, ";".join(specs), found])
                if len(kept) == stored:
                    break
            file.write(json.dumps({"o": name, "c": kept}, separators=(",", ":")) + "\n")


main()
