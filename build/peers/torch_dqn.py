# SPDX-License-Identifier: MIT
# A peer of `npm run bench:peers`: DQN on PyTorch, one thread, as Stable-Baselines3 and CleanRL write it. Takes the orders of
# child.mjs. Where its work differs from Bellhop's:
# - gradients by its tape; the environment, replay (NumPy) and exploration in Python;
# - products by the BLAS it was built with, whose vectors may be wider than WebAssembly's 128 bits (AVX2, AVX-512).
# foreach=True (Adam, clipping) was tried: not faster here.
import math
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from torch_common import GAMMA, LEARNING_STARTS, REPLAY_SIZE, network, serve, update_case

OBSERVATION, ACTIONS = 4, 2
TARGET_INTERVAL = 500
EXPLORATION_STEPS, EXPLORATION_END = 2000, 0.05


class Learner:
    def __init__(self, sizes, learning_rate, max_norm):
        self.online, self.target = network(sizes), network(sizes)
        self.sync_target()
        self.parameters = list(self.online.parameters())
        self.max_norm = max_norm
        self.optimizer = torch.optim.Adam(self.parameters, lr=learning_rate, eps=1e-8)

    def sync_target(self):
        self.target.load_state_dict(self.online.state_dict())

    def set_parameters(self, online, target):
        for net, flat in ((self.online, online), (self.target, target)):
            nn.utils.vector_to_parameters(torch.tensor(flat, dtype=torch.float32), net.parameters())

    def update(self, x_tm1, a_tm1, r_t, discount_t, x_t):
        with torch.no_grad():
            wanted = r_t + discount_t * self.target(x_t).amax(1)
        q = self.online(x_tm1).gather(1, a_tm1.unsqueeze(1)).squeeze(1)
        loss = F.smooth_l1_loss(q, wanted)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.max_norm)
        self.optimizer.step()

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


def make_case(order):
    loop = order['kind'] == 'loop'
    sizes = [OBSERVATION, order['hidden'], order['hidden'], ACTIONS]
    learner = Learner(sizes, 7e-4 if loop else 1e-4, 10)
    return (loop_case if loop else update_case)(learner, Replay(order['batch']))


def learn(order):
    options = order['options']
    learner = Learner(options['sizes'], options['learningRate'], options['maxNorm'])
    learner.set_parameters(order['online'], order['target'])
    q = []
    for batch in order['batches']:
        tensors = {name: torch.tensor(values, dtype=torch.int64 if name == 'a_tm1' else torch.float32) for name, values in batch.items()}
        for name in ('x_tm1', 'x_t'):
            tensors[name] = tensors[name].reshape(-1, options['sizes'][0])
        learner.update(**tensors)
        q += learner.q_values(tensors['x_tm1'])
    return q


serve(make_case, learn)
