// SPDX-License-Identifier: MIT
// npm run test:soak: one process that goes on for long. First 100 million steps of CartPole under DQN, which acts, learns and is evaluated all
// the while; then models of 1,000 sizes, of every algorithm with a network, are made, trained, saved, loaded and disposed of, twice in the same order.
// Memory must be flat: the library's live bytes the same after every hundredth of the steps and zero after every model, the module's memory no larger
// after the second time than after the first. Prints the figures; exits with 1 where one of them grew. Ctrl-C goes on to the figures of what
// was done by then, a second one ends it. Needs the module: npm run build.
//
//     npm run test:soak                                    minutes
//     npm run test:soak -- --steps 1000000 --models 20     what tests/node/soak.test.mjs runs
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRng } from '../../web/lib/random.mjs';
import { load } from '../../web/node/node.mjs';

const { values: args } = parseArgs({ options: { steps: { type: 'string', default: '100000000' }, models: { type: 'string', default: '1000' }, seed: { type: 'string', default: '0' } } });
const [STEPS, MODELS] = [args.steps, args.models].map(Number);
/** Memory is looked at so often. */
const PARTS = 100;
/** After a tenth of the steps whatever is made on first use has been made: what Node itself may add from there on, in bytes. */
const NODE_MAX = 32 * 1024 * 1024;
/** Those with a network, and where they act. @type {Record<string, string[]>} */
const ALGOS = {
  ...Object.fromEntries(['dqn', 'ppo', 'reinforce', 'pqn'].map((algo) => [algo, ['CartPole-v1', 'Acrobot-v1', 'MountainCar-v0', 'GridWorld-v0']])),
  ...Object.fromEntries(['ddpg', 'td3', 'sac'].map((algo) => [algo, ['Pendulum-v1', 'MountainCarContinuous-v0']])),
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** The module's memory, which the library keeps to itself. @type {WebAssembly.Memory} */
let memory;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = /** @type {any} */ (async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => {
  const instance = /** @type {any} */ (await instantiate(module, imports));
  memory = instance.exports.memory;
  return instance;
});
const bh = await load();

/** @param {number} bytes */
const mb = (bytes) => (bytes / 1e6).toFixed(1);

/** What the process has after a collection. */
function usage() {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { live: bh.liveBytes(), module: memory.buffer.byteLength, heap: heapUsed, rss };
}

/** @param {string} what @param {ReturnType<typeof usage>} now */
function tell(what, { live, module, heap, rss }) {
  console.log(`${what.padStart(14)}   live ${String(live).padStart(9)} B   module ${mb(module)} MB   Node's heap ${mb(heap)} MB   resident ${mb(rss)} MB`);
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

/** @type {string[]} */
const problems = [];
/** @param {boolean} isSo @param {string} what */
const require = (isSo, what) => void (isSo || problems.push(what));

// ---- steps ----

async function soakSteps() {
  const env = bh.make('CartPole-v1');
  const model = new bh.DQN(env, { seed: Number(args.seed), totalTimesteps: STEPS, netArch: [16], trainFreq: 256, gradientSteps: 1, evalFreq: Math.max(1, STEPS / PARTS | 0), nEvalEpisodes: 1 });
  const before = usage();
  let first = before, last = before, most = 0;
  for (let part = 1; part <= PARTS && !stop.signal.aborted; part++) {
    await model.learn({ totalTimesteps: Math.round(STEPS * part / PARTS) - model.timesteps, sliceMilliseconds: 200, signal: stop.signal });
    last = usage();
    require(last.live === before.live, `live bytes went from ${before.live} to ${last.live} after ${model.timesteps} steps`);
    most = Math.max(most, last.rss);
    if (part === PARTS / 10) first = last;
    if (part % (PARTS / 10) === 0) tell(`${model.timesteps} steps`, last);
  }
  require(model.timesteps === STEPS || stop.signal.aborted, `${model.timesteps} steps were taken, not ${STEPS}`);
  require(last.module === first.module, `the module's memory went from ${first.module} to ${last.module} bytes`);
  require(last.heap - first.heap < NODE_MAX, `Node's heap went from ${first.heap} to ${last.heap} bytes`);
  console.log(`${model.timesteps.toLocaleString('en')} steps, ${model.episodes.toLocaleString('en')} episodes: live bytes ${last.live - before.live === 0 ? 'unchanged' : 'CHANGED'}, `
    + `module ${mb(first.module)} MB after a tenth and ${mb(last.module)} MB at the end, Node's heap ${mb(first.heap)} and ${mb(last.heap)} MB, resident at most ${mb(most)} MB; sha256 ${model.sha256().slice(0, 16)}`);
  model.dispose();
  env.dispose();
  require(bh.liveBytes() === 0, `${bh.liveBytes()} live bytes are left of the steps`);
}

// ---- sizes ----

/** A model of some algorithm in some environment, with sizes by chance. @param {() => number} random */
function anyModel(random) {
  const pick = (/** @type {readonly string[]} */ of) => of[Math.floor(random() * of.length)];
  const size = (/** @type {number} */ most) => 4 * (1 + Math.floor(random() * most / 4));
  const algo = pick(Object.keys(ALGOS));
  const env = bh.make(/** @type {any} */ (pick(ALGOS[algo])));
  const netArch = Array.from({ length: 1 + Math.floor(random() * 3) }, () => size(160));
  const isOnPolicy = ['ppo', 'pqn'].includes(algo);
  const wanted = { bufferSize: 100 + Math.floor(random() * 20_000), batchSize: isOnPolicy ? 4 : size(64), learningStarts: 20, ...isOnPolicy && { nSteps: size(60) }, episodesPerUpdate: 1 };
  const names = bh.catalog.algos.find(({ name }) => name === algo)?.options.map(({ key }) => key) ?? [];
  const options = Object.fromEntries(Object.entries(wanted).filter(([key]) => names.includes(key)));
  const model = new bh.models[/** @type {import('../../web/bellhop.js').AlgoName} */ (algo)](env, { seed: 1, preset: false, totalTimesteps: 60, evalFreq: 0, maxEpisodeSteps: 50, netArch, ...options });
  return { env, model, size: `${algo} in ${env.spec.id}, ${netArch}` };
}

/** So many of them, in the order that the seed gives. @param {number} count */
async function soakSizes(count) {
  const random = createRng(Number(args.seed));
  const sizes = new Set();
  let parameters = 0, most = 0;
  while (sizes.size < count && !(count === MODELS && stop.signal.aborted)) {
    const { env, model, size } = anyModel(random);
    if (!sizes.has(size)) {
      sizes.add(size);
      await model.learn({ totalTimesteps: 60 });
      const again = bh.loadModel(model.save({ full: true }));
      require(again.sha256() === model.sha256(), `${size} was loaded as another`);
      parameters += Object.values(model.parameters()).reduce((sum, { data }) => sum + data.length, 0);
      most = Math.max(most, bh.liveBytes());
      again.dispose();
    }
    [model, env].forEach((each) => each.dispose());
    require(bh.liveBytes() === 0, `${bh.liveBytes()} live bytes are left of ${size}`);
  }
  return { models: sizes.size, parameters, most };
}

const since = performance.now();
tell('begun', usage());
await soakSteps();
const { models, parameters, most } = await soakSizes(MODELS);
const once = usage();
tell(`${models} models`, once);
await soakSizes(models);
const twice = usage();
tell('and again', twice);
require(twice.module === once.module, `the module's memory went from ${once.module} to ${twice.module} bytes when the same models were made again`);
require(twice.heap - once.heap < NODE_MAX, `Node's heap went from ${once.heap} to ${twice.heap} bytes when the same models were made again`);
console.log(`${models.toLocaleString('en')} models of as many sizes, ${parameters.toLocaleString('en')} parameters, made twice: live bytes 0 after each, at most ${mb(most)} MB within one, `
  + `module ${mb(once.module)} MB after the first time and ${mb(twice.module)} MB after the second, Node's heap ${mb(once.heap)} and ${mb(twice.heap)} MB`);
problems.forEach((problem) => console.log(problem));
console.log(`${problems.length === 0 ? 'memory is flat' : `${problems.length} problems`}, in ${Math.round((performance.now() - since) / 1000)} s`);
process.exitCode = problems.length === 0 ? 0 : 1;
