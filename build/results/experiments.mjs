// SPDX-License-Identifier: MIT
// What `npm run results` trains: the presets of the catalogue, but for those that are left out, with variants and bars that the catalogue does
// not have; the ablation of Rainbow; the explorations side by side.

/** @import { Catalog } from '../../web/bellhop.js' */

/**
 * @typedef {object} Experiment
 * @property {string} env
 * @property {string} algo
 * @property {string} name        what its row is called
 * @property {Record<string, string>} [flags]  of bellhop train, without dashes in front
 */
/** @typedef {{ env?: string, algo?: string, why: string }} Omission  env, algo: of which presets; all where it is not there */
/** @typedef {{ title: string, about?: string, experiments: Experiment[] }} Group  a table */
/** @typedef {{ name: string, title: string, about: string, groups: Group[] }} Section */

/** The environments, in the order of their tables. */
export const FAMILIES = {
  'Control': ['CartPole-v1', 'MountainCar-v0', 'Acrobot-v1'],
  'Continuous control': ['Pendulum-v1', 'MountainCarContinuous-v0'],
  'Pixels': ['Catch-v0', 'Breakout-MinAtar'],
  'Grids and a bandit': ['GridWorld-v0', 'FrozenLake-v1', 'FrozenLake8x8-v1', 'CliffWalking-v1', 'DeepSea-v0', 'Bandit-v0'],
  'A board game, words, and a training as the environment': ['ConnectFour-v0', 'TextGen-v0', 'LearningRate-v0'],
};

/** @type {Omission[]} */
export const LEFT_OUT = [
  { algo: 'policy-evaluation', why: 'it gives the values of a policy, and improves none' },
  ...['TextGen-v1', 'Dialogue-v0', 'Translate-v0', 'Summarize-v0', 'CodeGen-v0'].flatMap((env) => [
    { env, algo: 'dqn', why: 'in [Text tasks](#text-tasks), from scratch and from a language model' },
    { env, why: 'not measured: 40,000 steps of a transformer from scratch; what PPO does with a language model is in [The KL penalty](#the-kl-penalty)' },
  ]),
];

/** Rows beside the presets, below those of the same environment. @type {Experiment[]} */
const VARIANTS = [
  { env: 'FrozenLake-v1', algo: 'dqn', name: 'dqn, not slippery', flags: { 'env-is-slippery': 'false' } },
  { env: 'DeepSea-v0', algo: 'dqn', name: 'dqn, N = 20, ε-greedy', flags: { 'env-size': '20', 'exploration': 'epsilon-greedy' } },
  { env: 'DeepSea-v0', algo: 'dqn', name: 'dqn, N = 20, UCB in action and target', flags: { 'env-size': '20', 'exploration': 'ucb', 'exploration-bonus': '0.1', 'exploration-bonus-in-target': 'true' } },
  { env: 'DeepSea-v0', algo: 'dqn', name: 'dqn, N = 20, noisy', flags: { 'env-size': '20', 'exploration': 'greedy', 'noisy': 'true' } },
];

/** What a mean has to reach where that is not the environment's threshold: of an environment, or one algorithm there. @type {Record<string, number>} */
const BARS = { 'Pendulum-v1': -155, 'Pendulum-v1 ppo': -172, 'MountainCarContinuous-v0': 93 };

/** Those with a row per seed. @type {[env: string, algo: string][]} */
export const SEED_BY_SEED = [['CartPole-v1', 'dqn'], ['TextGen-v0', 'dqn']];

/** Where single starts differ so much that scores are told on starts of each run's own and on common ones. */
export const COMMON_STARTS = { env: 'Pendulum-v1', seed: 1_000_000, episodes: 1000 };

/** @param {Catalog} catalog @param {Experiment} experiment @returns {number | null} */
export function barOf(catalog, { env, algo }) {
  return BARS[`${env} ${algo}`] ?? BARS[env] ?? catalog.envs.find(({ id }) => id === env)?.reward_threshold ?? null;
}

/** Every preset of an environment: an algorithm's, and those with names. @param {Catalog} catalog @param {string} env @returns {Experiment[]} */
export function presetsOf(catalog, env) {
  const rows = new Set(catalog.envs.find(({ id }) => id === env)?.presets.map(({ algo }) => algo));
  return [...rows].map((row) => {
    const [algo, preset] = row.split('/');
    return preset === undefined ? { env, algo, name: algo } : { env, algo, name: `${algo}, ${preset}`, flags: { preset } };
  });
}

/** Why a preset is left out; undefined where it is not. @param {Experiment} experiment */
const omissionOf = ({ env, algo }) => LEFT_OUT.find((one) => (one.env ?? env) === env && (one.algo ?? algo) === algo);

