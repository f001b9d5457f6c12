# SPDX-License-Identifier: MIT
# Two peers of `npm run bench:peers`: DDPG, TD3 and SAC on PyTorch, one thread, with the order of steps, the losses and the
# defaults of Stable-Baselines3. Takes the orders of child.mjs.
#
# Without an argument, networks and optimizers are as Stable-Baselines3 and CleanRL write them, torch_dqn.py's rule: modules,
# backward(), Adam over a list of parameters, soft updates one parameter after the other. With `tuned` they are less work:
# - all parameters of an optimizer lie in one tensor, so that a step of Adam and a soft update are a few operations;
# - gradients only of what is stepped: the actor's loss makes none of the critics' parameters.
#
# What else differs from Stable-Baselines3 is less work in both:
# - a transition is one row of one array, observation and action side by side as critics take them;
# - SAC's mean and log std are one linear layer; its log-probability is written out, log(1 - tanh^2) exact as Bellhop's is.
# What differs from Bellhop: as torch_dqn.py.
import copy
import math
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from torch_common import GAMMA, IS_TUNED, LEARNING_STARTS, REPLAY_SIZE, network, serve, update_case

OBSERVATION, ACTION = 3, 1  # Pendulum's sizes
PAIR = OBSERVATION + ACTION
REWARD, DISCOUNT, NEXT = PAIR, PAIR + 1, PAIR + 2  # columns of a stored transition
ROW = NEXT + OBSERVATION
TAU = 0.005
EXPLORATION_NOISE = 0.1
TARGET_NOISE, TARGET_NOISE_CLIP = 0.2, 0.5
TARGET_ENTROPY = -ACTION
LOG_STD_MIN, LOG_STD_MAX = -20, 2
HALF_LOG_2_PI = 0.5 * math.log(2 * math.pi)
LOG_2 = math.log(2)


def multiply(net, x):
    for w, b in net[:-1]:
        x = torch.addmm(b, x, w).relu_()
    w, b = net[-1]
    return torch.addmm(b, x, w)


class Together:
    """`count` networks of the same sizes over one tensor: of each the weights (inputs, outputs) and biases, layer by layer."""

    def __init__(self, sizes, count):
        self.shapes = list(zip(sizes, sizes[1:]))
        self.values = torch.cat([self.initial() for _ in range(count)])
        self.nets = [self.layers(one) for one in self.values.view(count, -1)]
        self.parameters = [p for net in self.nets for layer in net for p in layer]

    def initial(self):
        """PyTorch's initial values."""
        return torch.cat([torch.empty((i + 1) * o).uniform_(-1, 1) / math.sqrt(i) for i, o in self.shapes])

    def layers(self, values):
        parts = values.split([n for i, o in self.shapes for n in (i * o, o)])
        return [tuple(part.detach().view(shape).requires_grad_() for part, shape in zip(parts[2 * k:], ((i, o), (o,))))
                for k, (i, o) in enumerate(self.shapes)]

    def __call__(self, x):
        return [multiply(net, x) for net in self.nets]

    def first(self, x):
        return multiply(self.nets[0], x)

    def get_values(self):
        return self.values

    def set_values(self, values):
        self.values.copy_(values)


class Tuned(Together):
    """Networks with their optimizer and their targets."""

    def __init__(self, sizes, count, learning_rate):
        super().__init__(sizes, count)
        self.target = Together(sizes, count)
        self.values.grad = torch.zeros_like(self.values)
        self.optimizer = torch.optim.Adam([self.values], lr=learning_rate)
        self.target.set_values(self.values)

    def descend(self, loss):
        gradients = torch.autograd.grad(loss, self.parameters)
        torch.cat([g.reshape(-1) for g in gradients], out=self.values.grad)
        self.optimizer.step()

    def move_target(self):
        self.target.values.lerp_(self.values, TAU)


class Modules(nn.ModuleList):
    """`count` networks of the same sizes as modules."""

    def __init__(self, sizes, count):
        super().__init__(network(sizes) for _ in range(count))

    def forward(self, x):
        return [net(x) for net in self]

    def first(self, x):
        return self[0](x)

    def get_values(self):
        """As Together has them: weights (inputs, outputs), which a linear layer has the other way round."""
        return torch.cat([p.detach().t().reshape(-1) for p in self.parameters()])

    def set_values(self, values):
        parts = values.split([p.numel() for p in self.parameters()])
        for p, part in zip(self.parameters(), parts):
            p.data.copy_(part.view(p.t().shape).t())


