// SPDX-License-Identifier: MIT
// A study as tables, pages and commands show it: its trials with what their runs came to, ranked, and the command that repeats the best one.

/** @typedef {import('../bellhop.js').Study} Study */
/** @typedef {{ id: string, seed: number, until?: number, outcome: string, score: number | null, timesteps: number, fingerprint: string, agent?: string, message?: string }} RunView */
/**
 * @typedef {object} TrialView
 * @property {number} number
 * @property {string} state
 * @property {Readonly<Record<string, any>>} params
 * @property {number | null} score
 * @property {[number, number] | null} interval
 * @property {number} timesteps
 * @property {number} nRuns                           that have a result
 * @property {RunView[]} runs                         those, of all rungs
 * @property {{ evaluations: [number, number][] }[]} jobs  those of which evaluations are known
 */
/** @typedef {{ key: string, values?: readonly any[], isLog: boolean }} DimensionView */
/** @typedef {ReturnType<typeof viewOf>} View */

/** Trials whose learning is shown. */
const CURVES = 60;

/** @param {import('../bellhop.js').Trial} trial @returns {TrialView} */
function trialView(trial) {
  const { number, state, params, score, timesteps, jobs, results } = trial;
  const runs = jobs.flatMap(({ id, seed, until }, i) => {
    const result = results[i];
    return result ? [{ id, seed, until, ...result }] : [];
  });
  /** @type {[number, number] | null | undefined} */
  let interval;
  return {
    number, state: state === 'running' || state === 'waiting' ? 'incomplete' : state, params, score, timesteps, nRuns: runs.length, runs, jobs: [],
    get interval() { // of ten seeds it takes 9 ms
      return interval === undefined ? interval = trial.interval : interval;
    },
  };
}

/** @param {TrialView} trial @param {ReadonlyMap<string, [number, number][]>} evaluations */
function withCurves(trial, evaluations) {
  const bySeed = new Map(trial.runs.map(({ seed, id }) => [seed, evaluations.get(id)])); // a later rung has those of an earlier one
  trial.jobs = [...bySeed.values()].flatMap((each) => each === undefined ? [] : [{ evaluations: each }]);
}

/** @param {Study} study @param {string} name @param {(ids: ReadonlySet<string>) => ReadonlyMap<string, [number, number][]>} evaluationsOf */
export function viewOf(study, name, evaluationsOf) {
  const { definition, metric, algo, seeds } = study;
  const trials = study.trials.map(trialView).filter(({ nRuns }) => nRuns > 0); // which others were asked for is no result
  const sign = metric.goal === 'minimize' ? 1 : -1;
  const ranked = trials.filter(({ state, score }) => state === 'complete' && score !== null).sort((a, b) => sign * Number(a.score) - sign * Number(b.score) || a.number - b.number);
  const drawnTrials = [...ranked.slice(0, CURVES), ...trials.filter(({ state }) => state === 'pruned').slice(0, CURVES)];
  const evaluations = evaluationsOf(new Set(drawnTrials.flatMap(({ runs }) => runs.map(({ id }) => id))));
  drawnTrials.forEach((trial) => withCurves(trial, evaluations));
  const count = (/** @type {string} */ state) => trials.filter((trial) => trial.state === state).length;
  const best = ranked[0] ?? null;
  return {
    name, metric: metric.name, goal: metric.goal, trials, ranked, best, scored: trials.filter(({ score }) => score !== null), nSeeds: seeds.length, size: study.size,
    counts: { complete: count('complete'), pruned: count('pruned'), failed: count('failed'), incomplete: count('incomplete') },
    finished: study.finished, nJobs: new Set(trials.flatMap(({ runs }) => runs.map(({ id }) => id))).size, timesteps: trials.reduce((sum, trial) => sum + trial.timesteps, 0),
    about: aboutText(study), importance: ranked.length < 2 ? {} : study.importance(), importanceText: IMPORTANCE,
    dimensions: Object.entries(definition.parameters).map(([key, given]) => dimensionView(key, given)), command: best && commandOf(study, best), algo,
  };
}

const IMPORTANCE = 'PED-ANOVA (Watanabe et al. 2023): how far the better trials lie together in each parameter, compared with all of them.';

/** @param {string} key @param {any} given @returns {DimensionView} */
function dimensionView(key, { values, distribution = '' }) {
  return { key, values, isLog: String(distribution).startsWith('log') };
}

/** @param {Study} study */
function aboutText({ definition: { env, method, early_terminate: pruner }, algo, metric, seeds, size }) {
  const by = pruner === undefined ? method : `${method}, ${String(pruner.type).replaceAll('_', ' ')}`;
  return `${algo} in ${env} · ${by} · ${size} ${size === 1 ? 'trial' : 'trials'} × ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'} · ${metric.goal} ${metric.name}`;
}

// ---- the command that repeats a trial ----

/** A value as a flag has it: rows of a map have slashes between, sizes commas. @param {any} value */
function flagText(value) {
  const text = Array.isArray(value) ? (value.length === 0 ? ',' : value.join(typeof value[0] === 'string' ? '/' : ',')) : String(value);
  return /^[\w.,:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** @param {Record<string, any>} options @param {string} prefix @returns {string[]} */
const flags = (options, prefix) => Object.entries(options).map(([key, value]) => `--${prefix}${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${flagText(value)}`);

/** Seeds as a flag: 0-4, or 1,5,7. @param {readonly number[]} seeds */
function seedsText(seeds) {
  const isRange = seeds.length > 2 && seeds.every((seed, i) => i === 0 || seed === seeds[i - 1] + 1);
  return isRange ? `${seeds[0]}-${seeds[seeds.length - 1]}` : seeds.join(',');
}

/** What bellhop train is given for the runs of a trial. @param {Study} study @param {TrialView} trial @returns {string} */
export function commandOf({ definition, algo, seeds, trials }, { number }) {
  const job = trials[number].jobs[0];
  const env = definition.envFile === undefined ? job.env : `${flagText(definition.envFile)}#${job.env}`;
  const which = seeds.length === 1 ? `--seed ${seeds[0]}` : `--seeds ${seedsText(seeds)}`;
  return ['bellhop train', env, '--algo', algo, ...flags(job.options, ''), ...flags(job.envOptions, 'env-'), which].join(' ');
}
