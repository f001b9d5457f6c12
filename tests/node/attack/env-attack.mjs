// SPDX-License-Identifier: MIT
// Environments of one's own: each of their members, and of what these give, replaced by every hostile value; and callbacks that call the library.
import { load } from '../../../web/node/node.mjs';
import { HOSTILE } from './hostile-values.mjs';
import { Pad } from './receivers.mjs';
import { problemOf } from './surface-attack.mjs';

const PPO = Object.freeze({ netArch: [4], nSteps: 4, nEnvs: 1, batchSize: 4, nEpochs: 1, evalFreq: 0, totalTimesteps: 8, preset: false });
const STEP = Object.freeze(['observation', 'reward', 'terminated', 'truncated', 'info']);
/** Of the observation of a Dict. */
const PARTS = Object.freeze(['at', 'lit']);

/** An environment that is right, but for what `change` makes of what its methods give. @param {(what: string, given: any, at: number) => any} change */
function envThat(change) {
  let calls = 0;
  return class extends Pad {
    /** @param {any} options */
    reset(options) {
      void options;
      return change('reset', super.reset(), calls++);
    }

    /** @param {any} action */
    step(action) {
      return change('step', super.step(action), calls++);
    }

    getState() {
      return change('getState', super.getState(), calls++);
    }

    actionMasks() {
      return change('actionMasks', [1, 1, 1, 1], calls++);
    }

    describe() {
      return change('describe', 'words', calls++);
    }
  };
}

/** Uses an environment in every way; each may fail. @param {any} bh @param {any} Source @param {(error: unknown) => void} look */
async function use(bh, Source, look) {
  /** @type {any[]} */
  const made = [];
  const uses = [
    () => {
      const env = bh.make(Source);
      made.push(env);
      env.reset({ seed: 1 });
      for (let i = 0; i < 3; i++) env.step([1, 0]);
      env.describe();
    },
    async () => {
      const model = new bh.PPO(Source, PPO);
      made.push(model);
      await model.learn({ steps: 4 });
      made.push(bh.loadModel(model.save({ full: true }), Source));
    },
    () => bh.checkEnv(Source, { steps: 10, throws: false }),
  ];
  for (const each of uses) {
    try {
      await each();
    } catch (error) {
      look(error);
    }
  }
  for (const each of made.reverse()) {
    try {
      each.dispose();
    } catch (error) {
      look(error);
    }
  }
}

/** What is made hostile: a member, what it gives, or a part of that. @returns {[name: string, source: (value: () => any) => any][]} */
function places() {
  const statics = ['id', 'observationSpace', 'actionSpace', 'maxEpisodeSteps', 'rewardThreshold', 'summary', 'options', 'spec', 'hasActionMask', 'create'];
  const methods = ['reset', 'step', 'getState', 'setState', 'actionMasks', 'describe', 'draw', 'close'];
  const of = (/** @type {string} */ name, /** @type {(given: any, value: any) => any} */ replace) => (/** @type {() => any} */ value) =>
    envThat((what, given, at) => (what === name && at > 1 ? replace(given, value()) : given));
  return [
    ...statics.map((key) => /** @type {[string, any]} */ ([`static ${key}`, (/** @type {() => any} */ value) => Object.defineProperty(class extends Pad {}, key, { value: value() })])),
    ...methods.map((key) => /** @type {[string, any]} */ ([`${key} is`, (/** @type {() => any} */ value) => {
      const made = class extends Pad {};
      Object.defineProperty(made.prototype, key, { value: value(), writable: true });
      return made;
    }])),
    ['makes', (value) => () => value()], ['reset gives', of('reset', (_, value) => value)], ['step gives', of('step', (_, value) => value)], ['getState gives', of('getState', (_, value) => value)],
    ['actionMasks gives', of('actionMasks', (_, value) => value)], ['describe gives', of('describe', (_, value) => value)],
    ...STEP.map((name, i) => /** @type {[string, any]} */ ([`${name} of step`, of('step', (given, value) => Object.assign([...given], { [i]: value }))])),
    ...PARTS.map((name) => /** @type {[string, any]} */ ([`observation.${name}`, of('step', ([obs, ...rest], value) => [{ ...obs, [name]: value }, ...rest])])),
    ['info.action_mask', of('step', (given, value) => Object.assign([...given], { 4: { action_mask: value } }))], ['info of reset', of('reset', (given, value) => [given[0], value])],
  ];
}

