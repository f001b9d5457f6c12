// SPDX-License-Identifier: MIT
// What is called, and with what it would be right: for each owner of public-surface.mjs ways to make one, for each call its arguments.
import { MessageChannel } from 'node:worker_threads';
import * as studies from '../../../web/bellhop-studies.mjs';
import * as api from '../../../web/node/node.mjs';

const TEXT = 'the cat sat on the mat. a dog ran to the cat. '.repeat(20);
const SMALL = Object.freeze({ netArch: [4], evalFreq: 0, totalTimesteps: 20, learningStarts: 4, batchSize: 2, bufferSize: 50, trainFreq: 2 });
const PRETRAINING = Object.freeze({ context: 8, dModel: 8, nHeads: 1, nLayers: 1, batchSize: 2, maxSteps: 4, tokenizer: 'char' });

/** @type {import('../../../web/bellhop.js').StudyDefinition} */
const STUDY = Object.freeze({ env: 'CartPole-v1', algo: 'dqn', method: 'grid', parameters: { learningRate: { values: [0.1, 0.2] } } });
const job = () => ({ env: 'CartPole-v1', algo: 'dqn', envOptions: {}, options: SMALL, seed: 1, until: 10, stopBelow: [[5, 1]], envSha256: 'a'.repeat(64), metric: 'eval/mean_reward' });
const result = () => ({ id: 'a'.repeat(64), outcome: 'finished', score: 1, timesteps: 10, evaluations: [[5, 1]], fingerprint: 'x', seconds: 1, agent: 'y', message: 'z' });

/** Two numbers, and a combination of buttons. */
export class Pad {
  static id = 'Pad-v0';
  static observationSpace = Object.freeze({ type: 'Dict', spaces: { at: { type: 'Box', shape: [2], low: -1, high: 1 }, lit: { type: 'Discrete', n: 2 } } });
  static actionSpace = Object.freeze({ type: 'MultiDiscrete', nvec: [2, 2] });
  static maxEpisodeSteps = 5;
  static options = Object.freeze([{ name: 'gain', type: 'real', default: 1, min: 0, max: 2 }, { name: 'rows', type: 'sizes', default: [1, 2], min: 1, max: 9 }, { name: 'word', type: 'text', default: 'a' }]);
  #t = 0;

  reset() {
    this.#t = 0;
    return [{ at: [0, 0], lit: 0 }, {}];
  }

