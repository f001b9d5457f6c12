// SPDX-License-Identifier: MIT
// Flops of what `npm run bench` times: of the matrix products, a multiplication and its addition being two. Runs in Node and in
// browsers.

/** Sizes of DQN over numbers, CartPole's, and the batch of its updates. */
export const INPUTS = 4;
export const ACTIONS = 2;
export const BATCH = 64;
/** Numbers that DDPG, TD3 and SAC observe, Pendulum's. */
const OBSERVED = 3;

/**
 * Floating-point operations of the matrix products of one DQN update: both forward passes, the gradients of all
 * weights, and of all inputs but the first layer's. A multiplication and its addition are two.
 * @param {number} hidden
 */
export function updateFlops(hidden) {
  const first = INPUTS * hidden;
  const all = first + hidden * hidden + hidden * ACTIONS;
  return 2 * BATCH * (4 * all - first);
}

/**
 * The same of one update of DDPG, TD3 (an update with and one without the actor, halved) or SAC, of one row. The actor has 1 output, SAC's
 * 2; the critic gets 1 input more.
 * @param {'ddpg' | 'td3' | 'sac'} algo @param {number} hidden
 */
export function controlFlops(algo, hidden) {
  const inner = hidden * hidden, outputs = algo === 'sac' ? 2 : 1, critics = algo === 'ddpg' ? 1 : 2;
  const actorFirst = OBSERVED * hidden, criticFirst = (OBSERVED + 1) * hidden;
  const actor = actorFirst + inner + hidden * outputs, critic = criticFirst + inner + hidden;
  const critics1 = critics * (4 * critic - criticFirst); // targets, values, gradients of weights and of all inputs but the first
  const rated = algo === 'sac' ? critics : 1; // through how many critics the actor's gradient comes
  const actor1 = 3 * actor - actorFirst + rated * (2 * critic - criticFirst + hidden);
  return 2 * (actor + critics1 + actor1 * (algo === 'td3' ? 0.5 : 1));
}

/** Multiply-adds of a convolution: outputs a side, channels, patch. @param {number} side @param {number} channels @param {number} patch */
const convolution = (side, channels, patch) => side * side * channels * patch;

/** Multiply-adds of one row's forward pass, and those of its first layer: the network of Mnih et al. 2015, and MinAtar's. */
const IMAGES = {
  nature: { first: convolution(20, 32, 8 * 8 * 4), rest: convolution(9, 64, 4 * 4 * 32) + convolution(7, 64, 3 * 3 * 64) + 3136 * 512 + 512 * 6 },
  minatar: { first: convolution(8, 16, 3 * 3 * 4), rest: 1024 * 128 + 128 * 3 },
};

/** An update of DQN: two forward passes, the gradients of weights, and of inputs but the first layer's. @param {keyof typeof IMAGES} net @param {number} batch */
export function imageFlops(net, batch) {
  const { first, rest } = IMAGES[net];
  return 2 * batch * (4 * (first + rest) - first);
}

/** Environments times steps of a rollout of PPO's. */
export const PPO_CELLS = 8 * 128;

/**
 * An update of PPO: both networks once over the rollout, then in each epoch forward, and backward as of an update of DQN.
 * @param {number} hidden @param {number} epochs
 */
export function ppoFlops(hidden, epochs) {
  const first = 2 * INPUTS * hidden, both = first + 2 * hidden * hidden + hidden * (ACTIONS + 1);
  return 2 * PPO_CELLS * (both + epochs * (3 * both - first));
}

/** What a language model learns from: `batch` windows of `context` tokens. */
export const LANGUAGE = { channels: 64, batch: 16, context: 64, vocabulary: 128, blocks: 2 };

/**
 * Flops of one token, forward and backward, of the useful products: 12 C^2 weights a block, the output, and attention over the
 * positions up to the token's own, (T + 1) / 2 of them on average.
 */
export const LM_FLOPS_PER_TOKEN = 3 * 2 * (LANGUAGE.blocks * (12 * LANGUAGE.channels ** 2 + (LANGUAGE.context + 1) * LANGUAGE.channels) + LANGUAGE.channels * LANGUAGE.vocabulary);

/** Of one step. */
export const lmFlops = () => LANGUAGE.batch * LANGUAGE.context * LM_FLOPS_PER_TOKEN;
