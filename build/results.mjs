// SPDX-License-Identifier: MIT
// npm run results: trains on many seeds, as the command line does, and writes docs/results.md: every preset of the catalogue, the ablation
// of Rainbow, the explorations side by side. bellhop-run takes the steps where `npm run build:native` has built it, the module elsewhere: the
// bits are the same. Runs are kept in build/out/results (results/kept.mjs), so what was interrupted goes on.
//
//     npm run results                             10 seeds each (hours), what is kept left out
//     npm run results -- --minutes 30             begins no run after so long; writes what there is, 0 what is kept
//     npm run results -- --only CartPole-v1,ablation    environments or sections (presets, ablation, exploration); prints only
//     npm run results -- --seeds 0-49             other seeds
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openModel } from '../web/cli/files.mjs';
import { nativeProgram } from '../web/cli/native-process.mjs';
import { makeModel, makePlan } from '../web/cli/plan.mjs';
import { runJobs } from '../web/cli/pool.mjs';
import { parseSeeds } from '../web/cli/runs.mjs';
import { evaluationSeed, load } from '../web/node/node.mjs';
import { buildPreset } from './cmake.mjs';
import { commonScores, besideEachOther, overview, ownScores, seedBySeed, startsTable, unfinished } from './results/document.mjs';
import { COMMON_STARTS, SEED_BY_SEED, barOf, leftOut, sectionsOf } from './results/experiments.mjs';
import { Kept, keyOf } from './results/kept.mjs';
import { OUT, ROOT, main, say } from './run.mjs';

/** @import { Bellhop } from '../web/bellhop.js' */
/** @import { Experiment, Section } from './results/experiments.mjs' */
/** @import { Reference, Result } from './results/document.mjs' */
/** @import { Pair, Row } from './results/kept.mjs' */
/** @typedef {{ seeds: number[], threads: number, native: string | undefined, kept: Kept, golden: string, isTimeUp: () => boolean }} How */

const FILE = path.join(ROOT, 'docs', 'results.md');
const MACHINE = `${os.cpus()[0].model.trim()}, ${os.availableParallelism()} cores, Node ${process.version}`;
/** Ticks of the kernel's accounts in a second. */
const TICKS = 100;

/** Seconds of the processor of this process and of those it has started that have ended; null where that is not told. */
function processorSeconds() {
  if (!existsSync('/proc/self/stat')) return null;
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /, '').split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** The program for the steps, brought up to date; undefined where it was never built. */
async function programForSteps() {
  if (process.env.BELLHOP_RUN === undefined && !existsSync(path.join(OUT, 'native', 'configured.txt'))) return undefined;
  if (process.env.BELLHOP_RUN === undefined) await buildPreset('native');
  return nativeProgram();
}

/** @param {Experiment} experiment */
const hasCommonStarts = ({ env }) => env === COMMON_STARTS.env;

/** @param {Kept} kept @param {string} key @param {'best' | 'final'} which */
const modelFileOf = (kept, key, which) => path.join(kept.modelsOf(key), which === 'best' ? 'best_model.safetensors' : 'model.safetensors');

/** The mean of a model that was saved. @param {Bellhop} bh @param {string} file @param {number} seed @param {number} [episodes] */
function meanOf(bh, file, seed, episodes) {
  const model = openModel(bh, file);
  try {
    return model.evaluate({ seed, ...episodes !== undefined && { episodes } }).mean;
  } finally {
    model.dispose();
  }
}

/** @param {Bellhop} bh @param {Kept} kept @param {string} key @returns {Pair} */
function scoreOnCommonStarts(bh, kept, key) {
  const { seed, episodes } = COMMON_STARTS;
  return { best: meanOf(bh, modelFileOf(kept, key, 'best'), seed, episodes), final: meanOf(bh, modelFileOf(kept, key, 'final'), seed, episodes) };
}

/** The plan of an experiment, and the key of each seed's run. @param {Bellhop} bh @param {Experiment} experiment @param {How} how */
function planned(bh, { env, algo, flags = {} }, { seeds, golden }) {
  const plan = makePlan(bh, env, new Map(Object.entries({ algo, ...flags })), []);
  const { model } = makeModel(bh, plan);
  try {
    return { plan, runs: seeds.map((seed) => ({ seed, key: keyOf(golden, model, seed) })) };
  } finally {
    model.dispose();
  }
}

