# SPDX-License-Identifier: MIT
# Two peers of `npm run bench:peers`: DQN on PyTorch, one thread: linear layers over numbers, and the networks of MinAtar and of
# Mnih et al. 2015 over images. Takes the orders of child.mjs. Where its work differs from Bellhop's:
# - gradients by its tape; the environment, replay (NumPy) and exploration in Python;
# - products by the BLAS it was built with and convolutions by oneDNN, whose vectors may be wider than WebAssembly's 128 bits.
# Without an argument it is as Stable-Baselines3 and CleanRL write it. `tuned` is less work: one tensor of all parameters
# (torch_common.py), and images whose channels are last, which oneDNN is faster with. foreach=True (Adam, clipping) was tried:
# not faster here.
import copy
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from torch_common import (GAMMA, IS_TUNED, LEARNING_STARTS, REPLAY_SIZE, CartPole, Descent, decode, encode, network, serve,
                          update_case)

OBSERVATION, ACTIONS = 4, 2
LEARNING_RATE, MAX_NORM = 1e-4, 10
TARGET_INTERVAL = 500
EXPLORATION_STEPS, EXPLORATION_END = 2000, 0.05


class Shape:
    """A network: of images (side, channels, largest value) with convolutions (filters, kernel, stride) first, or of numbers."""

    def __init__(self, sizes, side=0, channels=0, high=1, convolutions=()):
        self.sizes, self.side, self.channels, self.high, self.convolutions = list(sizes), side, channels, high, convolutions

    def build(self):
        layers, channels, side = [], self.channels, self.side
        for filters, kernel, stride in self.convolutions:
            layers += [nn.Conv2d(channels, filters, kernel, stride), nn.ReLU()]
            channels, side = filters, (side - kernel) // stride + 1
        if not layers:
            return network(self.sizes)
        self.flat = (side, side, channels)
        net = nn.Sequential(*layers, nn.Flatten(), *network([side * side * channels, *self.sizes]))
        return net.to(memory_format=torch.channels_last) if IS_TUNED else net

    def inputs(self, x):
        """Of rows as they are stored, or recorded: an image's channels are last there."""
        if self.side == 0:
            return x
        x = x.view(-1, self.side, self.side, self.channels).permute(0, 3, 1, 2)
        return x if IS_TUNED else x.contiguous()

    def read(self, net, values):
        """Bellhop's parameters: weights (inputs, outputs), where an image's channels are last, and biases, layer by layer."""
        at = 0
        for weight, bias, to_theirs in self.layers(net):
            n, o = weight.numel(), bias.numel()
            weight.data.copy_(to_theirs(values[at:at + n], o))
            bias.data.copy_(values[at + n:at + n + o])
            at += n + o

    def write(self, net):
        """The same from a network: each number's place, read back."""
        values = torch.cat([p.detach().reshape(-1) for p in net.parameters()])
        places = copy.deepcopy(net).double()
        self.read(places, torch.arange(len(values), dtype=torch.float64))
        order = torch.cat([p.detach().reshape(-1) for p in places.parameters()]).long()
        out = torch.empty_like(values)
        out[order] = values
        return out

    def layers(self, net):
        first_linear = True
        for module in net:
            if isinstance(module, nn.Conv2d):
                k, c = module.kernel_size[0], module.in_channels
                yield module.weight, module.bias, lambda w, o, k=k, c=c: w.view(k, k, c, o).permute(3, 2, 0, 1)
            elif isinstance(module, nn.Linear):
                if first_linear and self.convolutions:
                    yield module.weight, module.bias, lambda w, o: w.view(*self.flat, o).permute(3, 2, 0, 1).reshape(o, -1)
                else:
                    yield module.weight, module.bias, lambda w, o: w.view(-1, o).t()
                first_linear = False


NATURE = Shape((512, 6), 84, 4, 255, ((32, 8, 4), (64, 4, 2), (64, 3, 1)))
MINATAR = Shape((128, 3), 10, 4, 1, ((16, 3, 1),))


class Learner:
    def __init__(self, shape, learning_rate, max_norm):
        self.shape = shape
        self.online, self.target = shape.build(), shape.build()
        self.sync_target()
        self.descent = Descent(self.online, lambda parameters: torch.optim.Adam(parameters, lr=learning_rate, eps=1e-8), max_norm)

    def sync_target(self):
        self.target.load_state_dict(self.online.state_dict())

    def set_parameters(self, online, target):
        for net, flat in ((self.online, online), (self.target, target)):
            parts = torch.tensor(flat, dtype=torch.float32).split([p.numel() for p in net.parameters()])
            for p, part in zip(net.parameters(), parts):
                p.data.copy_(part.view(p.shape))

    def update(self, x_tm1, a_tm1, r_t, discount_t, x_t):
        with torch.no_grad():
            wanted = r_t + discount_t * self.target(x_t).amax(1)
        q = self.online(x_tm1).gather(1, a_tm1.unsqueeze(1)).squeeze(1)
        loss = F.smooth_l1_loss(q, wanted)
        self.descent.descend(loss)

    def act(self, obs):
        with torch.inference_mode():
            return self.online(torch.from_numpy(obs)).argmax().item()

    def q_values(self, states):
        with torch.inference_mode():
            return self.online(states).flatten().tolist()


