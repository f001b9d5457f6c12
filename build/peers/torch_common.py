# SPDX-License-Identifier: MIT
# What the PyTorch peers of `npm run bench:peers` share: constants, optimizers, and the orders of child.mjs, one JSON object a
# line, each answered with one line. One thread; the clock is the process's own time on the processor.
import base64
import ctypes
import json
import math
import random
import sys
import time

import numpy as np
import torch
from torch import nn

REPLAY_SIZE = 50_000
GAMMA = 0.99
LEARNING_STARTS = 100
IS_TUNED = 'tuned' in sys.argv[1:]


class Usual:
    """The step of an optimizer as Stable-Baselines3, CleanRL and nanoGPT write it."""

    def __init__(self, module, make_optimizer, max_norm):
        self.parameters = list(module.parameters())
        self.max_norm = max_norm
        self.optimizer = make_optimizer(self.parameters)

    def descend(self, loss):
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.max_norm)
        self.optimizer.step()


class Tuned:
    """Less work than that: all parameters are parts of one tensor, so that clipping and a step are a few operations."""

    def __init__(self, module, make_optimizer, max_norm):
        self.parameters = list(module.parameters())
        self.max_norm = max_norm
        self.values = torch.cat([p.detach().reshape(-1) for p in self.parameters])
        for p, part in zip(self.parameters, self.values.split([p.numel() for p in self.parameters])):
            p.data = part.view(p.shape)
        self.values.grad = torch.zeros_like(self.values)
        self.optimizer = make_optimizer([self.values])

    def descend(self, loss):
        gradients = torch.autograd.grad(loss, self.parameters)
        torch.cat([g.reshape(-1) for g in gradients], out=self.values.grad)
        self.values.grad.mul_((self.max_norm / (self.values.grad.norm() + 1e-6)).clamp_(max=1))
        self.optimizer.step()


Descent = Tuned if IS_TUNED else Usual


def decode(text):
    """Of float32 numbers in base64."""
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), np.float32).copy())


def encode(values):
    return base64.b64encode(values.detach().float().contiguous().numpy().tobytes()).decode()


def network(sizes, activation=nn.ReLU):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def product_speed():
    """GFLOP/s of a product of 256x256 matrices: shows which BLAS there is. Debian's reference BLAS reaches a few."""
    a, least = torch.rand(256, 256), float('inf')
    for _ in range(50):
        since = time.process_time()
        torch.mm(a, a)
        least = min(least, time.process_time() - since)
    return 2 * 256 ** 3 / least / 1e9


def blas():
    """Which BLAS the products use, and of OpenBLAS the core type whose kernels it has chosen."""
    with open('/proc/self/maps') as maps:
        libraries = {line.split()[-1] for line in maps if '/lib' in line and 'blas' in line}
    for path in libraries:
        library = ctypes.CDLL(path)
        if hasattr(library, 'openblas_get_corename'):
            library.openblas_get_corename.restype = library.openblas_get_config.restype = ctypes.c_char_p
            version = library.openblas_get_config().decode().split()[1]
            return f'OpenBLAS {version} {library.openblas_get_corename().decode()}'
    return 'MKL' if torch.backends.mkl.is_available() else 'a BLAS that does not say its name'


def product_error():
    """Largest error of a product: some core types compute wrong results on processors they were not made for."""
    a = torch.rand(67, 131, generator=torch.Generator().manual_seed(1))
    return (torch.mm(a, a.t()).double() - torch.mm(a.double(), a.double().t())).abs().max().item()


def hello(_):
    threads, speed = torch.get_num_threads(), product_speed()
    how_many = 'one thread' if threads == 1 else f'{threads} threads'
    return {'version': torch.__version__, 'note': f'{how_many}, {blas()}, products at {speed:.0f} GFLOP/s',
            'product_speed': speed, 'product_error': product_error()}


class CartPole:
    """CartPole-v1 as Gymnasium has it, in plain floats: faster than Gymnasium's own arrays."""

    def reset(self):
        self.state = tuple(random.uniform(-0.05, 0.05) for _ in range(4))
        self.steps = 0
        return np.array(self.state, np.float32)

    def step(self, action):
        x, x_dot, theta, theta_dot = self.state
        force = 10.0 if action == 1 else -10.0
        cos, sin = math.cos(theta), math.sin(theta)
        temp = (force + 0.05 * theta_dot * theta_dot * sin) / 1.1
        theta_acc = (9.8 * sin - cos * temp) / (0.5 * (4 / 3 - 0.1 * cos * cos / 1.1))
        x_acc = temp - 0.05 * theta_acc * cos / 1.1
        x += 0.02 * x_dot
        theta += 0.02 * theta_dot
        self.state = (x, x_dot + 0.02 * x_acc, theta, theta_dot + 0.02 * theta_acc)
        self.steps += 1
        fell = abs(x) > 2.4 or abs(theta) > 12 * math.pi / 180
        return np.array(self.state, np.float32), fell


def update_case(learner, replay):
    replay.fill_randomly()

    def run(n):
        for _ in range(n):
            learner.update(*replay.sample())
    return run


def serve(make_case, learn=None, repeat=None):
    """Takes orders until the input ends. make_case(order) returns run(n); learn(order) and repeat(order) answer the orders of
    these names."""
    cases = []

    def open_case(order):
        cases.append(make_case(order))
        return len(cases) - 1

    def time_case(order):
        since = time.process_time()
        cases[order['handle']](order['n'])
        return time.process_time() - since

    def close_case(order):
        cases[order['handle']] = None
        return 0

    orders = {'hello': hello, 'open': open_case, 'time': time_case, 'close': close_case, 'learn': learn, 'repeat': repeat}
    torch.set_num_threads(1)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            reply = {'value': orders[order['order']](order)}
        except Exception as error:  # the other side says it to the person
            reply = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(reply), flush=True)
