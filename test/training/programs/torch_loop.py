"""A training loop written by hand, as PyTorch's tutorials have it."""
import json

import torch
from torch import nn

torch.manual_seed(0)
EPOCHS = 3
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
criterion = nn.CrossEntropyLoss()
x = torch.randn(64, 8)
y = (x.sum(1) > 0).long()


def evaluate():
    model.eval()
    total = 0
    with torch.no_grad():
        for at in range(0, 64, 32):
            total += criterion(model(x[at:at + 32]), y[at:at + 32]).item()
    return total / 2


for t in range(EPOCHS):
    model.train()
    for at in range(0, 64, 16):
        optimizer.zero_grad()
        loss = criterion(model(x[at:at + 16]), y[at:at + 16])
        loss.backward()
        optimizer.step()
        print("STEP", json.dumps({"loss": loss.item()}))
    print("RATE", json.dumps(optimizer.param_groups[0]["lr"]))
    scheduler.step()
    print("VALIDATION", json.dumps(evaluate()))
