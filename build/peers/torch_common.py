# SPDX-License-Identifier: MIT
# What the PyTorch peers of `npm run bench:peers` share: constants, and the orders of child.mjs, one JSON object a line, each
# answered with one line. One thread.
import json
import sys
import time

import torch
from torch import nn

REPLAY_SIZE = 50_000
GAMMA = 0.99
LEARNING_STARTS = 100


def network(sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def product_speed():
    """GFLOP/s of a product of 256x256 matrices: shows which BLAS there is. Debian's reference BLAS reaches a few."""
    a, least = torch.rand(256, 256), float('inf')
    for _ in range(20):
        since = time.perf_counter()
        torch.mm(a, a)
        least = min(least, time.perf_counter() - since)
    return 2 * 256 ** 3 / least / 1e9


def hello(_):
    threads = torch.get_num_threads()
    how_many = 'one thread' if threads == 1 else f'{threads} threads'
    return {'version': torch.__version__, 'note': f'{how_many}, products at {product_speed():.0f} GFLOP/s'}


def update_case(learner, replay):
    replay.fill_randomly()

    def run(n):
        for _ in range(n):
            learner.update(*replay.sample())
    return run


def serve(make_case, learn):
    """Takes orders until the input ends. make_case(order) returns run(n); learn(order) answers the order `learn`."""
    cases = []

    def open_case(order):
        cases.append(make_case(order))
        return len(cases) - 1

    def time_case(order):
        since = time.perf_counter()
        cases[order['handle']](order['n'])
        return time.perf_counter() - since

    def close_case(order):
        cases[order['handle']] = None
        return 0

    orders = {'hello': hello, 'open': open_case, 'time': time_case, 'close': close_case, 'learn': learn}
    torch.set_num_threads(1)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            reply = {'value': orders[order['order']](order)}
        except Exception as error:  # the other side says it to the person
            reply = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(reply), flush=True)
