# SPDX-License-Identifier: MIT
# Two peers of `npm run bench:peers`: a language model on PyTorch, one thread: 2 layers, 4 heads, windows of 64, a vocabulary of
# 128, the output tied to the embedding. Takes the orders of child.mjs. Without an argument a step is as nanoGPT writes it, whose
# attention is matmul, mask, softmax, matmul where PyTorch has no other (before 2.0); `tuned` is less work: one tensor of all
# parameters (torch_common.py), the mask added by the product. Writing has a cache of keys and values made once; its weights are
# transposed once in `tuned`.
import math

import torch
from torch import nn
from torch.nn import functional as F

from torch_common import IS_TUNED, Descent, decode, encode, serve

VOCABULARY, CONTEXT, LAYERS, HEADS = 128, 64, 2, 4
ROWS = 256
LEARNING_RATE = 1e-3


class Attention(nn.Module):
    def __init__(self, C):
        super().__init__()
        self.qkv, self.out = nn.Linear(C, 3 * C), nn.Linear(C, C)
        self.scale = 1 / math.sqrt(C // HEADS)
        hidden = torch.ones(CONTEXT, CONTEXT).triu(1).bool()
        self.register_buffer('hidden', hidden.view(1, 1, CONTEXT, CONTEXT))
        self.register_buffer('mask', torch.zeros(CONTEXT, CONTEXT).masked_fill(hidden, -math.inf))

    def heads(self, x):
        B, T, C = x.shape
        return [part.view(B, T, HEADS, C // HEADS).transpose(1, 2) for part in self.qkv(x).split(C, dim=2)]

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.heads(x)
        if IS_TUNED:
            q, k, v = (part.reshape(B * HEADS, T, -1) for part in (q, k, v))
            y = torch.baddbmm(self.mask, q, k.transpose(1, 2), alpha=self.scale).softmax(2).bmm(v).view(B, HEADS, T, -1)
        else:
            weights = (q @ k.transpose(-2, -1)) * self.scale
            y = F.softmax(weights.masked_fill(self.hidden, -math.inf), dim=-1) @ v
        return self.out(y.transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, C):
        super().__init__()
        self.ln_1, self.attention, self.ln_2 = nn.LayerNorm(C), Attention(C), nn.LayerNorm(C)
        self.up, self.down = nn.Linear(C, 4 * C), nn.Linear(4 * C, C)

    def forward(self, x):
        x = x + self.attention(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))

    def mlp(self, x):
        return self.down(F.gelu(self.up(x), approximate='tanh'))


class Model(nn.Module):
    def __init__(self, C):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(VOCABULARY, C), nn.Embedding(CONTEXT, C)
        self.blocks = nn.ModuleList(Block(C) for _ in range(LAYERS))
        self.ln_f = nn.LayerNorm(C)
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02)
        self.register_buffer('positions', torch.arange(CONTEXT))

    def forward(self, tokens, targets):
        x = self.wte(tokens) + self.wpe(self.positions)
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.ln_f(x), self.wte.weight)
        return F.cross_entropy(logits.view(-1, VOCABULARY), targets.reshape(-1))

    def read(self, values):
        """Bellhop's parameters: linear weights (inputs, outputs)."""
        at = 0
        for p, is_linear in self.places():
            part = values[at:at + p.numel()]
            p.data.copy_(part.view(p.shape[::-1]).t() if is_linear else part.view(p.shape))
            at += p.numel()

    def write(self):
        return torch.cat([(p.t() if is_linear else p).detach().reshape(-1) for p, is_linear in self.places()])

    def places(self):
        embeddings = (self.wte.weight, self.wpe.weight)
        for p in self.parameters():
            yield p, p.dim() == 2 and not any(p is one for one in embeddings)


class Trainer:
    def __init__(self, C):
        self.model = Model(C)
        self.descent = Descent(self.model, lambda parameters: torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.01), 1)

    def step(self, tokens, targets):
        self.descent.descend(self.model(tokens, targets))


class Writer:
    """Greedy writing, one position after the other."""

    def __init__(self, model):
        self.model = model
        C = model.wte.weight.shape[1]
        self.keys, self.values = (torch.zeros(LAYERS, HEADS, CONTEXT, C // HEADS) for _ in range(2))
        if IS_TUNED:
            self.weights = [[(layer.weight.detach().t().contiguous(), layer.bias.detach())
                             for layer in (b.attention.qkv, b.attention.out, b.up, b.down)] for b in model.blocks]

    def linear(self, l, i, x):
        if IS_TUNED:
            w, b = self.weights[l][i]
            return torch.addmm(b, x, w)
        block = self.model.blocks[l]
        return (block.attention.qkv, block.attention.out, block.up, block.down)[i](x)

    def logits(self, token, t):
        m = self.model
        x = m.wte.weight[token:token + 1] + m.wpe.weight[t:t + 1]
        for l, block in enumerate(m.blocks):
            q, k, v = self.linear(l, 0, block.ln_1(x)).view(3, HEADS, 1, -1)
            self.keys[l, :, t:t + 1], self.values[l, :, t:t + 1] = k, v
            weights = (q @ self.keys[l, :, :t + 1].transpose(1, 2)) * block.attention.scale
            x = x + self.linear(l, 1, (weights.softmax(2) @ self.values[l, :, :t + 1]).view(1, -1))
            x = x + self.linear(l, 3, F.gelu(self.linear(l, 2, block.ln_2(x)), approximate='tanh'))
        return F.linear(m.ln_f(x), m.wte.weight)[0]

    def write(self):
        """From token 0 until the context is full; token 0 is never written."""
        written, token = [], 0
        with torch.inference_mode():
            for t in range(CONTEXT - 1):
                token = 1 + self.logits(token, t)[1:].argmax().item()
                written.append(token)
        return written


def make_case(order):
    """`lm`: d_model and batch, a run is a step; `decode`: d_model, a run writes a context."""
    C, *batch = order['sizes']
    trainer = Trainer(C)
    if order['kind'] == 'decode':
        writer = Writer(trainer.model)
        return lambda n: [writer.write() for _ in range(n)]
    rows = torch.randint(1, VOCABULARY, (ROWS, CONTEXT + 1))

    def run(n):
        for _ in range(n):
            some = rows[torch.randint(ROWS, (batch[0],))]
            trainer.step(some[:, :-1], some[:, 1:])
    return run


def repeat(order):
    """`lm`: steps from the given parameters on recorded tokens and targets; answers parameters. `decode`: what is written."""
    trainer = Trainer(order['sizes'][0])
    trainer.model.read(decode(order['parameters']))
    if order['kind'] == 'decode':
        return encode(torch.tensor(Writer(trainer.model).write()))
    for record in map(decode, order['records']):
        tokens, targets = record.long().view(2, -1, CONTEXT)
        trainer.step(tokens, targets)
    return encode(trainer.model.write())


serve(make_case, repeat=repeat)
