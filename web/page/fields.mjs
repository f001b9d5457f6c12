// SPDX-License-Identifier: MIT
// Settings as data: the catalogue's tables (they come from C) arranged for a reader. Which fields apply to a run, what
// they are without change (the preset), how text from a link or an input becomes a value.

/**
 * @typedef {object} Field  a row of a config table
 * @property {string} name      snake_case
 * @property {'bool' | 'int' | 'real' | 'seed' | 'choice' | 'sizes' | 'text'} type
 * @property {string} default
 * @property {number} [min] @property {number} [max] @property {string} [choices]
 * @property {boolean} live     may change while it runs
 * @property {string} help
 */
/** @typedef {boolean | number | string | number[]} Value */
/**
 * @typedef {object} Setting  a field in its place
 * @property {Field} field
 * @property {string} key       camelCase
 * @property {'options' | 'envOptions'} scope
 * @property {string} group
 * @property {Value} preset     what it is when nobody changed it
 */
/** @typedef {{ algo: string, name: string, value: string }} Preset */
/**
 * @typedef {object} Env
 * @property {string} id @property {Field[]} options @property {Preset[]} presets @property {boolean} has_transitions @property {boolean} can_start_anywhere
 * @property {number | null} reward_threshold
 */
/** @typedef {{ envs: Env[], algos: { name: string, summary: string, needs_transitions: boolean, options: Field[] }[], run: Field[], version: string, simd: string }} Catalog */

/** Order of the groups and what is in them; a field named nowhere goes to `more`. @type {Record<string, string[]>} */
export const GROUPS = {
  optimizer: [
    'learning_rate', 'learning_rate_schedule', 'learning_rate_end', 'learning_rate_warmup', 'learning_rate_steps', 'optimizer', 'loss',
    'max_grad_norm', 'momentum', 'beta1', 'beta2', 'rms_alpha', 'optimizer_eps', 'weight_decay', 'tolerance',
    'evaluation_sweeps', 'policy',
  ],
  exploration: [
    'exploration', 'exploration_schedule', 'exploration_fraction', 'exploration_initial_eps', 'exploration_final_eps',
    'exploration_initial_temperature', 'exploration_final_temperature', 'exploration_initial_noise', 'exploration_final_noise',
    'exploration_bonus', 'exploration_bonus_in_target', 'exploration_bins', 'noisy', 'noisy_sigma', 'exploring_starts', 'initial_q',
  ],
  target: ['gamma', 'n_steps', 'target_update_interval', 'tau', 'double_q', 'distribution', 'n_atoms', 'v_min', 'v_max', 'n_quantiles'],
  replay: [
    'buffer_size', 'learning_starts', 'batch_size', 'train_freq', 'gradient_steps', 'prioritized', 'priority_alpha', 'priority_beta',
  ],
  network: ['net_arch', 'activation', 'dueling', 'features_extractor'],
  environment: [],
  run: ['total_timesteps', 'eval_freq', 'n_eval_episodes', 'stop_at_threshold', 'n_envs'],
  more: [],
};
/** What planning has no use for, and what only some environments can do. */
const PLANNING_IGNORES = ['n_envs', 'exploring_starts'];
const ANYWHERE_ONLY = ['exploring_starts'];
const THRESHOLD_ONLY = ['stop_at_threshold'];

/** @param {string} snake */
export const camel = (snake) => snake.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());

/** @param {Catalog} catalog @param {string} id */
export function envOf(catalog, id) {
  const found = catalog.envs.find((env) => env.id === id);
  if (!found) throw new Error(`no environment ${id}`);
  return found;
}

/** The algorithms an environment has presets for, in the catalogue's order. @param {Catalog} catalog @param {string} id */
export function algosFor(catalog, id) {
  const names = new Set(envOf(catalog, id).presets.map(({ algo }) => algo));
  return catalog.algos.map(({ name }) => name).filter((name) => names.has(name));
}

/** Every setting of a run, also those with a place of their own. @param {Catalog} catalog @param {string} envId @param {string} algo @returns {Setting[]} */
export function settingsOf(catalog, envId, algo) {
  const env = envOf(catalog, envId);
  const agent = catalog.algos.find(({ name }) => name === algo);
  const presets = new Map(env.presets.filter((preset) => preset.algo === algo).map(({ name, value }) => [name, value]));
  /** @param {Field} field @returns {Setting} */
  const own = (field) => ({
    field, key: camel(field.name), scope: 'options', group: groupOf(field.name),
    preset: /** @type {Value} */ (parse(field, presets.get(field.name) ?? field.default)),
  });
  const ignored = new Set([...agent?.needs_transitions ? PLANNING_IGNORES : [], ...env.can_start_anywhere ? [] : ANYWHERE_ONLY,
    ...env.reward_threshold === null ? THRESHOLD_ONLY : []]);
  return [
    ...(agent?.options ?? []).map(own),
    ...catalog.run.filter(({ name }) => !ignored.has(name)).map(own),
    ...env.options.map((/** @type {Field} */ field) => /** @type {Setting} */ ({
      field, key: camel(field.name), scope: 'envOptions', group: 'environment', preset: parse(field, field.default),
    })),
  ];
}

/** @param {string} name */
function groupOf(name) {
  return Object.keys(GROUPS).find((group) => GROUPS[group].includes(name)) ?? 'more';
}

/** Text to value; null for what is not one. Bounds are the library's to check, with its own sentence. @param {Field} field @param {string} text @returns {Value | null} */
export function parse(field, text) {
  const trimmed = text.trim();
  if (field.type === 'text') return text;
  if (field.type === 'bool') return trimmed === 'true' ? true : trimmed === 'false' ? false : null;
  if (field.type === 'choice') return (field.choices ?? '').split('|').includes(trimmed) ? trimmed : null;
  if (field.type === 'sizes') {
    const sizes = trimmed.split(/[\s,×x]+/).filter(Boolean).map(Number);
    return sizes.every(Number.isInteger) ? sizes : null;
  }
  const number = trimmed === '' ? NaN : Number(trimmed);
  return Number.isNaN(number) ? null : number;
}

/** @param {Value} value */
export const asText = (value) => (Array.isArray(value) ? value.join(',') : String(value));

/** @param {Value} a @param {Value} b */
export const same = (a, b) => asText(a) === asText(b);

/** Within the table's bounds; only asked of links, where a bad value is left out. @param {Field} field @param {Value} value */
export function inRange({ type, min = -Infinity, max = Infinity }, value) {
  if (type === 'text') return String(value).length <= max;
  if (type === 'sizes') return /** @type {number[]} */ (value).every((n) => n >= min && n <= max);
  if (type !== 'int' && type !== 'real' && type !== 'seed') return true;
  const n = /** @type {number} */ (value);
  return n >= min && n <= max && (type === 'real' ? Number.isFinite(n) : Number.isSafeInteger(n));
}