  /** @param {Int32Array} action */
  step(action) {
    this.#t++;
    return [{ at: [0.1 * this.#t, 0], lit: action[0] }, 1, this.#t > 3, false, {}];
  }

  getState() {
    return { t: this.#t };
  }

  /** @param {{ t: number }} state */
  setState({ t }) {
    this.#t = t;
  }
}

const OUTSIDE = Object.freeze({ id: 'Outside-v0', observationSpace: { type: 'Box', shape: [4] }, actionSpace: { type: 'Discrete', n: 2 } });

/** An observation for each environment there is here. @type {Record<string, () => any>} */
const OBSERVATIONS = { 'CartPole-v1': () => [0, 0, 0, 0], 'FrozenLake-v1': () => 3, 'Pendulum-v1': () => [0, 0, 0], 'ConnectFour-v0': () => new Array(84).fill(0), 'Pad-v0': () => ({ at: [0, 0], lit: 1 }), 'Outside-v0': () => [0, 0, 0, 0] };
const ACTIONS = /** @type {Record<string, () => any>} */ ({ 'Pendulum-v1': () => [0], 'Pad-v0': () => [1, 0] });
const obsOf = (/** @type {string} */ id) => OBSERVATIONS[id]();
const actionOf = (/** @type {string} */ id) => (ACTIONS[id] ?? (() => 1))();

const options = { DQN: SMALL, SAC: { ...SMALL, netArch: undefined, learningStarts: 4 }, PPO: { netArch: [4], nSteps: 4, nEnvs: 1, batchSize: 4, nEpochs: 1, evalFreq: 0, totalTimesteps: 20 } };

/** Ways to make a receiver. @type {Record<string, (bh: any) => Record<string, () => any>>} */
export const MAKERS = {
  '': () => ({ functions: () => api }),
  'bellhop/studies': () => ({ functions: () => studies }),
  'Study': (bh) => ({ 'of a grid': () => studies.createStudy(bh, STUDY), 'of TPE': () => studies.createStudy(bh, { ...STUDY, method: 'tpe', run_cap: 4, early_terminate: { type: 'median' } }) }),
  'Trial': (bh) => ({ 'of a grid': () => studies.createStudy(bh, STUDY).trials }),
  'Bellhop': (bh) => ({ library: () => bh }),
  'Bellhop.LanguageModel': (bh) => ({ 'LanguageModel': () => bh.LanguageModel }),
  'Bellhop.Pretraining': (bh) => ({ Pretraining: () => bh.Pretraining }),
  'ModelClass': (bh) => ({ DQN: () => bh.DQN, SAC: () => bh.SAC, PPO: () => bh.PPO, QLearning: () => bh.QLearning }),
  'Env': (bh) => Object.fromEntries(['CartPole-v1', 'FrozenLake-v1', 'Pendulum-v1', 'Pad-v0'].map((id) => [id, () => started(bh.make(id))])),
  'VecEnv': (bh) => Object.fromEntries(['CartPole-v1', 'Pendulum-v1', 'Pad-v0'].map((id) => [id, () => started(bh.makeVec(id, { numEnvs: 2 }))])),
  'SpaceMethods': (bh) => ({ Dict: () => api.makeSpace(Pad.observationSpace), MultiDiscrete: () => api.makeSpace(Pad.actionSpace), ofModule: () => spaceOf(bh) }),
  'Model': (bh) => ({
    'DQN of CartPole-v1': () => new bh.DQN('CartPole-v1', SMALL), 'PPO of Pad-v0': () => new bh.PPO('Pad-v0', options.PPO), 'SAC of Pendulum-v1': () => new bh.SAC('Pendulum-v1', SMALL),
    'DQN of ConnectFour-v0': () => new bh.DQN('ConnectFour-v0', { ...SMALL, preset: false }), 'QLearning of FrozenLake-v1': () => new bh.QLearning('FrozenLake-v1', { totalTimesteps: 20, evalFreq: 0 }),
    'DQN of Outside-v0': () => new bh.DQN(OUTSIDE, { ...SMALL, preset: false }),
  }),
  'LanguageModel': (bh) => ({ 'of characters': () => opened(bh) }),
  'Pretraining': (bh) => ({ 'of a text': () => new bh.Pretraining(TEXT, PRETRAINING) }),
  'Recorder': () => ({ recorder: () => recorder() }),
  'TensorBoardWriter': () => ({ writer: () => new api.TensorBoardWriter(() => 1) }),
  'Trainer': () => ({ trainer: () => trainer() }),
  'Session': () => ({ 'DQN of CartPole-v1': () => session({ env: 'CartPole-v1', algo: 'dqn', options: SMALL }), 'PPO of Pad-v0': () => session({ env: 'Pad-v0', algo: 'ppo', options: options.PPO }), 'SAC of Pendulum-v1': () => session({ env: 'Pendulum-v1', algo: 'sac', options: SMALL }) }),
  'LanguageSession': () => ({ 'of a text': () => trainer().then((each) => each.createLanguageModel({ corpus: TEXT, options: PRETRAINING })) }),
};

/** @param {any} env */
function started(env) {
  env.reset({ seed: 1 });
  return env;
}

/** @param {any} bh */
function spaceOf(bh) {
  const env = bh.make('CartPole-v1'), { observationSpace } = env;
  env.dispose();
  return observationSpace;
}

/** @param {any} bh */
function saved(bh) {
  const training = new bh.Pretraining(TEXT, PRETRAINING), bytes = training.save();
  training.dispose();
  return bytes;
}

const opened = (/** @type {any} */ bh) => bh.LanguageModel.load(saved(bh));

function recorder() {
  const made = new api.Recorder({ env: 'CartPole-v1' });
  made.reset([0, 0, 0, 0]);
  made.step(1, [0, 0, 0, 0], 1, false, false);
  return made;
}

/** The one of this thread. @type {Promise<any> | null} */
let connected = null;

/** Its worker is this thread: what is sent is cloned all the same. @returns {Promise<any>} */
export function trainer() {
  connected ??= (async () => {
    const { port1, port2 } = new MessageChannel();
    api.serve({ port: port2, envs: [Pad] });
    const made = await api.connect({ port: port1, text: true });
    port1.unref();
    port2.unref();
    return made;
  })();
  return connected;
}

/** That of this thread, which every site shares. */
export const connection = () => connected;

/** @param {object} recipe */
const session = async (recipe) => (await trainer()).create(recipe);

const bytesOf = (/** @type {any} */ bh) => {
  const model = new bh.DQN('CartPole-v1', SMALL), bytes = model.save();
  model.dispose();
  return bytes;
};

const fullBytes = (/** @type {any} */ bh) => {
  const training = new bh.Pretraining(TEXT, PRETRAINING), bytes = training.save({ full: true });
  training.dispose();
  return bytes;
};

const demonstrations = () => ({ env: 'CartPole-v1', envOptions: {}, policy: 'x', episodes: [{ obs: [[0, 0, 0, 0], [0, 0, 0, 0]], actions: [1], rewards: [1], terminated: true, truncated: false, actionValues: [[0, 1]], actionMasks: [[1, 1], [1, 1]] }] });
const plain = () => ({ ...demonstrations(), episodes: demonstrations().episodes.map(({ actionMasks: _, ...episode }) => episode) });
const BOX = () => ({ type: 'Box', shape: [2], low: -1, high: 1 });
const idOf = (/** @type {any} */ receiver) => receiver.spec?.id ?? receiver.env?.id ?? receiver.info?.env;
const batch = () => ({ totalTimesteps: 20 });

/** Right arguments, by owner and name; what needs none is not here. @type {Record<string, (bh: any, receiver: any) => any[]>} */
export const ARGUMENTS = {
  '.load': () => [{ text: false }], '.evaluationSeed': () => [1], '.createRng': () => [1], '.makeSpace': () => [BOX()], '.flatdim': () => [BOX()], '.flatten': () => [BOX(), [0, 0]], '.unflatten': () => [BOX(), [0, 0]],
  '.checkEnv': () => [Pad, { steps: 5, throws: false }], '.checkEnvAsync': () => [Pad, { steps: 5, throws: false }], '.readText': () => ['x'], '.parseDemonstrations': () => [api.formatDemonstrations(plain())],
  '.formatDemonstrations': () => [demonstrations()], '.serve': () => [{ port: port() }], '.connect': () => [{ timeout: 1 }],
  'TensorBoardWriter.new': () => [() => 1], 'TensorBoardWriter.header': () => [1], 'TensorBoardWriter.events': () => [[{ type: 'episode', timestep: 1, return: 1, length: 1, env: 0 }]],
  'Bellhop.make': () => ['CartPole-v1', {}], 'Bellhop.makeVec': () => ['CartPole-v1', { numEnvs: 2 }], 'Bellhop.against': (bh) => [opponentOf(bh), {}], 'Bellhop.register': () => [Pad],
  'Bellhop.checkEnv': () => [Pad, { steps: 5, throws: false }], 'Bellhop.checkEnvAsync': () => [Pad, { steps: 5, throws: false }], 'Bellhop.loadModel': (bh) => [bytesOf(bh), 'CartPole-v1', batch()],
  'Bellhop.LanguageModel.load': (bh) => [saved(bh)], 'Bellhop.Pretraining.new': () => [TEXT, PRETRAINING], 'Bellhop.Pretraining.load': (bh) => [fullBytes(bh), TEXT, {}],
  'bellhop/studies.createStudy': (bh) => [bh, { ...STUDY, options: {}, envOptions: {}, metric: {}, seeds: '0-1', run_cap: 2, seed: 1, parallel: 2, name: 'x' }], 'bellhop/studies.fallsBelow': () => [[[5, 1]], [[5, 0]]], 'bellhop/studies.jobId': () => ['0.1.0', job()], 'Study.tell': () => [result()],
  'SpaceMethods.sample': () => [1], 'SpaceMethods.contains': () => [[0, 0]],
  'Env.reset': () => [{ seed: 1 }], 'Env.step': (_, env) => [actionOf(idOf(env))], 'Env.transitions': () => [0, 0],
  'VecEnv.reset': () => [{ seed: 1 }], 'VecEnv.step': (_, envs) => [[actionOf(idOf(envs)), actionOf(idOf(envs))]],
  'ModelClass.new': (bh, Class) => [Class === bh.SAC ? 'Pendulum-v1' : Class === bh.QLearning ? 'FrozenLake-v1' : 'CartPole-v1', Class === bh.PPO ? options.PPO : Class === bh.QLearning ? { evalFreq: 0 } : SMALL], 'ModelClass.load': (bh) => [bytesOf(bh), 'CartPole-v1', batch()],
  'Model.learn': () => [{ steps: 4 }], 'Model.act': (_, model) => [obsOf(idOf(model))], 'Model.observe': (_, model) => [[obsOf(idOf(model)), 1, false, false]], 'Model.predict': (_, model) => [obsOf(idOf(model)), {}],
  'Model.qValues': (_, model) => [obsOf(idOf(model)), ...idOf(model) === 'Pendulum-v1' ? [[[0]]] : []], 'Model.predictValues': (_, model) => [obsOf(idOf(model)), {}], 'Model.logProbs': (_, model) => [obsOf(idOf(model)), {}], 'Model.evaluate': () => [{ episodes: 1 }],
  'Model.evaluateAsync': () => [{ episodes: 1 }], 'Model.set': () => [{ evalFreq: 0 }], 'Model.save': () => [{}], 'Model.demonstrate': () => [plain()], 'Model.loadParameters': (_, model) => [model.save()],
  'Model.startFrom': (bh) => [opened(bh)], 'Model.logPrior': (_, model) => [obsOf(idOf(model))], 'Model.watch': () => [true], 'Model.parameters': () => [{}], 'Model.inspect': (_, model) => [obsOf(idOf(model))], 'Model.sha256': () => [{}],
  'LanguageModel.encode': () => ['the cat'], 'LanguageModel.decode': () => [[1, 2]], 'LanguageModel.sample': () => [{ length: 4 }], 'LanguageModel.next': () => ['the', {}], 'LanguageModel.talk': () => ['the', {}], 'LanguageModel.perplexity': () => ['the cat'],
  'Pretraining.learn': () => [{ steps: 1 }], 'Pretraining.step': () => [1], 'Pretraining.validate': () => [{ windows: 1 }], 'Pretraining.set': () => [{ logFreq: 1 }], 'Pretraining.save': () => [{}],
  'Recorder.new': () => [{ env: 'CartPole-v1' }], 'Recorder.reset': () => [[0, 0, 0, 0], [1, 1]], 'Recorder.step': () => [1, [0, 0, 0, 0], 1, false, false, [0, 1], [1, 1]],
  'Trainer.create': () => [{ env: 'CartPole-v1', algo: 'dqn', options: SMALL }], 'Trainer.createLanguageModel': () => [{ corpus: TEXT, options: PRETRAINING }],
  'LanguageSession.step': () => [1], 'LanguageSession.set': () => [{ logFreq: 1 }], 'LanguageSession.sample': () => [{ length: 4 }], 'LanguageSession.next': () => ['the', {}, 3], 'LanguageSession.save': () => [{}],
  'Session.play': () => [{ until: 1 }], 'Session.step': () => [1, 'episode'], 'Session.requestFrame': () => [{ width: 10, height: 10 }], 'Session.learn': () => [{ steps: 4 }], 'Session.set': () => [{ evalFreq: 0 }], 'Session.watch': () => [true],
  'Session.place': (_, each) => [obsOf(idOf(each))], 'Session.inspect': (_, each) => [obsOf(idOf(each))], 'Session.evaluate': () => [{ episodes: 1 }], 'Session.save': () => [{}], 'Session.load': (bh) => [bytesOf(bh)], 'Session.sha256': () => [{}], 'Session.predict': (_, each) => [obsOf(idOf(each)), {}],
  'Session.predictValues': (_, each) => [obsOf(idOf(each)), {}], 'Session.logProbs': (_, each) => [obsOf(idOf(each)), {}], 'Session.qValues': (_, each) => [obsOf(idOf(each)), ...idOf(each) === 'Pendulum-v1' ? [[[0]]] : []],
};

function port() {
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  port2.unref();
  return port1;
}

/** @type {any} */
let opponent;
/** @param {any} bh */
function opponentOf(bh) {
  opponent ??= new bh.DQN('ConnectFour-v0', { ...SMALL, preset: false });
  return opponent;
}
/** What stays, beside what is measured: its bytes. */
export const kept = () => opponent;

/** Calls whose arguments may be called, and throw what they like. */
export const CALLBACKS = Object.freeze(['.checkEnv', '.checkEnvAsync', 'Bellhop.checkEnv', 'Bellhop.checkEnvAsync', 'Model.learn', 'Pretraining.learn', 'Session.learn', 'TensorBoardWriter.new', 'TensorBoardWriter.events', 'SpaceMethods.sample']);
