# SPDX-License-Identifier: MIT
# Two peers of `npm run bench:peers`: PPO on PyTorch, one thread, with the order of steps, the losses and the defaults of
# Stable-Baselines3. Takes the orders of child.mjs. Without an argument it is as Stable-Baselines3 and CleanRL write it; `tuned`
# is less work: one tensor of all parameters (torch_common.py), and no entropy, whose weight is 0.
# What differs from Stable-Baselines3 is less work in both: values and log-probabilities of a rollout are computed in one pass
# before it is learned from, as in Bellhop, not one step after the other while it is collected.
import random

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F

from torch_common import GAMMA, IS_TUNED, CartPole, Descent, decode, encode, network, serve

OBSERVATION, ACTIONS = 4, 2
ENVS, STEPS = 8, 128
CELLS = ENVS * STEPS
LAMBDA, CLIP_RANGE, ENTROPY_WEIGHT, VALUE_WEIGHT = 0.95, 0.2, 0.0, 0.5


def advantages_of(rewards, ended, values, following):
    """GAE over (STEPS, ENVS); following (ENVS): values of what followed the last step."""
    advantages, ahead = np.empty_like(values), np.zeros(ENVS, np.float32)
    next_values = np.concatenate((values[1:], following[None]))
    keep = 1 - ended
    errors = rewards + GAMMA * next_values * keep - values
    decay = np.float32(GAMMA * LAMBDA) * keep
    for t in reversed(range(STEPS)):
        advantages[t] = ahead = errors[t] + decay[t] * ahead
    return advantages


class Learner(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.policy = network([OBSERVATION, hidden, hidden, ACTIONS], nn.Tanh)
        self.value = network([OBSERVATION, hidden, hidden, 1], nn.Tanh)
        self.descent = Descent(self, lambda parameters: torch.optim.Adam(parameters, lr=3e-4, eps=1e-5), 0.5)

    def update(self, x, a, rewards, ended, following, batch, orders):
        """x (CELLS, S), a (CELLS); rewards, ended (STEPS, ENVS); orders: of each epoch, cells."""
        with torch.no_grad():
            old_log_prob = F.log_softmax(self.policy(x), 1).gather(1, a[:, None])[:, 0]
            values = self.value(x).view(STEPS, ENVS).numpy()
        advantages = advantages_of(rewards, ended, values, following)
        returns = torch.from_numpy(advantages + values).view(-1)
        advantages = torch.from_numpy(advantages).view(-1)
        for order in orders:
            for index in order.split(batch):
                self.learn(x[index], a[index], old_log_prob[index], advantages[index], returns[index])

    def learn(self, x, a, old_log_prob, advantages, returns):
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        log_prob, entropy = self.log_prob(self.policy(x), a)
        ratio = torch.exp(log_prob - old_log_prob)
        clipped = torch.clamp(ratio, 1 - CLIP_RANGE, 1 + CLIP_RANGE)
        policy_loss = -torch.min(advantages * ratio, advantages * clipped).mean()
        value_loss = F.mse_loss(self.value(x)[:, 0], returns)
        loss = policy_loss + VALUE_WEIGHT * value_loss
        self.descent.descend(loss if entropy is None else loss - ENTROPY_WEIGHT * entropy.mean())

    def log_prob(self, logits, a):
        if IS_TUNED:
            return F.log_softmax(logits, 1).gather(1, a[:, None])[:, 0], None
        distribution = Categorical(logits=logits)
        return distribution.log_prob(a), distribution.entropy()

    def act(self, obs):
        with torch.inference_mode():
            if IS_TUNED:
                p = self.policy(torch.from_numpy(obs)).softmax(1)[:, 0].tolist()
                return [int(random.random() >= one) for one in p]
            return Categorical(logits=self.policy(torch.from_numpy(obs))).sample().tolist()

    def value_of(self, obs):
        with torch.inference_mode():
            return self.value(torch.from_numpy(obs))[:, 0].numpy()

    def read(self, values):
        at = 0
        for p in self.parameters():
            part = values[at:at + p.numel()]
            p.data.copy_(part.view(p.shape[::-1]).t() if p.dim() == 2 else part)
            at += p.numel()

    def write(self):
        return torch.cat([p.detach().t().reshape(-1) for p in self.parameters()])


def orders(epochs):
    return (torch.randperm(CELLS) for _ in range(epochs))


def update_case(learner, batch, epochs):
    rng = np.random.default_rng(1)
    x = torch.from_numpy(rng.uniform(-1, 1, (CELLS, OBSERVATION)).astype(np.float32))
    a = torch.from_numpy(rng.integers(ACTIONS, size=CELLS))
    rewards = rng.random((STEPS, ENVS), np.float32)
    ended = (rng.random((STEPS, ENVS)) < 0.05).astype(np.float32)

    def run(n):
        for _ in range(n):
            learner.update(x, a, rewards, ended, np.zeros(ENVS, np.float32), batch, orders(epochs))
    return run


def loop_case(learner, batch, epochs):
    """A run is one rollout of CartPole-v1 and its update."""
    envs = [CartPole() for _ in range(ENVS)]
    obs = np.array([env.reset() for env in envs])
    x, a = np.empty((STEPS, ENVS, OBSERVATION), np.float32), np.empty((STEPS, ENVS), np.int64)
    rewards, ended = np.empty((STEPS, ENVS), np.float32), np.empty((STEPS, ENVS), np.float32)

    def step(t):
        x[t] = obs
        a[t] = actions = learner.act(obs)
        for e, env in enumerate(envs):
            obs[e], fell = env.step(actions[e])
            truncated = env.steps == 500 and not fell
            rewards[t, e] = 1 + GAMMA * learner.value_of(obs[e:e + 1])[0] if truncated else 1
            ended[t, e] = fell or truncated
            if fell or truncated:
                obs[e] = env.reset()

    def run(n):
        for _ in range(n):
            for t in range(STEPS):
                step(t)
            tensors = torch.from_numpy(x).view(CELLS, OBSERVATION), torch.from_numpy(a).view(CELLS)
            learner.update(*tensors, rewards, ended, learner.value_of(obs), batch, orders(epochs))
    return run


def make_case(order):
    """`ppo`: hidden units, batch, epochs; `loop_ppo`: hidden units, batch, of 10 epochs."""
    hidden, batch, *epochs = order['sizes']
    case = loop_case if order['kind'] == 'loop_ppo' else update_case
    return case(Learner(hidden), batch, epochs[0] if epochs else 10)


def repeat(order):
    """Updates from the given parameters on recorded rollouts: x, a, r, terminated, values of what followed, order of each epoch."""
    hidden, batch, _ = order['sizes']
    learner = Learner(hidden)
    learner.read(decode(order['parameters']))
    for record in map(decode, order['records']):
        x, a, rewards, ended, following, order_of = record.split((CELLS * OBSERVATION, CELLS, CELLS, CELLS, ENVS, len(record) - CELLS * (OBSERVATION + 3) - ENVS))
        learner.update(x.view(CELLS, OBSERVATION), a.long(), rewards.view(STEPS, ENVS).numpy(), ended.view(STEPS, ENVS).numpy(), following.numpy(),
                       batch, order_of.long().split(CELLS))
    return encode(learner.write())


serve(make_case, repeat=repeat)