/** The presets that are left out, by reason. @param {Catalog} catalog @returns {Map<string, Experiment[]>} */
export function leftOut(catalog) {
  /** @type {Map<string, Experiment[]>} */
  const reasons = new Map();
  for (const experiment of catalog.envs.flatMap(({ id }) => presetsOf(catalog, id))) {
    const { why } = omissionOf(experiment) ?? {};
    if (why !== undefined) reasons.set(why, [...reasons.get(why) ?? [], experiment]);
  }
  return reasons;
}

/** @param {Catalog} catalog @param {string} env */
function measuredIn(catalog, env) {
  return [...presetsOf(catalog, env).filter((experiment) => !omissionOf(experiment)), ...VARIANTS.filter((variant) => variant.env === env)];
}

/** Rainbow on a task, and what each of its parts is without. @param {string} env @param {Record<string, string>} flags @returns {Experiment[]} */
function ablation(env, flags) {
  const without = {
    'double': { 'double-q': 'false' }, 'dueling': { dueling: 'false' }, 'prioritized': { prioritized: 'false' },
    'n-step': { 'n-steps': '1' }, 'noisy': { 'noisy': 'false', 'exploration': 'epsilon-greedy' }, 'distribution': { distribution: 'expected' },
  };
  const rainbow = { preset: 'rainbow', ...flags };
  return [
    { env, algo: 'dqn', name: 'Rainbow', flags: rainbow },
    ...Object.entries(without).map(([part, off]) => ({ env, algo: 'dqn', name: `without ${part}`, flags: { ...rainbow, ...off } })),
    { env, algo: 'dqn', name: 'DQN (none of them)', flags: { ...flags, 'n-steps': '1', 'double-q': 'false' } },
  ];
}

/** The strategies on one environment. @param {string} env @param {string} algo @param {Record<string, string>} [flags] @param {Record<string, Record<string, string>>} [own] @returns {Experiment[]} */
function explorations(env, algo, flags = {}, own = {}) {
  const strategies = {
    'epsilon-greedy': {}, 'boltzmann': {}, 'gaussian': {}, 'ucb': { 'exploration-bonus-in-target': 'false' }, 'ucb, bonus in the target': { 'exploration': 'ucb', 'exploration-bonus-in-target': 'true' },
    ...algo === 'dqn' ? { noisy: { exploration: 'greedy', noisy: 'true' } } : {},
  };
  return Object.entries(strategies).map(([name, set]) => ({ env, algo, name: `${algo}, ${name}`, flags: { exploration: name, ...set, ...flags, ...own[name] } }));
}

/** @param {Catalog} catalog @returns {Section[]} */
export function sectionsOf(catalog) {
  return [
    {
      name: 'presets', title: 'Every preset',
      about: 'Each environment\'s preset unchanged, `npx bellhop train ENV --algo ALGO --seed S`, for Rainbow with `--preset rainbow`; a few rows more say what is set otherwise.',
      groups: Object.entries(FAMILIES).map(([title, envs]) => ({ title, experiments: envs.flatMap((env) => measuredIn(catalog, env)) })),
    },
    {
      name: 'ablation', title: 'Rainbow, one part removed at a time',
      about: 'The preset `rainbow` on two environments, as long as they are not yet easy: 20,000 and 3,000 steps. `npm run results -- --only ablation`.',
      groups: [
        { title: 'CartPole-v1, 20,000 steps', experiments: ablation('CartPole-v1', { 'total-timesteps': '20000', 'batch-size': '32' }) },
        { title: 'Catch-v0, 3,000 steps', experiments: ablation('Catch-v0', { 'total-timesteps': '3000', 'eval-freq': '250' }) },
      ],
    },
    {
      name: 'exploration', title: 'Explorations side by side',
      about: 'The same seeds, and each environment\'s preset but for the strategy, whose options have their defaults; only UCB\'s bonus on FrozenLake is 10 (with 1 the best mean is 0.48). DeepSea is of size 10. `npm run results -- --only exploration`.',
      groups: [
        { title: 'FrozenLake8x8-v1', experiments: explorations('FrozenLake8x8-v1', 'q-learning', {}, { ucb: { 'exploration-bonus': '10' } }) },
        { title: 'DeepSea-v0, 20,000 steps', experiments: explorations('DeepSea-v0', 'dqn', { 'total-timesteps': '20000' }) },
        { title: 'CartPole-v1, 20,000 steps', experiments: explorations('CartPole-v1', 'dqn', { 'total-timesteps': '20000' }) },
      ],
    },
  ];
}
