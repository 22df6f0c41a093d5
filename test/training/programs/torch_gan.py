"""Two losses and two optimizers, one of them scaled; at the end the numbers are no longer finite."""
import json

import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 1)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def train(generator, critic, steps):
    optimizers = [torch.optim.SGD(one.parameters(), lr=rate) for one, rate in ((generator, 0.1), (critic, 0.01))]
    scaler = torch.amp.GradScaler("cpu")
    for step in range(steps):
        x = torch.randn(8, 4)
        loss_critic = critic(x).pow(2).mean() + 1
        optimizers[1].zero_grad()
        scaler.scale(loss_critic).backward()
        scaler.step(optimizers[1])
        scaler.update()
        loss_generator = generator(x).pow(2).mean()
        if step > 5:
            loss_generator = loss_generator * float("nan")
        optimizers[0].zero_grad()
        loss_generator.backward()
        optimizers[0].step()
        print("STEP", json.dumps({"loss_critic": loss_critic.item(), "loss_generator": str(loss_generator.item())}))


train(Net(), Net(), 10)
