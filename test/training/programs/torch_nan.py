"""Losses that stop being finite, each for another reason: the first argument says which."""
import sys

import torch
from torch import nn, optim

torch.manual_seed(0)
kind = sys.argv[1]
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
rate = 1e12 if kind == "weights" else 0.01
optimizer = optim.SGD(model.parameters(), lr=rate)


def likelihood(chance):
    return -torch.log(chance)


for step in range(12):
    x = torch.randn(16, 4)
    if kind == "data" and step == 3:
        x[2, 1] = float("nan")
    out = model(x)
    if kind == "logarithm":
        chance = torch.relu(out) if step == 3 else torch.sigmoid(out)
        loss = likelihood(chance).mean()
    elif kind == "division":
        loss = (out * 0 + 1).div(out.detach() * 0 if step == 3 else out.detach() ** 2 + 1 + out * 0).mean()
    else:
        loss = (out ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
