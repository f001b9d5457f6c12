// SPDX-License-Identifier: MIT
// npm run results:text: the tasks of text on many seeds, and what a KL penalty does; writes the end of docs/results.md, which
// `npm run results` leaves as it is.
//
//     npm run results:text                            10 seeds each
//     npm run results:text -- --seeds 0-2 --only Dialogue-v0    fewer, one task; prints only
//     npm run results:text -- --only Translate-v0 --architecture encoder-decoder    with models of that shape only
//     npm run results:text -- --shapes                the language models alone of both shapes, one for every seed; prints only
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makePlan } from '../web/cli/plan.mjs';
import { runJobs } from '../web/cli/pool.mjs';
import { aggregate, iqmText, parseSeeds } from '../web/cli/runs.mjs';
import { load } from '../web/node/node.mjs';
import { mean, median } from '../web/lib/statistics.mjs';
import { exactMeans } from './chapters/facts.mjs';
import { show, table } from './results/document.mjs';
import { ROOT, say } from './run.mjs';

/** @import { Bellhop, Env, LanguageModel, Model } from '../web/bellhop.js' */
/** @import { Summary } from '../web/cli/training.mjs' */

export const TEXT_MARK = '<!-- npm run results:text -->';

/**
 * The bar of each task, as a share of the way from random to optimum; how its language model is pre-trained. Which event of a
 * document is the main one takes three layers: what a sentence is about, what most are about, which those are. Where texts have a
 * source and a target, an encoder-decoder is measured too: as many steps over the same examples, `pair` is what else it differs in.
 * @type {Record<string, { share: number, pretrain: Partial<typeof PRETRAINING>, pair?: Partial<typeof PRETRAINING> }>}
 */
const TASKS = {
  'TextGen-v1': { share: 0.9, pretrain: {} },
  'Dialogue-v0': { share: 0.9, pretrain: {} },
  'Translate-v0': { share: 0.9, pretrain: {}, pair: { nLayers: 1 } },
  'Summarize-v0': { share: 0.9, pretrain: { nLayers: 3, maxSteps: 20_000, nTexts: 500_000 }, pair: { nLayers: 2 } },
  'CodeGen-v0': { share: 0.7, pretrain: {} },
};
/** Its optimum and the uniformly random policy's mean. @param {string} id */
function meansOf(id) {
  const { optimum, randomMean } = exactMeans(id);
  if (optimum === null || randomMean === null) throw new Error(`envs/ states no optimum and random mean of ${id}`);
  return { optimum, random: randomMean };
}
const PRETRAINING = { dModel: 32, nHeads: 4, nLayers: 2, batchSize: 32, maxSteps: 1500, learningRate: 0.004, learningRateEnd: 0.0002, nTexts: 20_000 };
/** @typedef {'decoder' | 'encoder-decoder'} Architecture */
/** @param {string} id @param {Architecture} architecture */
const pretrainingOf = (id, architecture) => ({ ...PRETRAINING, ...TASKS[id].pretrain, ...architecture === 'decoder' ? {} : { ...TASKS[id].pair, architecture } });
/** Sizes of a task's networks. @param {string} id @param {Architecture} architecture */
const sizesOf = (id, architecture) => {
  const { dModel, nHeads, nLayers } = pretrainingOf(id, architecture);
  return { dModel, nHeads, nLayers, ...architecture === 'decoder' ? {} : { featuresExtractor: architecture } };
};
const EPISODES = 500;
const BEST_OF = 8;

const { values: args } = parseArgs({
  options: { seeds: { type: 'string', default: '0-9' }, only: { type: 'string' }, architecture: { type: 'string' }, shapes: { type: 'boolean', default: false }, jobs: { type: 'string', default: String(os.availableParallelism()) } },
});

/** Numbers in [0, 1) from a seed (mulberry32), for sampling from policies. @param {number} seed */
function uniformFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An action by its log-probabilities. @param {Float64Array} logP @param {number} u */
function draw(logP, u) {
  let action = 0;
  for (let a = 0; a < logP.length; a++) {
    const p = Math.exp(logP[a]);
    if (p > 0) action = a;
    u -= p;
    if (u < 0) return a;
  }
  return action;
}

/**
 * Plays episodes, each `n` times from the same start, actions drawn from a policy; of each the best counts.
 * @param {Env} env @param {(obs: any) => Float64Array} logP @param {{ episodes: number, n?: number, each?: (info: any, reward: number) => void }} how
 */
function playSampled(env, logP, { episodes, n = 1, each = () => {} }) {
  const uniform = uniformFrom(1);
  let sum = 0;
  for (let episode = 0; episode < episodes; episode++) {
    let best = -Infinity;
    for (let k = 0; k < n; k++) {
      let [obs] = env.reset({ seed: 1_000_000 + episode });
      let total = 0;
      for (let done = false; !done;) {
        const [next, reward, terminated, truncated, info] = env.step(draw(logP(obs), uniform()));
        total += reward;
        obs = next;
        done = terminated || truncated;
        if (done) each(info, total);
      }
      best = Math.max(best, total);
    }
    sum += best;
  }
  return sum / episodes;
}

