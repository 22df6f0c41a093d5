"""A Lightning module that logs by step and by epoch."""
import json

import lightning
import torch
from torch import nn

lightning.seed_everything(3)


class Module(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 2)

    def training_step(self, batch, index):
        x, y = batch
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        print("STEP", json.dumps({"train_loss": loss.item()}))
        return loss

    def validation_step(self, batch, index):
        x, y = batch
        self.log("val_loss", nn.functional.cross_entropy(self.net(x), y))

    def on_train_epoch_end(self):
        values = {name: value.item() for name, value in self.trainer.callback_metrics.items()}
        print("EPOCH", json.dumps({"train_loss": values["train_loss_epoch"], "val_loss": values["val_loss"]}))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


x = torch.randn(64, 8)
y = (x.sum(1) > 0).long()
data = torch.utils.data.TensorDataset(x, y)
trainer = lightning.Trainer(max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, log_every_n_steps=1)
trainer.fit(Module(), torch.utils.data.DataLoader(data, batch_size=16), torch.utils.data.DataLoader(data, batch_size=32))
