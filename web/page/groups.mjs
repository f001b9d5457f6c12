// SPDX-License-Identifier: MIT
// The groups of the settings panel, in their order, and what is in them, in its order.

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
  target: ['gamma', 'gae_lambda', 'baseline', 'normalize_advantage', 'n_steps', 'target_update_interval', 'tau', 'double_q', 'distribution', 'n_atoms', 'v_min', 'v_max', 'n_quantiles'],
  demonstrations: ['demo_updates', 'demo_ratio', 'demo_coef', 'demo_margin', 'temperature'],
  replay: [
    'buffer_size', 'learning_starts', 'episodes_per_update', 'batch_size', 'train_freq', 'gradient_steps', 'prioritized', 'priority_alpha', 'priority_beta',
  ],
  network: ['net_arch', 'activation', 'ortho_init', 'dueling', 'features_extractor'],
  environment: [],
  run: ['total_timesteps', 'eval_freq', 'n_eval_episodes', 'stop_at_threshold', 'n_envs'],
  more: [],
};

/** @param {import('./fields.mjs').Setting} setting */
export function groupOf({ scope, field }) {
  if (scope === 'envOptions') return 'environment';
  return Object.keys(GROUPS).find((group) => GROUPS[group].includes(field.name)) ?? 'more';
}
