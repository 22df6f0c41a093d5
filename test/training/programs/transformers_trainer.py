"""Hugging Face's Trainer on a small model of our own."""
import json
import sys

import torch
from torch import nn
from transformers import Trainer, TrainerCallback, TrainingArguments

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 2)

    def forward(self, x=None, labels=None):
        logits = self.net(x)
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


class Printer(TrainerCallback):
    def on_log(self, args, state, control, logs=None, **kwargs):
        print("STEP", json.dumps(logs))


x = torch.randn(64, 8)
y = (x.sum(1) > 0).long()
data = [{"x": one, "labels": label} for one, label in zip(x, y)]
arguments = TrainingArguments(
    sys.argv[1], num_train_epochs=2, per_device_train_batch_size=16, logging_steps=1, eval_strategy="epoch", save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True,
)
Trainer(Model(), arguments, train_dataset=data, eval_dataset=data, callbacks=[Printer()]).train()
