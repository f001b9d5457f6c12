// SPDX-License-Identifier: MIT
// The steps of a number in the settings panel: powers of two, fixed marks, or 1, 2, 5, 10 and so on.

/** @typedef {import('./fields.mjs').Field} Field */

/** Sizes of memory and batches go by powers of two, as everywhere in the field. */
const BY_POWERS_OF_TWO = new Set(['batch_size', 'n_steps', 'gradient_steps', 'train_freq', 'n_envs']);
/** Shares, discounts and values that are not scales go by fixed marks. @type {Record<string, number[]>} */
const MARKS = {
  gamma: [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1],
  tau: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  success_rate: [0.1, 0.2, 1 / 3, 0.5, 0.8, 0.9, 1],
  max_grad_norm: [0, 0.5, 1, 2, 5, 10, 20, 50, 100],
  goal_reward: [-10, -5, -2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1, 2, 5, 10, 50, 100],
};

/** @param {Field} field @param {number} from @param {1 | -1} direction the next step of its scale from there */
export function nextStep(field, from, direction) {
  const { name, type, min = -Infinity, max = Infinity } = field;
  const clamp = (/** @type {number} */ n) => Math.min(max, Math.max(min, n));
  const marks = MARKS[name] ?? (name.endsWith('_reward') ? MARKS.goal_reward
    : name.startsWith('exploration_') || name === 'slip' ? [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1] : null);
  if (type === 'seed') return clamp(from + direction);
  if (marks) return clamp(nextMark(marks, from, direction));
  if (BY_POWERS_OF_TWO.has(name)) return clamp(2 ** (direction > 0 ? Math.floor(Math.log2(from) + 1e-9) + 1 : Math.ceil(Math.log2(from) - 1e-9) - 1));
  return clamp(nextOneTwoFive(from, direction, type === 'int'));
}

/** @param {number[]} marks @param {number} from @param {1 | -1} direction */
function nextMark(marks, from, direction) {
  const beyond = direction > 0 ? marks.find((mark) => mark > from + 1e-9) : marks.findLast((mark) => mark < from - 1e-9);
  return beyond ?? from;
}

/** 1, 2, 5, 10, 20, … and the like below one. @param {number} from @param {1 | -1} direction @param {boolean} whole */
function nextOneTwoFive(from, direction, whole) {
  if (from <= 0) return direction > 0 ? (whole ? 1 : 1e-5) : 0;
  if (whole && from === 1 && direction < 0) return 0;
  const power = Math.floor(Math.log10(from) + 1e-9);
  const scale = [...[1, 2, 5].map((m) => m * 10 ** (power - 1)), ...[1, 2, 5, 10].map((m) => m * 10 ** power)];
  const rounded = scale.map((n) => Number(n.toPrecision(3)));
  return nextMark(rounded, from * (1 + direction * 1e-9), direction);
}