class Replay:
    def __init__(self, batch):
        self.batch = batch
        self.x_tm1 = np.zeros((REPLAY_SIZE, OBSERVATION), np.float32)
        self.x_t = np.zeros((REPLAY_SIZE, OBSERVATION), np.float32)
        self.a_tm1 = np.zeros(REPLAY_SIZE, np.int64)
        self.r_t = np.zeros(REPLAY_SIZE, np.float32)
        self.discount_t = np.zeros(REPLAY_SIZE, np.float32)
        self.size = self.next = 0
        self.rng = np.random.default_rng(1)

    def fill_randomly(self):
        self.x_tm1[:] = self.rng.uniform(-1, 1, self.x_tm1.shape)
        self.x_t[:] = self.rng.uniform(-1, 1, self.x_t.shape)
        self.a_tm1[:] = self.rng.integers(ACTIONS, size=REPLAY_SIZE)
        self.r_t[:] = 1
        self.discount_t[:] = GAMMA * (self.rng.random(REPLAY_SIZE) >= 0.05)
        self.size = REPLAY_SIZE

    def add(self, x_tm1, a, r, terminated, x_t):
        at = self.next
        self.x_tm1[at] = x_tm1
        self.x_t[at] = x_t
        self.a_tm1[at] = a
        self.r_t[at] = r
        self.discount_t[at] = 0 if terminated else GAMMA
        self.next = (at + 1) % REPLAY_SIZE
        self.size = max(self.size, at + 1)

    def sample(self):
        at = self.rng.integers(self.size, size=self.batch)
        fields = (self.x_tm1, self.a_tm1, self.r_t, self.discount_t, self.x_t)
        return [torch.from_numpy(field[at]) for field in fields]


class Images:
    """Replay of images, a byte each."""

    def __init__(self, batch, shape, capacity):
        self.batch, self.shape, self.capacity = batch, shape, capacity
        self.rng = np.random.default_rng(1)

    def fill_randomly(self):
        n, shape = self.capacity, (self.capacity, self.shape.side ** 2 * self.shape.channels)
        self.x_tm1, self.x_t = (self.rng.integers(self.shape.high + 1, size=shape, dtype=np.uint8) for _ in range(2))
        self.a_tm1 = self.rng.integers(self.shape.sizes[-1], size=n)
        self.r_t = np.ones(n, np.float32)
        self.discount_t = (GAMMA * (self.rng.random(n) >= 0.05)).astype(np.float32)

    def image(self, stored, at):
        x = torch.from_numpy(stored.take(at, 0)).float()
        return self.shape.inputs(x if self.shape.high == 1 else x.div_(self.shape.high))

    def sample(self):
        at = self.rng.integers(self.capacity, size=self.batch)
        numbers = [torch.from_numpy(field[at]) for field in (self.a_tm1, self.r_t, self.discount_t)]
        return [self.image(self.x_tm1, at), *numbers, self.image(self.x_t, at)]


def loop_case(learner, replay):
    env = CartPole()
    obs, steps = env.reset(), 0

    def run(n):
        nonlocal obs, steps
        for _ in range(n):
            epsilon = max(EXPLORATION_END, 1 - (1 - EXPLORATION_END) * steps / EXPLORATION_STEPS)
            action = random.randrange(ACTIONS) if random.random() < epsilon else learner.act(obs)
            next_obs, fell = env.step(action)
            replay.add(obs, action, 1, fell, next_obs)
            obs = env.reset() if fell or env.steps == 500 else next_obs
            steps += 1
            if steps > LEARNING_STARTS:
                learner.update(*replay.sample())
            if steps % TARGET_INTERVAL == 0:
                learner.sync_target()
    run(2 * LEARNING_STARTS)
    return run


IMAGES = {'nature': (NATURE, 256), 'minatar': (MINATAR, 10_000)}


def shape_of(order):
    """sizes: of images the batch, else hidden units and batch."""
    kind, (first, *_) = order['kind'], order['sizes']
    return IMAGES[kind][0] if kind in IMAGES else Shape((OBSERVATION, first, first, ACTIONS))


def make_case(order):
    kind, batch = order['kind'], order['sizes'][-1]
    learner = Learner(shape_of(order), 7e-4 if kind == 'loop' else LEARNING_RATE, MAX_NORM)
    if kind in IMAGES:
        return update_case(learner, Images(batch, *IMAGES[kind]))
    return (loop_case if kind == 'loop' else update_case)(learner, Replay(batch))


def learn(order):
    options = order['options']
    learner = Learner(Shape(options['sizes']), options['learningRate'], options['maxNorm'])
    learner.set_parameters(order['online'], order['target'])
    q = []
    for batch in order['batches']:
        tensors = {name: torch.tensor(values, dtype=torch.int64 if name == 'a_tm1' else torch.float32) for name, values in batch.items()}
        for name in ('x_tm1', 'x_t'):
            tensors[name] = tensors[name].reshape(-1, options['sizes'][0])
        learner.update(**tensors)
        q += learner.q_values(tensors['x_tm1'])
    return q


def repeat(order):
    """Updates from the given parameters on recorded batches: x_tm1 (B,S), a_tm1, r_t, discount_t, x_t (B,S)."""
    shape, B = shape_of(order), order['sizes'][-1]
    learner = Learner(shape, LEARNING_RATE, MAX_NORM)
    for net in (learner.online, learner.target):
        shape.read(net, decode(order['parameters']))
    for record in map(decode, order['records']):
        S = (len(record) // B - 3) // 2
        x_tm1, a_tm1, r_t, discount_t, x_t = record.split((B * S, B, B, B, B * S))
        x_tm1, x_t = (shape.inputs(x.view(B, S)) for x in (x_tm1, x_t))
        learner.update(x_tm1, a_tm1.long(), r_t, discount_t, x_t)
    return encode(shape.write(learner.online))


serve(make_case, learn, repeat)
