"""Asks numpy, Keras (TensorFlow backend) and PyTorch which element type two operands make.

    python test/oracle/dtype_facts.py > test/tensors/dtype-facts.json

Each row is [left, right, numpy's, Keras', PyTorch's]; null where the library refuses. `python-int` stands for a Python number.
"""
import itertools
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import torch
from keras.src import backend

DTYPES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float8_e4m3fn float8_e5m2 float16 bfloat16 float32 float64 complex64 complex128"
).split()
NUMBERS = {"python-bool": True, "python-int": 1, "python-float": 1.0, "python-complex": 1j}


def of_numpy(left, right):
    if left in NUMBERS and right in NUMBERS:
        return np.result_type(np.asarray(NUMBERS[left]), np.asarray(NUMBERS[right]))
    return np.result_type(*[NUMBERS[name] if name in NUMBERS else np.dtype(name) for name in (left, right)])


def of_keras(left, right):
    return backend.result_type(*[type(NUMBERS[name]) if name in NUMBERS else name for name in (left, right)])


def of_torch(left, right):
    operands = [NUMBERS[name] if name in NUMBERS else torch.ones(1, dtype=getattr(torch, name)) for name in (left, right)]
    return str(torch.result_type(*operands)).removeprefix("torch.")


def attempt(function, left, right):
    try:
        return str(function(left, right))
    except (ValueError, TypeError, RuntimeError):
        return None


pairs = itertools.combinations_with_replacement([*DTYPES, *NUMBERS], 2)
rows = [[left, right, *[attempt(function, left, right) for function in (of_numpy, of_keras, of_torch)]] for left, right in pairs]
rows_text = ",\n".join(json.dumps(row) for row in rows)
sys.stdout.write(f"[\n{rows_text}\n]\n")