/** @param {Bellhop} bh @param {string} id @param {Architecture} architecture @param {string} folder @param {object} [options] */
function pretrain(bh, id, architecture, folder, options = {}) {
  const env = bh.make(/** @type {import('../web/bellhop.js').EnvId} */ (id));
  const since = performance.now();
  const training = new bh.Pretraining(env, { ...pretrainingOf(id, architecture), seed: 0, ...options });
  training.step(Number(training.options.maxSteps));
  const seconds = (performance.now() - since) / 1000;
  const { perplexity } = training.validate();
  const { trigram } = training.ngrams();
  const { parameters } = training.model.info;
  const file = path.join(folder, `${id}-${architecture}.safetensors`);
  writeFileSync(file, training.save());
  const policy = new bh.PPO(env, sizesOf(id, architecture));
  policy.startFrom(training.model);
  const greedy = policy.evaluate({ episodes: EPISODES }).mean;
  const logP = (/** @type {any} */ obs) => policy.qValues(obs);
  const sampled = playSampled(env, logP, { episodes: EPISODES });
  const bestOf = playSampled(env, logP, { episodes: EPISODES / 5, n: BEST_OF });
  [policy, training, env].forEach((each) => each.dispose());
  return { file, seconds, parameters, perplexity, trigram, greedy, sampled, bestOf };
}