/** What a callback does to the library while it is called. @type {[name: string, misuse: (bh: any, own: { model?: any, env?: any, other?: any }) => unknown][]} */
const MISUSES = [
  ['learns', (_, { model }) => model?.learn({ steps: 1 })], ['disposes the model', (_, { model }) => model?.dispose()], ['disposes the environment', (_, { env }) => env?.dispose()],
  ['saves', (_, { model }) => model?.save({ full: true })], ['loads parameters', (_, { model }) => model?.loadParameters(new Uint8Array(9))], ['evaluates', (_, { model }) => model?.evaluate({ episodes: 1 })],
  ['predicts', (_, { model }) => model?.predict({ at: [0, 0], lit: 0 })], ['sets', (_, { model }) => model?.set({ evalFreq: 0 })], ['reads', (_, { model }) => [model?.options, model?.timesteps, model?.sha256(), model?.parameters()]],
  ['resets', (_, { env }) => env?.reset()], ['steps', (_, { env }) => env?.step([0, 0])], ['makes', (bh) => bh.make('CartPole-v1').dispose()], ['grows memory', (bh) => bh.makeVec('Pong-v0', { numEnvs: 2000 }).dispose()],
  ['makes large', (bh) => bh.makeVec('CartPole-v1', { numEnvs: 60_000 }).dispose()], ['registers', (bh) => bh.register(Pad)], ['uses another', (_, { other }) => [other?.learn({ steps: 1 }), other?.evaluate({ episodes: 1 }), other?.save({ full: true })]],
  ['disposes another', (_, { other }) => other?.dispose()], ['makes a model', (bh) => new bh.PPO(Pad, PPO).dispose()], ['checks', (bh) => bh.checkEnv(Pad, { steps: 2, throws: false })], ['throws', () => {
    throw new Error('on purpose');
  }],
];

/** @param {import('./attack.mjs').Attack} attack */
export async function run({ begin, fail }) {
  const bh = /** @type {any} */ (await load());
  for (const [place, source] of places()) {
    for (const [what, value] of HOSTILE) {
      const name = `${place} ${what}`;
      if (!begin(name)) continue;
      const report = (/** @type {unknown} */ error) => {
        const problem = problemOf(error, false);
        if (problem) fail(`${name}: ${problem}`);
      };
      await use(bh, source(() => value({ bh })), report);
      if (bh.liveBytes() !== 0) fail(`${name}: ${bh.liveBytes()} bytes were not given back`);
    }
  }
  for (const callback of ['reset', 'step', 'getState', 'actionMasks', 'describe', 'close']) {
    for (const [what, misuse] of MISUSES) await reenter(bh, callback, what, misuse, begin, fail);
  }
}

/** @param {any} bh @param {string} callback @param {string} what @param {(typeof MISUSES)[number][1]} misuse @param {import('./attack.mjs').Attack['begin']} begin @param {import('./attack.mjs').Attack['fail']} fail */
async function reenter(bh, callback, what, misuse, begin, fail) {
  const name = `${callback} ${what}`;
  if (!begin(name)) return;
  /** @type {{ model?: any, env?: any, other?: any }} */
  const own = {};
  let depth = 0;
  const look = (/** @type {unknown} */ error) => {
    const problem = /** @type {Error} */ (error)?.message === 'on purpose' ? undefined : problemOf(error, false);
    if (problem) fail(`${name}: ${problem}`);
  };
  const attack = () => {
    if (depth > 2) return;
    depth++;
    try {
      for (const each of [misuse(bh, own)].flat()) if (typeof each?.then === 'function') each.then(() => {}, look);
    } catch (error) {
      look(error);
      if (/on purpose/.test(String(/** @type {Error} */ (error).message))) throw error;
    } finally {
      depth--;
    }
  };
  const Source = envThat((kind, given) => {
    if (kind === callback) attack();
    return given;
  });
  if (callback === 'close') Object.defineProperty(Source.prototype, 'close', { value: attack });
  const sees = (/** @type {() => unknown} */ call) => {
    try {
      return call();
    } catch (error) {
      return look(error);
    }
  };
  own.other = sees(() => new bh.PPO(Source, PPO));
  own.env = sees(() => bh.make(Source));
  sees(() => own.env?.reset({ seed: 1 }));
  sees(() => own.env?.step([1, 0]));
  sees(() => own.env?.describe());
  own.model = sees(() => new bh.PPO(Source, { ...PPO, evalFreq: 2, nEvalEpisodes: 1 }));
  await own.model?.learn({ steps: 6 }).catch(look);
  sees(() => own.model?.evaluate({ episodes: 1 }));
  sees(() => own.model?.save({ full: true }));
  await new Promise((done) => setImmediate(done));
  for (const each of Object.values(own)) sees(() => each?.dispose());
  await new Promise((done) => setImmediate(done));
  if (bh.liveBytes() !== 0) fail(`${name}: ${bh.liveBytes()} bytes were not given back`);
}