/** Trains the seeds that are not kept, as many at a time as there are threads. @param {Bellhop} bh @param {Experiment} experiment @param {How} how @returns {Promise<Result>} */
async function runExperiment(bh, experiment, how) {
  const { kept, native, threads } = how, { plan, runs } = planned(bh, experiment, how), wantsModels = hasCommonStarts(experiment);
  const missing = runs.filter(({ key }) => !kept.get(key) || (wantsModels && !existsSync(modelFileOf(kept, key, 'final'))));
  for (let i = 0; i < missing.length && !how.isTimeUp(); i += threads) {
    const batch = missing.slice(i, i + threads), before = processorSeconds();
    const summaries = await runJobs(batch.map(({ seed, key }) => ({
      plan: { ...plan, options: { ...plan.options, seed } }, ...native && { native }, ...wantsModels && { out: kept.modelsOf(key), overwrite: true },
    })), { threads });
    const after = processorSeconds(), processor = before === null || after === null ? null : (after - before) / batch.length;
    batch.forEach(({ key }, j) => {
      const summary = /** @type {import('../web/cli/training.mjs').Summary} */ (summaries[j]);
      kept.add({ key, summary, machine: MACHINE, native: native !== undefined, processor, ...wantsModels && { common: scoreOnCommonStarts(bh, kept, key) } });
    });
  }
  const threshold = bh.catalog.envs.find(({ id }) => id === experiment.env)?.reward_threshold ?? null;
  return { experiment, bar: barOf(bh.catalog, experiment), threshold, rows: runs.flatMap(({ key }) => kept.get(key) ?? []) };
}

/** The policy with the highest mean on the common starts, and what it gets on the starts of every seed. @param {Bellhop} bh @param {readonly Result[]} results @param {Kept} kept @returns {Reference} */
function bestKnown(bh, results, kept) {
  const all = results.flatMap(({ experiment: { name }, rows }) => rows.flatMap(({ key, summary: { seed }, common }) => (
    /** @type {const} */ (['best', 'final']).map((which) => ({ name: `the ${which} parameters of ${name}, seed ${seed}`, file: modelFileOf(kept, key, which), mean: common?.[which] ?? -Infinity, seed })))));
  const { name, file, mean } = all.reduce((a, b) => (b.mean > a.mean ? b : a));
  const seeds = new Set(all.map(({ seed }) => seed));
  return { name, common: mean, own: new Map([...seeds].map((seed) => [seed, meanOf(bh, file, evaluationSeed(seed))])) };
}

/** @param {Bellhop} bh @param {readonly Result[]} results @param {Kept} kept */
function startsSection(bh, results, kept) {
  const reference = bestKnown(bh, results, kept), { env, seed, episodes } = COMMON_STARTS;
  return `### ${env}, seed by seed

How hard 100 starts are differs by more than algorithms do. So each run's parameters are also scored on ${episodes.toLocaleString('en-US')} common starts (\`npx bellhop eval MODEL --seed ${seed} --episodes ${episodes}\`), and
the policy of this table that is best there, ${reference.name} (${reference.common.toFixed(1).replace('-', '−')}), on the 100 starts of every seed (\`--seed\` of 2^40 + the run's): where it does not reach the bar either, the starts are hard.

${startsTable(results, reference)}

Each run on its own 100 starts:

${besideEachOther(results, ownScores, ['best known policy', (of) => reference.own.get(of) ?? NaN])}

On the ${episodes.toLocaleString('en-US')} common starts:

${besideEachOther(results, commonScores)}
`;
}

/** @param {Bellhop} bh @param {Section} section @param {readonly Result[][]} groups  of which each has rows @param {Kept} kept */
function sectionText(bh, { name, title, about, groups: titles }, groups, kept) {
  const tables = groups.flatMap((results, i) => (results.length === 0 ? [] : [`### ${titles[i].title}\n\n${overview(results)}\n`]));
  const all = name === 'presets' ? groups.flat() : [];
  const withStarts = all.filter(({ experiment }) => hasCommonStarts(experiment)), continuous = all.filter(({ experiment: { env } }) => env === 'MountainCarContinuous-v0');
  const single = all.filter(({ experiment: { env, name: algo } }) => SEED_BY_SEED.some(([a, b]) => a === env && b === algo));
  return [
    `## ${title}\n\n${about}\n`, ...tables, ...withStarts.length > 0 ? [startsSection(bh, withStarts, kept)] : [],
    ...continuous.length > 0 ? [`### MountainCarContinuous-v0, seed by seed\n\nEach run on its own 100 starts:\n\n${besideEachOther(continuous, ownScores)}\n`] : [],
    ...single.map(seedBySeed),
  ].join('\n');
}