/** Step of the first evaluation at or above a bar; Infinity when there is none. @param {string} folder @param {number} bar */
function reachedAt(folder, bar) {
  const [head, ...rows] = readFileSync(path.join(folder, 'metrics.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  const [step, mean] = [head.indexOf('time/total_timesteps'), head.indexOf('eval/mean_reward')];
  const found = rows.find((cells) => cells[0] === 'eval' && Number(cells[mean]) >= bar);
  return found ? Number(found[step]) : Infinity;
}

/** @param {Bellhop} bh @param {string} id @param {Architecture} architecture @param {string | undefined} languageModel @param {number[]} seeds @param {string} folder */
async function runSeeds(bh, id, architecture, languageModel, seeds, folder) {
  const plan = makePlan(bh, id, new Map([['algo', 'dqn']]), []);
  const name = `${architecture}-${languageModel === undefined ? 'scratch' : 'lm'}`;
  const jobs = seeds.map((seed) => ({ plan: { ...plan, languageModel, options: { ...plan.options, ...sizesOf(id, architecture), seed } }, out: path.join(folder, `${id}-${name}-${seed}`) }));
  const runs = (await runJobs(jobs, { threads: Number(args.jobs) })).filter((summary) => summary !== null);
  const { optimum, random } = meansOf(id);
  const at = jobs.map(({ out }) => reachedAt(out, random + 0.7 * (optimum - random)));
  return { runs, all: aggregate(runs, null), at: median(at) };
}

/** @param {Bellhop} bh @param {string} id @param {Architecture} architecture @param {number[]} seeds @param {string} folder */
async function shape(bh, id, architecture, seeds, folder) {
  const { share } = TASKS[id], { optimum, random } = meansOf(id);
  const lm = pretrain(bh, id, architecture, folder);
  say(`${id}, ${architecture}: language model ${show(lm.perplexity)} (trigram ${show(lm.trigram)}), greedy ${show(lm.greedy)}, sampled ${show(lm.sampled)}, best of ${show(lm.bestOf)}, ${lm.parameters} parameters, ${show(lm.seconds)} s`);
  const scratch = architecture === 'decoder' ? await runSeeds(bh, id, architecture, undefined, seeds, folder) : null;
  if (scratch) say(`${id}: DQN from scratch ${show(scratch.all['eval/mean_reward'].mean)} best, ${show(scratch.all['final/mean_reward'].mean)} final`);
  const withModel = await runSeeds(bh, id, architecture, lm.file, seeds, folder);
  say(`${id}, ${architecture}: DQN + LM ${show(withModel.all['eval/mean_reward'].mean)} best, ${show(withModel.all['final/mean_reward'].mean)} final`);
  const way = (/** @type {number} */ mean) => `${Math.round((mean - random) / (optimum - random) * 100)} %`;
  const bar = random + share * (optimum - random);
  const steps = withModel.runs[0].total_timesteps;
  const cells = (/** @type {{ runs: Summary[], all: ReturnType<typeof aggregate>, at: number }} */ { runs, all, at }) => [
    show(all['eval/mean_reward'].mean), iqmText(all['eval/mean_reward']), way(all['eval/mean_reward'].mean), show(all['final/mean_reward'].mean),
    way(all['final/mean_reward'].mean), `${runs.filter((run) => run['eval/mean_reward'] >= bar).length}/${runs.length}`,
    Number.isFinite(at) ? at.toLocaleString('en-US') : `not in ${steps.toLocaleString('en-US')}`, show(all['time/median_seconds']),
  ];
  const plain = (/** @type {number} */ mean) => [show(mean), '', way(mean), '', '', '', '', ''];
  const model = architecture === 'decoder' ? 'LM' : 'Encoder-decoder';
  return {
    lines: [
      ...architecture === 'decoder' ? [[id, 'optimum', ...plain(optimum)], [id, 'random', ...plain(random)]] : [],
      [id, `${model} alone, greedy`, ...plain(lm.greedy)], [id, `${model} alone, sampled`, ...plain(lm.sampled)],
      [id, `${model} alone, best of ${BEST_OF}`, ...plain(lm.bestOf)],
      ...scratch ? [[id, 'DQN from scratch', ...cells(scratch)]] : [], [id, `DQN + ${scratch ? model : architecture}`, ...cells(withModel)],
    ],
    model: [id, architecture, lm.parameters.toLocaleString('en-US'), show(lm.perplexity), show(lm.trigram), show(lm.seconds)],
    file: lm.file,
  };
}

/** @param {Bellhop} bh @param {string} id @param {number[]} seeds @param {string} folder */
async function task(bh, id, seeds, folder) {
  const shapes = [];
  for (const architecture of /** @type {Architecture[]} */ (['decoder', 'encoder-decoder'])) {
    const isAsked = args.architecture === undefined || args.architecture === architecture;
    if (isAsked && (architecture === 'decoder' || TASKS[id].pair)) shapes.push(await shape(bh, id, architecture, seeds, folder));
  }
  return shapes;
}

// ---- both shapes ----

const SHAPES_HEAD = ['task', 'architecture', 'parameters', 'perplexity', 'greedy: mean', 'greedy: IQM (95 %)', 'sampled: mean', 'sampled: IQM (95 %)'];

/** The language models alone, of as many steps as the other tasks have; one for every seed. @param {Bellhop} bh @param {number[]} seeds @param {string} folder */
function bothShapes(bh, seeds, folder) {
  const { maxSteps, nTexts } = PRETRAINING;
  const of = (/** @type {string} */ id, /** @type {Architecture} */ architecture) => {
    const models = seeds.map((seed) => pretrain(bh, id, architecture, folder, { maxSteps, nTexts, seed }));
    const cells = (/** @type {'greedy' | 'sampled'} */ how) => {
      const { 'eval/mean_reward': score } = aggregate(models.map((model, i) => /** @type {any} */ ({ seed: seeds[i], 'eval/mean_reward': model[how], 'final/mean_reward': model[how] })), null);
      return [show(score.mean), iqmText(score)];
    };
    return [id, architecture, models[0].parameters.toLocaleString('en-US'), show(mean(models.map(({ perplexity }) => perplexity))), ...cells('greedy'), ...cells('sampled')];
  };
  const ids = Object.keys(TASKS).filter((id) => TASKS[id].pair && (!args.only || args.only === id));
  return table(SHAPES_HEAD, ids.flatMap((id) => [of(id, 'decoder'), of(id, 'encoder-decoder')]));
}

// ---- the KL penalty ----

/** A reward that pays for length and pleasant words only: what a policy finds when nothing holds it. */
const PROXY = { grammarWeight: 0, topicWeight: 0, lengthWeight: 0.5, repetitionWeight: 0, sentimentWeight: 0.5 };
/** @type {[name: string, envOptions: object, options: object][]} */
const PENALTIES = [
  ['the task\'s reward, no penalty', {}, { klCoef: 0 }],
  ['the task\'s reward, KL target 0.3', {}, { klCoef: 0.05, klTarget: 0.3 }],
  ['proxy reward, no penalty', PROXY, { klCoef: 0 }],
  ['proxy reward, fixed penalty 0.2', PROXY, { klCoef: 0.2 }],
  ['proxy reward, KL target 0.3', PROXY, { klCoef: 0.05, klTarget: 0.3 }],
];

/** What a policy writes, rated by the task's parts. @param {Env} env @param {Model} model */
function judge(env, model) {
  const parts = { grammar: 0, topic: 0 };
  const texts = new Set();
  /** @type {string[]} */
  const samples = [];
  let kl = 0, steps = 0;
  const logP = (/** @type {any} */ obs) => {
    const now = model.qValues(obs), was = /** @type {Float64Array} */ (model.logPrior(obs));
    now.forEach((p, a) => {
      if (p > -1e29) kl += Math.exp(p) * (p - was[a]);
    });
    steps++;
    return now;
  };
  const n = 300;
  const reward = playSampled(env, logP, {
    episodes: n,
    each(info) {
      parts.grammar += info.parts.grammar / n;
      parts.topic += info.parts.topic / n;
      texts.add(info.text);
      if (samples.length < 3) samples.push(info.text);
    },
  });
  return { reward, ...parts, kl: kl / steps, different: texts.size, samples };
}

/** @param {Bellhop} bh @param {string} file */
async function penalties(bh, file) {
  const rows = [];
  for (const [name, envOptions, options] of PENALTIES) {
    const env = bh.make('TextGen-v1', envOptions);
    const model = new bh.PPO(env, { seed: 0, totalTimesteps: 60_000, dModel: 32, nHeads: 4, nLayers: 2, ...options });
    const lm = bh.LanguageModel.load(readFileSync(file));
    model.startFrom(lm);
    const before = judge(env, model);
    await model.learn();
    const after = judge(env, model);
    if (rows.length === 0 || name.startsWith('proxy reward, no')) rows.push([rows.length === 0 ? 'before, the task\'s reward' : 'before, proxy reward', ...cellsOf(before)]);
    rows.push([name, ...cellsOf(after)]);
    say(`${name}: reward ${show(after.reward)}, KL ${show(after.kl)}, grammar ${show(after.grammar)}`);
    [lm, model, env].forEach((each) => each.dispose());
  }
  return rows;
}

/** @param {ReturnType<typeof judge>} judged */
function cellsOf({ reward, kl, grammar, topic, different, samples }) {
  return [show(reward), show(kl), show(grammar), show(topic), `${different}/300`, samples.map((text) => `“${text.replace(/<(\w+)>/g, '\\<$1\\>')}”`).join('<br>')];
}

const HEAD = ['task', 'policy', 'best: mean', 'best: IQM (95 %)', 'of the way', 'final: mean', 'of the way', 'best ≥ bar', '70 % at step (median)', 'seconds'];

async function main() {
  const seeds = parseSeeds(args.seeds);
  const bh = await load();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bellhop-text-'));
  try {
    if (args.shapes) {
      console.log(bothShapes(bh, seeds, folder));
      return;
    }
    const tasks = [];
    for (const id of Object.keys(TASKS)) {
      if (!args.only || args.only === id) tasks.push(...await task(bh, id, seeds, folder));
    }
    const textgen = tasks.find(({ file }) => file.includes('TextGen-v1'));
    const penalty = textgen ? await penalties(bh, textgen.file) : [];
    const text = report(seeds, tasks, penalty);
    console.log(text);
    if (!args.only && !args.architecture) writeEnd(text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {number[]} seeds @param {Awaited<ReturnType<typeof task>>} tasks @param {unknown[][]} penalty */
function report(seeds, tasks, penalty) {
  return `${TEXT_MARK}
## Text tasks

Made by \`npm run results:text\` on ${os.cpus()[0].model.trim()}, ${os.availableParallelism()} cores, Node ${process.version}; seeds ${seeds[0]} to ${seeds.at(-1)}. Optimum and random mean are
exact (\`envs/*.h\` state them, \`tests/c\` compute them). The language model of a task (2 layers, of Summarize-v0 3, of 32 channels; an
encoder-decoder 1 and 1 layer, of Summarize-v0 2 and 2) learned from examples of mediocre writers, seed 0; *greedy*, *sampled* and *best of ${BEST_OF}* are its own texts, ${EPISODES} episodes. DQN is each environment's preset, from scratch and
from that model (\`bellhop train ENV --language-model MODEL\`). "Of the way" is from random to optimum; the bar is 90 % of it (CodeGen 70 %).

${table(HEAD, tasks.flatMap(({ lines }) => lines))}

The language models: parameters, perplexity on held-out examples (of an encoder-decoder on their targets, which is all it says), beside that of a trigram
model with add-k smoothing of the same tokens, and seconds of pre-training.

${table(['task', 'architecture', 'parameters', 'perplexity', 'trigram', 'seconds'], tasks.map(({ model }) => model))}

## The KL penalty

PPO fine-tunes the language model of TextGen-v1, 60,000 steps, seed 0; 300 sampled texts. The *proxy reward* pays for length and pleasant words only
(grammar and topic weigh 0): without a penalty the policy finds texts that please it and nobody else; the KL penalty keeps them language. KL is per
step, between the policy and the model it started from.

${table(['run', 'reward', 'KL', 'grammar', 'topic', 'different texts', 'first three'], penalty)}
`;
}

/** @param {string} text */
function writeEnd(text) {
  const file = path.join(ROOT, 'docs', 'results.md');
  const [before] = readFileSync(file, 'utf8').split(TEXT_MARK);
  writeFileSync(file, `${before.trimEnd()}\n\n${text}`);
}

await main();