class Usual(Modules):
    """Such with their optimizer and their targets."""

    def __init__(self, sizes, count, learning_rate):
        super().__init__(sizes, count)
        target = copy.deepcopy(self)
        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate)
        self.__dict__['target'] = target  # no module of this one: its parameters are its own
        self.pairs = list(zip(self.parameters(), target.parameters()))

    def descend(self, loss):
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def move_target(self):
        with torch.no_grad():
            for p, target in self.pairs:
                target.mul_(1 - TAU)
                torch.add(target, p, alpha=TAU, out=target)


Trained = Tuned if IS_TUNED else Usual


class Learner:
    """What the three have in common. Actions lie in -1 ... 1."""
    heads, n_critics, learning_rate = 1, 2, 1e-3

    def __init__(self, hidden):
        self.actor = Trained([OBSERVATION, hidden, hidden, self.heads * ACTION], 1, self.learning_rate)
        self.critics = Trained([PAIR, hidden, hidden, 1], self.n_critics, self.learning_rate)
        self.n_updates = 0

    def improve_critics(self, rows, next_action, penalty=None):
        with torch.no_grad():
            next_pairs = torch.cat((rows[:, NEXT:], next_action), 1)
            next_q = least(self.critics.target(next_pairs))
            if penalty is not None:
                next_q -= penalty
            y = torch.addcmul(rows[:, REWARD:DISCOUNT], rows[:, DISCOUNT:NEXT], next_q)
        losses = [F.mse_loss(q, y) for q in self.critics(rows[:, :PAIR])]
        self.critics.descend(losses[0] if len(losses) == 1 else self.critic_factor * (losses[0] + losses[1]))

    def parameter_values(self):
        return torch.cat((self.actor.get_values(), self.critics.get_values()))

    def target_values(self):
        """Of the targets that are used; SAC's actor has none."""
        return torch.cat((self.actor.target.get_values(), self.critics.target.get_values()))

    def set_parameters(self, values):
        parts = values.tensor_split((self.actor.get_values().numel(),))
        for nets, part in zip((self.actor, self.critics), parts):
            nets.set_values(part)
            nets.target.set_values(part)


def least(values):
    return values[0] if len(values) == 1 else torch.minimum(*values)


class Ddpg(Learner):
    n_critics, critic_factor, policy_delay = 1, 1, 1

    def next_action(self, x_t, _):
        return self.actor.target(x_t)[0].tanh_()

    def update(self, rows, eps=None, _=None):
        self.n_updates += 1
        with torch.no_grad():
            next_action = self.next_action(rows[:, NEXT:], eps)
        self.improve_critics(rows, next_action)
        if self.n_updates % self.policy_delay == 0:
            self.improve_actor(rows[:, :OBSERVATION])
            self.actor.move_target()
            self.critics.move_target()

    def improve_actor(self, x_tm1):
        pairs = torch.cat((x_tm1, self.actor(x_tm1)[0].tanh()), 1)
        self.actor.descend(-self.critics.first(pairs).mean())

    def act(self, obs):
        with torch.inference_mode():
            action = self.actor(torch.tensor((obs,)))[0].tanh_().item()
        return max(-1.0, min(1.0, action + random.gauss(0, EXPLORATION_NOISE)))


class Td3(Ddpg):
    n_critics, policy_delay = 2, 2

    def next_action(self, x_t, eps):
        noise = torch.randn(len(x_t), ACTION) if eps is None else eps
        noise = noise.mul_(TARGET_NOISE).clamp_(-TARGET_NOISE_CLIP, TARGET_NOISE_CLIP)
        return noise.add_(super().next_action(x_t, None)).clamp_(-1, 1)


class Sac(Learner):
    heads, critic_factor, learning_rate = 2, 0.5, 3e-4

    def __init__(self, hidden):
        super().__init__(hidden)
        self.log_alpha = torch.zeros(1)
        self.entropy_optimizer = torch.optim.Adam([self.log_alpha], lr=self.learning_rate)

    def draw(self, x, eps=None):
        """Actions of the policy and the logarithms of their probabilities."""
        mean, log_std = self.actor(x)[0].chunk(2, 1)
        log_std = log_std.clamp(LOG_STD_MIN, LOG_STD_MAX)
        eps = torch.randn_like(mean) if eps is None else eps
        u = torch.addcmul(mean, log_std.exp(), eps)
        of_tanh = 2 * (LOG_2 - u - F.softplus(-2 * u))
        log_prob = eps.square().mul_(-0.5).sub_(HALF_LOG_2_PI) - log_std - of_tanh
        return u.tanh(), log_prob if ACTION == 1 else log_prob.sum(1, keepdim=True)

    def update(self, rows, eps=None, eps_t=None):
        x_tm1 = rows[:, :OBSERVATION]
        action, log_prob = self.draw(x_tm1, eps)
        alpha = self.log_alpha.exp()
        self.log_alpha.grad = -(log_prob.detach().mean() + TARGET_ENTROPY).view(1)
        self.entropy_optimizer.step()
        with torch.no_grad():
            next_action, next_log_prob = self.draw(rows[:, NEXT:], eps_t)
        self.improve_critics(rows, next_action, alpha * next_log_prob)
        q = least(self.critics(torch.cat((x_tm1, action), 1)))
        self.actor.descend((alpha * log_prob - q).mean())
        self.critics.move_target()

    def target_values(self):
        return self.critics.target.get_values()

    def act(self, obs):
        with torch.inference_mode():
            mean, log_std = self.actor(torch.tensor((obs,)))[0][0].tolist()
        return math.tanh(mean + math.exp(max(LOG_STD_MIN, min(LOG_STD_MAX, log_std))) * random.gauss(0, 1))


