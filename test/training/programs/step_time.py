"""Steps of about a millisecond, in turn with and without the launcher's hooks. Prints microseconds of processor time a step: without
hooks, what the hooks add on the training thread, what the writing thread takes beside it.
"""
import json
import random
import statistics
import time

import torch
from torch import nn
from torch.optim import optimizer as optimizers

torch.manual_seed(0)
torch.set_num_threads(1)
WIDTH, BATCH, PAIRS = 160, 48, 4000
model = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
criterion = nn.CrossEntropyLoss()
x = torch.randn(BATCH, WIDTH)
y = torch.randint(0, 10, (BATCH,))
# Called as functions: to exchange a class' methods would cost both sides their look-ups.
backwards = {True: torch.Tensor.backward, False: torch.Tensor.backward.__wrapped__}
criteria = {True: nn.modules.loss._Loss.__call__, False: nn.Module.__call__}
hooks = optimizers._global_optimizer_post_hooks
kept = dict(hooks)
assert kept and criteria[True] is not criteria[False], "not under the launcher"


def step(on):
    backward, call = backwards[on], criteria[on]
    hooks.clear()
    if on:
        hooks.update(kept)
    began = time.thread_time_ns()
    optimizer.zero_grad()
    loss = call(criterion, model(x), y)
    backward(loss)
    optimizer.step()
    return (time.thread_time_ns() - began) / 1000


for epoch in range(50):
    step(True), step(False)
whole, own = time.process_time(), time.thread_time()
taken = {True: [], False: []}
order = [True, False]
for epoch in range(PAIRS):
    random.shuffle(order)
    for on in order:
        taken[on].append(step(on))
beside = ((time.process_time() - whole) - (time.thread_time() - own)) / PAIRS
# The fastest tenth of each: what others do on the machine slows the rest down.
hooked, plain = (statistics.quantiles(taken[on], n=10)[0] for on in (True, False))
print("TIMES", json.dumps({"plain": plain, "added": hooked - plain, "beside": beside * 1e6}))
