# A decoder-only transformer in one file, as people write and edit it: what the bench edits key by key.
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F


class LayerNorm(nn.Module):
    """A layer norm whose bias can be left out."""

    def __init__(self, width, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.width % config.heads == 0
        # Queries, keys and values of all heads in one product.
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=config.bias)
        self.project = nn.Linear(config.width, config.width, bias=config.bias)
        self.attention_dropout = nn.Dropout(config.dropout)
        self.residual_dropout = nn.Dropout(config.dropout)
        self.heads = config.heads
        self.width = config.width
        self.dropout = config.dropout
        self.fused = hasattr(F, "scaled_dot_product_attention")
        if not self.fused:
            mask = torch.tril(torch.ones(config.context, config.context))
            self.register_buffer("mask", mask.view(1, 1, config.context, config.context))

    def forward(self, x):
        B, T, C = x.size()  # batch, tokens, width
        q, k, v = self.qkv(x).split(self.width, dim=2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)  # (B, heads, T, C / heads)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        if self.fused:
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout if self.training else 0.0, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            scores = scores.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
            scores = self.attention_dropout(F.softmax(scores, dim=-1))
            y = scores @ v
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.residual_dropout(self.project(y))


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.expand = nn.Linear(config.width, 4 * config.width, bias=config.bias)
        self.activation = nn.GELU()
        self.project = nn.Linear(4 * config.width, config.width, bias=config.bias)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        x = self.expand(x)
        x = self.activation(x)
        x = self.project(x)
        return self.dropout(x)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = LayerNorm(config.width, bias=config.bias)
        self.attention = CausalSelfAttention(config)
        self.norm_2 = LayerNorm(config.width, bias=config.bias)
        self.mlp = MLP(config)

    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        x = x + self.mlp(self.norm_2(x))
        return x


@dataclass
class Config:
    context: int = 1024
    vocabulary: int = 50304  # 50257 rounded up to a multiple of 64
    layers: int = 12
    heads: int = 12
    width: int = 768
    dropout: float = 0.0
    bias: bool = True


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.vocabulary is not None
        assert config.context is not None
        self.config = config
        self.transformer = nn.ModuleDict(dict(
            tokens=nn.Embedding(config.vocabulary, config.width),
            positions=nn.Embedding(config.context, config.width),
            dropout=nn.Dropout(config.dropout),
            blocks=nn.ModuleList([Block(config) for _ in range(config.layers)]),
            norm=LayerNorm(config.width, bias=config.bias),
        ))
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        # The embedding and the head share their weight.
        self.transformer.tokens.weight = self.head.weight
        self.apply(self._init_weights)
        for name, parameter in self.named_parameters():
            if name.endswith("project.weight"):
                torch.nn.init.normal_(parameter, mean=0.0, std=0.02 / math.sqrt(2 * config.layers))
        print("%.2fM parameters" % (self.count_parameters() / 1e6,))

    def count_parameters(self, with_positions=False):
        count = sum(p.numel() for p in self.parameters())
        if not with_positions:
            count -= self.transformer.positions.weight.numel()
        return count

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, tokens, targets=None):
        device = tokens.device
        b, t = tokens.size()
        assert t <= self.config.context, f"{t} tokens do not fit a context of {self.config.context}"
        positions = torch.arange(0, t, dtype=torch.long, device=device)
        token_embedding = self.transformer.tokens(tokens)
        position_embedding = self.transformer.positions(positions)
        x = self.transformer.dropout(token_embedding + position_embedding)
        for block in self.transformer.blocks:
            x = block(x)
        x = self.transformer.norm(x)
        if targets is not None:
            logits = self.head(x)
            loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        else:
            # Only the last token is needed to go on writing.
            logits = self.head(x[:, [-1], :])
            loss = None
        return logits, loss

    def optimizer(self, weight_decay, learning_rate, betas):
        parameters = {name: p for name, p in self.named_parameters() if p.requires_grad}
        decayed = [p for name, p in parameters.items() if p.dim() >= 2]
        others = [p for name, p in parameters.items() if p.dim() < 2]
        groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
        return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)

    @torch.no_grad()
    def generate(self, tokens, count, temperature=1.0, top_k=None):
        for _ in range(count):
            recent = tokens if tokens.size(1) <= self.config.context else tokens[:, -self.config.context:]
            logits, _ = self(recent)
            logits = logits[:, -1, :] / temperature
            if top_k is not None:
                best, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits[logits < best[:, [-1]]] = -float("inf")
            probabilities = F.softmax(logits, dim=-1)
            chosen = torch.multinomial(probabilities, num_samples=1)
            tokens = torch.cat((tokens, chosen), dim=1)
        return tokens


if __name__ == "__main__":
    model = GPT(Config(dropout=0.1))
    optimizer = model.optimizer(0.1, 6e-4, (0.9, 0.95))
    for step in range(100):
        tokens = torch.randint(0, 50304, (12, 1024))
        logits, loss = model(tokens, targets=tokens.roll(-1, dims=1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    print(model.generate(tokens[:, :1], 20)[0].tolist())