LEARNERS = {'ddpg': Ddpg, 'td3': Td3, 'sac': Sac}


class Replay:
    def __init__(self, batch):
        self.batch = batch
        self.rows = np.zeros((REPLAY_SIZE, ROW), np.float32)
        self.size = self.next = 0
        self.rng = np.random.default_rng(1)

    def fill_randomly(self):
        self.rows[:] = self.rng.uniform(-1, 1, self.rows.shape)
        self.rows[:, DISCOUNT] = GAMMA * (self.rng.random(REPLAY_SIZE) >= 0.05)
        self.size = REPLAY_SIZE

    def add(self, obs, action, reward, next_obs):
        at = self.next
        self.rows[at] = (*obs, action, reward, GAMMA, *next_obs)
        self.next = (at + 1) % REPLAY_SIZE
        self.size = max(self.size, at + 1)

    def sample(self):
        at = self.rng.integers(self.size, size=self.batch)
        return (torch.from_numpy(self.rows.take(at, 0)),)


class Pendulum:
    """Pendulum-v1 as Gymnasium has it, in plain floats: faster than Gymnasium's own arrays."""

    def reset(self):
        self.theta, self.speed, self.steps = random.uniform(-math.pi, math.pi), random.uniform(-1, 1), 0
        return self.observe()

    def observe(self):
        return math.cos(self.theta), math.sin(self.theta), self.speed

    def step(self, torque):
        torque = max(-2.0, min(2.0, torque))
        angle = (self.theta + math.pi) % (2 * math.pi) - math.pi
        cost = angle * angle + 0.1 * self.speed * self.speed + 0.001 * torque * torque
        self.speed += (15 * math.sin(self.theta) + 3 * torque) * 0.05
        self.speed = max(-8.0, min(8.0, self.speed))
        self.theta += self.speed * 0.05
        self.steps += 1
        return self.observe(), -cost


def loop_case(learner, replay):
    env = Pendulum()
    obs, steps = env.reset(), 0

    def run(n):
        nonlocal obs, steps
        for _ in range(n):
            action = random.uniform(-1, 1) if steps < LEARNING_STARTS else learner.act(obs)
            next_obs, reward = env.step(2 * action)
            replay.add(obs, action, reward, next_obs)
            obs = env.reset() if env.steps == 200 else next_obs
            steps += 1
            if steps > LEARNING_STARTS:
                learner.update(*replay.sample())
    run(2 * LEARNING_STARTS)
    return run


def make_case(order):
    """Kind ALGO: updates; `loop_ALGO`: steps. A run of `td3` is two updates, one of which moves the actor."""
    *loop, algo = order['kind'].split('_')
    hidden, batch = order['sizes']
    learner, replay = LEARNERS[algo](hidden), Replay(batch)
    if loop:
        return loop_case(learner, replay)
    run = update_case(learner, replay)
    return (lambda n: run(2 * n)) if algo == 'td3' else run


def learn(order):
    """Updates from the given parameters, on the given batches: (batch, ROW) transitions and the noise in the order it is drawn."""
    learner = LEARNERS[order['algo']](order['hidden'])
    learner.set_parameters(torch.tensor(order['parameters']))
    for batch in order['batches']:
        learner.update(torch.tensor(batch['rows']).view(-1, ROW), *(torch.tensor(batch[key]).view(-1, ACTION) for key in ('eps_1', 'eps_2')))
    return {'parameters': learner.parameter_values().tolist(), 'target': learner.target_values().tolist(),
            'log_alpha': learner.log_alpha.item() if order['algo'] == 'sac' else 0}


serve(make_case, learn=learn)
