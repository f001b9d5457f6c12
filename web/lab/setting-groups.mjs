// SPDX-License-Identifier: MIT
// The settings panel as data: its groups with their fields in reading order, and which fields apply beside the others: a
// row is shown while its condition holds for the present and staged values. A field without a condition always applies.

/** What a reader changes first: the first N_ESSENTIALS of these that a run has. */
export const ESSENTIALS = Object.freeze([
  'learning_rate', 'gamma', 'exploration', 'action_noise', 'ent_coef', 'net_arch', 'target_update_interval', 'clip_range', 'slip', 'is_slippery', 'batch_size', 'n_steps', 'tau', 'initial_q',
  'exploration_final_eps', 'tolerance', 'policy', 'total_timesteps',
]);
export const N_ESSENTIALS = 6;

/** A field named nowhere goes to `more`. @type {Record<string, string[]>} */
export const GROUPS = {
  optimizer: [
    'learning_rate', 'learning_rate_schedule', 'learning_rate_end', 'learning_rate_warmup', 'learning_rate_steps', 'optimizer', 'loss',
    'max_grad_norm', 'momentum', 'beta1', 'beta2', 'rms_alpha', 'optimizer_eps', 'weight_decay', 'tolerance',
    'evaluation_sweeps', 'policy', 'n_epochs', 'clip_range', 'clip_range_vf', 'target_kl', 'vf_coef',
  ],
  exploration: [
    'exploration', 'exploration_schedule', 'exploration_fraction', 'exploration_initial_eps', 'exploration_final_eps',
    'exploration_initial_temperature', 'exploration_final_temperature', 'exploration_initial_noise', 'exploration_final_noise',
    'exploration_bonus', 'exploration_bonus_in_target', 'exploration_bins', 'noisy', 'noisy_sigma', 'exploring_starts', 'initial_q', 'ent_coef',
  ],
  target: ['gamma', 'gae_lambda', 'baseline', 'normalize_advantage', 'n_steps', 'target_update_interval', 'tau', 'double_q', 'distribution', 'n_atoms', 'v_min', 'v_max', 'n_quantiles', 'normalize_reward', 'scale_reward', 'clip_reward'],
  demonstrations: ['demo_updates', 'demo_ratio', 'demo_coef', 'demo_margin', 'temperature'],
  replay: [
    'buffer_size', 'learning_starts', 'episodes_per_update', 'batch_size', 'train_freq', 'gradient_steps', 'prioritized', 'priority_alpha', 'priority_beta',
  ],
  network: ['normalize_observation', 'net_arch', 'activation', 'ortho_init', 'dueling', 'features_extractor'],
  environment: [],
  run: ['total_timesteps', 'eval_freq', 'n_eval_episodes', 'stop_at_threshold', 'n_envs', 'frame_skip'],
  more: [],
};

/** @param {import('./fields.mjs').Setting} setting */
export function groupOf({ scope, field }) {
  if (scope === 'envOptions') return 'environment';
  return Object.keys(GROUPS).find((group) => GROUPS[group].includes(field.name)) ?? 'more';
}

// ---- which apply ----

/** Reads a setting by its snake_case name; undefined where the run has none. @typedef {(name: string) => import('./fields.mjs').Value | undefined} Get */
/** @typedef {(get: Get) => boolean} Condition */

/** @param {string} name @param {...import('./fields.mjs').Value} values @returns {Condition} */
const is = (name, ...values) => (get) => values.includes(get(name) ?? '');
/** @param {string} name @returns {Condition} */
const on = (name) => is(name, true);

const scheduled = is('learning_rate_schedule', 'linear', 'exponential', 'cosine', 'step');
/** Strategies whose rate goes from one value to another. */
const fades = is('exploration', 'epsilon-greedy', 'boltzmann', 'gaussian');
const epsilon = is('exploration', 'epsilon-greedy');
const boltzmann = is('exploration', 'boltzmann');
const gaussian = is('exploration', 'gaussian');
const ucb = is('exploration', 'ucb');

/** @type {Record<string, Condition>} */
const CONDITIONS = {
  learning_rate_end: scheduled,
  learning_rate_steps: is('learning_rate_schedule', 'step'),
  momentum: is('optimizer', 'momentum'),
  beta1: is('optimizer', 'adam', 'adamw'),
  beta2: is('optimizer', 'adam', 'adamw'),
  rms_alpha: is('optimizer', 'rmsprop', 'rmsprop-centered'),
  optimizer_eps: is('optimizer', 'adam', 'adamw', 'rmsprop', 'rmsprop-centered'),
  weight_decay: is('optimizer', 'adamw'),
  exploration_fraction: fades,
  exploration_schedule: fades,
  exploration_initial_eps: epsilon,
  exploration_final_eps: epsilon,
  exploration_initial_temperature: boltzmann,
  exploration_final_temperature: boltzmann,
  exploration_initial_noise: gaussian,
  exploration_final_noise: gaussian,
  exploration_bonus: ucb,
  exploration_bonus_in_target: ucb,
  exploration_bins: ucb,
  priority_alpha: on('prioritized'),
  priority_beta: on('prioritized'),
  noisy_sigma: on('noisy'),
  n_atoms: is('distribution', 'categorical'),
  v_min: is('distribution', 'categorical'),
  v_max: is('distribution', 'categorical'),
  n_quantiles: is('distribution', 'quantile'),
  loss: is('distribution', 'expected', ''), // the others have one of their own
  vf_coef: (get) => get('baseline') !== false,
  gae_lambda: (get) => get('baseline') !== false,
  n_eval_episodes: (get) => get('eval_freq') !== 0,
  stop_at_threshold: (get) => get('eval_freq') !== 0,
};
/** What only some observations have a use for. @type {Record<string, (space: { type: string, shape?: readonly number[] }) => boolean>} */
const SPACES = {
  features_extractor: ({ shape }) => shape?.length === 3,
  exploration_bins: ({ type }) => type === 'Box',
  normalize_observation: ({ type }) => type === 'Box',
};

/** @param {string} name @param {Get} get @param {{ type: string, shape?: readonly number[] }} space of the observations */
export const applies = (name, get, space) => (SPACES[name]?.(space) ?? true) && (CONDITIONS[name]?.(get) ?? true);