/** What was made where, and with what. @param {readonly Row[]} rows */
function madeBy(rows) {
  const machines = [...new Set(rows.map(({ machine }) => machine))], nNative = rows.filter(({ native }) => native).length;
  const program = nNative === rows.length ? '`bellhop-run` took the steps, as with `bellhop train --native`' : nNative === 0 ? 'the module took the steps' : `\`bellhop-run\` took the steps of ${nNative} of ${rows.length} runs, the module those of the others`;
  return `Made by \`npm run results\` on ${machines.join('; and on ')}; ${program}: the bits are the same.`;
}

/** @param {Bellhop} bh @param {readonly Result[]} results @param {number[]} seeds @param {string[]} sections */
function documentOf(bh, results, seeds, sections) {
  const few = unfinished(results, seeds.length);
  const omitted = [...leftOut(bh.catalog)].map(([why, experiments]) => `- ${experiments.map(({ env, name }) => `${env} ${name}`).join(', ')}: ${why}`);
  return `# Results

${madeBy(results.flatMap(({ rows }) => rows))} Seeds ${seeds[0]} to ${seeds.at(-1)}.
A score is the mean return of 100 greedy episodes on seeds that chose nothing (1,000 in FrozenLake and Bandit, 1 in DeepSea, where nothing is random): of the *best* parameters, those of
the highest evaluation during training, and of the *final* ones. IQM is the interquartile mean over the seeds with its 95 % stratified bootstrap interval (Agarwal et al. 2021). The bar is the environment's
threshold, of Pendulum and MountainCarContinuous what others publish; "solved" is the first evaluation during training at or above the threshold. Same seed, same bits: the fingerprints, first digits of
\`params_sha256\`, should be yours too. Seconds are the processor's for one run, with starting and scoring, the median over the seeds; other work ran beside it.

${sections.join('\n')}
## Left out

${omitted.join('\n')}
${few.length === 0 ? '' : `\nWith fewer seeds than the others so far, \`npm run results\` adds them: ${few.join('; ')}.\n`}`;
}

/** What `npm run results:text` wrote at the end stays. @param {string} text */
function write(text) {
  const [, ...texts] = readFileSync(FILE, 'utf8').split(/^(?=<!-- npm run results:text -->)/m);
  writeFileSync(FILE, [text.trimEnd(), ...texts].join('\n\n'));
}

/** @returns {How & { only: string[] | undefined }} */
function settings() {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '0-9' }, only: { type: 'string' }, minutes: { type: 'string' }, jobs: { type: 'string', default: String(os.availableParallelism()) } },
  });
  const end = values.minutes === undefined ? Infinity : performance.now() + Number(values.minutes) * 60_000;
  return {
    seeds: parseSeeds(values.seeds), threads: Number(values.jobs), only: values.only?.split(','), isTimeUp: () => performance.now() >= end, native: undefined,
    kept: new Kept(path.join(OUT, 'results')), golden: readFileSync(path.join(ROOT, 'tests/golden/runs.json'), 'utf8'),
  };
}

await main(async () => {
  const { only, ...how } = settings(), bh = await load();
  how.native = await programForSteps();
  say(`${MACHINE}, ${how.native === undefined ? 'module (npm run build:native makes it faster)' : how.native}`);
  /** @type {Result[]} */
  const done = [];
  const sections = [];
  for (const section of sectionsOf(bh.catalog)) {
    const groups = [];
    for (const { experiments } of section.groups) {
      const results = [];
      for (const experiment of experiments.filter(({ env }) => !only || only.includes(section.name) || only.includes(env))) {
        const result = await runExperiment(bh, experiment, how);
        say(`${experiment.env} ${experiment.name}: ${result.rows.length} of ${how.seeds.length} runs, ${result.rows.map(({ summary }) => `${summary['eval/mean_reward']}/${summary['final/mean_reward']}`).join(' ')}`);
        results.push(result);
      }
      groups.push(results.filter(({ rows }) => rows.length > 0));
      done.push(...results);
    }
    if (groups.some((results) => results.length > 0)) sections.push(sectionText(bh, section, groups, how.kept));
  }
  if (done.every(({ rows }) => rows.length === 0)) return say('No runs yet: more --minutes, or other words after --only.');
  const text = documentOf(bh, done, how.seeds, sections);
  if (only) say(text);
  else write(text);
});
