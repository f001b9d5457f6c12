// SPDX-License-Identifier: MIT
// Language models in JavaScript: pre-training, reading and writing, files, agents that start from one, and bad input.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BellhopError, load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';

/** @typedef {import('../../web/bellhop.js').Pretraining} Pretraining */

const bh = await load();
const english = readFileSync(new URL('../../envs/data/corpus_en.txt', import.meta.url), 'utf8');
const TINY = { dModel: 8, nHeads: 2, nLayers: 1, context: 16, batchSize: 4 };
const WORDS = 'the cat sat on the mat. a dog ran to the cat and the mat was flat.\n'.repeat(30);
const env = bh.make('TextGen-v1');
/** Of the environment's vocabulary, a few steps trained. */
const ofTask = new bh.Pretraining(env, { nTexts: 200, dModel: 16, nHeads: 2, nLayers: 1, batchSize: 4 });
ofTask.step(5);
const GUIDED = /** @type {const} */ ({ featuresExtractor: 'transformer', dModel: 16, nHeads: 2, nLayers: 1, netArch: [] });
const atFirst = bh.liveBytes();
afterEach(() => assert.equal(bh.liveBytes(), atFirst, 'nothing stays'));
after(() => {
  [ofTask, env].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
});

/** A training for `use`, and gone. @template T @param {any} source @param {any} options @param {(training: Pretraining) => T} use */
async function during(source, options, use) {
  const training = new bh.Pretraining(source, options);
  try {
    return await use(training);
  } finally {
    training.dispose();
  }
}

// ---- pre-training ----

test('pre-training learns: better than chance soon, records say how', () => during(WORDS, { ...TINY, maxSteps: 150, evalFreq: 50 }, async (training) => {
  const before = training.validate();
  assert.ok(Math.abs(before.perplexity - training.model.info.vocabulary) < 3, 'at first every token is as likely');
  /** @type {any[]} */
  const records = [];
  const progress = { steps: 0, maxSteps: 0 };
  assert.equal(await training.learn({
    onProgress(now) {
      records.push(...now.records);
      Object.assign(progress, { steps: now.steps, maxSteps: now.maxSteps });
    },
  }), training);
  assert.deepEqual([training.steps, training.tokensSeen, progress], [150, 150 * 4 * 16, { steps: 150, maxSteps: 150 }]);
  const { perplexity, loss } = training.validate();
  assert.ok(perplexity < training.ngrams().unigram && perplexity < before.perplexity / 1.4, `${perplexity}`);
  assert.equal(Math.exp(loss), perplexity);
  const of = (/** @type {string} */ type) => records.filter((record) => record.type === type);
  assert.deepEqual([of('train').length, of('eval').map(({ step }) => step)], [15, [50, 100, 150]]);
  assert.ok(of('train').every(({ loss, learningRate, gradNorm }) => [loss, learningRate, gradNorm].every(Number.isFinite)));
  assert.equal(of('eval')[0].isBest, true);
  assert.deepEqual(training.drain(), []);
  await training.learn();
  assert.equal(training.steps, 150, 'nothing is left to do');
  await training.learn({ steps: 20 });
  assert.deepEqual([training.steps, training.drain().length], [170, 2], 'nobody took those records');
}));

test('the same seed gives the same model, however it is sliced; another one another', async () => {
  const hashes = [];
  for (const [seed, sliceMilliseconds] of [[1, 12], [1, 0.01], [2, 12]]) {
    await during(WORDS, { ...TINY, seed, maxSteps: 20, evalFreq: 5 }, async (training) => {
      await training.learn({ sliceMilliseconds });
      hashes.push(training.model.sha256());
    });
  }
  await during(new TextEncoder().encode(WORDS), { ...TINY, seed: 1, maxSteps: 20 }, (training) => {
    training.step(20);
    hashes.push(training.model.sha256());
  });
  assert.deepEqual([hashes[1] === hashes[0], hashes[2] === hashes[0], hashes[3] === hashes[0]], [true, false, true]);
});

test('tokenizers, options, counting models', async () => {
  for (const [tokenizer, vocabSize] of [['char', 512], ['word', 12], ['bpe', 40]]) {
    await during(WORDS, { ...TINY, tokenizer, vocabSize }, ({ model }) => {
      assert.equal(model.info.tokenizer, tokenizer);
      assert.equal(model.tokens.length, model.info.vocabulary);
      assert.ok(model.info.vocabulary <= Number(vocabSize));
      assert.equal(model.tokens[0], '\uFFFD');
      if (tokenizer !== 'word') assert.equal(model.decode(model.encode(WORDS)), WORDS);
    });
  }
  await during(WORDS, { ...TINY, learningRate: 0.01 }, (training) => {
    assert.deepEqual([training.options.learningRate, training.options.dModel, training.options.maxSteps], [0.01, 8, 2000]);
    const { tokens, trainTokens, unigram, trigram, k } = training.ngrams();
    assert.deepEqual([tokens, trainTokens], [WORDS.length, WORDS.length - Math.floor(WORDS.length / 10)]);
    assert.ok(1 < trigram && trigram < unigram && unigram < training.model.info.vocabulary && k > 0);
    assert.deepEqual(training.model.info, { ...training.model.info, context: 16, dModel: 8, nHeads: 2, nLayers: 1, tied: true, gelu: 'tanh' });
  });
});

test('live options change, all or none; others are refused', () => during(WORDS, TINY, (training) => {
  training.set({ learningRate: 0.5, maxSteps: 7 });
  assert.deepEqual([training.options.learningRate, training.options.maxSteps], [0.5, 7]);
  fails(() => training.set(/** @type {any} */ ({ learningRate: 0.1, dModel: 16 })), 'BH_ERR_CONFIG', /dModel takes effect with a new training only/);
  fails(() => training.set({ learningRate: 0.1, maxGradNorm: -1 }), 'BH_ERR_CONFIG', /maxGradNorm is -1, but must be/);
  fails(() => training.set(/** @type {any} */ ({ learningRat: 1 })), 'BH_ERR_CONFIG', /did you mean 'learningRate'/);
  assert.equal(training.options.learningRate, 0.5);
}));

test('learn stops where it is told to', () => during(WORDS, { ...TINY, maxSteps: 100_000 }, async (training) => {
  await training.learn({ onProgress: () => false });
  const first = training.steps;
  assert.ok(first > 0 && first < 100_000);
  const stop = new AbortController();
  await training.learn({ signal: stop.signal, onProgress: () => stop.abort() });
  await training.learn({ signal: stop.signal });
  assert.ok(training.steps > first);
  const learning = training.learn();
  await assert.rejects(training.learn(), /learn was called while this training is learning/);
  training.dispose();
  await assert.rejects(learning, (/** @type {any} */ { status, message }) => status === 'BH_ERR_STATE' && /this pretraining was disposed/.test(message));
}));

// ---- reading and writing ----

test('sampling: its options, its seeds', () => during(WORDS, { ...TINY, maxSteps: 40 }, ({ model }) => {
  const text = (/** @type {object} */ options) => model.sample({ prompt: 'the ', length: 30, ...options }).text;
  assert.equal(text({ seed: 5 }), text({ seed: 5 }));
  assert.notEqual(text({ seed: 5 }), text({ seed: 6 }));
  const greedy = text({ temperature: 0 });
  assert.deepEqual([text({ topK: 1, seed: 9 }), text({ topP: 1e-9, seed: 3 }), text({ temperature: 0, seed: 8 })], [greedy, greedy, greedy]);
  const { ids } = model.sample({ prompt: model.encode('the '), length: 30, seed: 5 });
  assert.ok(ids instanceof Uint16Array && ids.length === 30 && !ids.includes(0));
  assert.equal(model.decode(ids), text({ seed: 5 }));
  assert.equal(model.sample().ids.length, 100);

  const p = model.next('the ');
  assert.equal(p.length, model.info.vocabulary);
  assert.ok(Math.abs(p.reduce((sum, x) => sum + x, 0) - 1) < 1e-9 && p[0] === 0);
  assert.equal(model.next('the ', { topK: 3 }).filter((x) => x > 0).length, 3);
  assert.equal(Math.max(...model.next('the ', { temperature: 0 })), 1);
  assert.equal(model.next('the ', { topP: 0.5 }).filter((x) => x > 0).length < p.filter((x) => x > 0).length, true);
}));

test('what the vocabulary lacks is token 0: a prompt with it is read and written on from', () => during(WORDS, TINY, ({ model }) => {
  assert.deepEqual([...model.encode('t猫é')].map((id) => id === 0), [false, true, true]);
  assert.equal(model.decode(model.encode('t猫')), 't\uFFFD');
  const { ids } = model.sample({ prompt: '猫 😀 the', length: 20 });
  assert.ok(ids.length === 20 && !ids.includes(0));
  fails(() => model.encode(new Uint8Array([0x74, 0xff, 0x74])), 'BH_ERR_ARGUMENT', /the text is not UTF-8: byte 1 is 0xff/);
  assert.ok(Number.isFinite(model.perplexity('猫猫the')));
  assert.equal(model.sample({ prompt: 'the cat '.repeat(500), length: 3 }).ids.length, 3, 'longer than the context');
}));

test('perplexity of text and ids; near chance at first', () => during(WORDS, TINY, ({ model }) => {
  const text = WORDS.slice(0, 200);
  assert.equal(model.perplexity(text), model.perplexity(model.encode(text)));
  assert.ok(Math.abs(model.perplexity(text) / model.info.vocabulary - 1) < 0.2);
  fails(() => model.perplexity('t'), 'BH_ERR_ARGUMENT', /needs 2 tokens or more, but the text has 1$/);
  fails(() => model.perplexity(''), 'BH_ERR_ARGUMENT', /has 0$/);
}));

test('save, load: the same model, that outlives its training', async () => {
  const bytes = await during(WORDS, { ...TINY, tokenizer: 'bpe', vocabSize: 40 }, (training) => {
    training.step(5);
    const saved = { bytes: training.save(), hash: training.model.sha256(), text: training.model.sample({ seed: 4 }).text, perplexity: training.model.perplexity(WORDS) };
    assert.deepEqual(training.model.save(), saved.bytes);
    return saved;
  });
  const model = bh.LanguageModel.load(bytes.bytes);
  assert.deepEqual([model.sha256(), model.sample({ seed: 4 }).text, model.perplexity(WORDS)], [bytes.hash, bytes.text, bytes.perplexity]);
  assert.deepEqual(model.save(), bytes.bytes);
  model.dispose();
  model.dispose();
  for (const use of [() => model.sample(), () => model.tokens, () => model.encode('a'), () => model.save(), () => model.sha256(), () => model.perplexity('the'), () => model.next()]) {
    fails(use, 'BH_ERR_STATE', /this language model was disposed/);
  }
  assert.equal(model.info.tokenizer, 'bpe');
  for (const cut of [0, 1, 7, 8, 100, bytes.bytes.length - 1]) {
    assert.throws(() => bh.LanguageModel.load(bytes.bytes.subarray(0, cut)), BellhopError);
  }
  fails(() => bh.LanguageModel.load(/** @type {any} */ ('lm')), 'BH_ERR_ARGUMENT', /the checkpoint is 'lm', but must be/);
  assert.throws(() => bh.loadModel(bytes.bytes), BellhopError);
});

test('an agent\'s checkpoint is none of a language model', () => {
  const agent = new bh.DQN(env, { netArch: [4] });
  fails(() => bh.LanguageModel.load(agent.save()), 'BH_ERR_SHAPE', /not one of a language model/);
  agent.dispose();
});

test('a training\'s model goes with it', () => {
  const training = new bh.Pretraining(WORDS, TINY);
  const { model } = training;
  model.dispose();
  assert.equal(model.sample({ length: 3 }).ids.length, 3, 'still there');
  training.dispose();
  training.dispose();
  for (const use of [() => model.sample(), () => training.step(), () => training.options, () => training.validate(), () => training.ngrams(), () => training.save(), () => training.steps]) {
    fails(use, 'BH_ERR_STATE', /this pretraining was disposed/);
  }
});

test('what nobody holds is collected; whoever holds the model of a training holds the training', async () => {
  setFlagsFromString('--expose-gc');
  const collect = /** @type {() => void} */ (runInNewContext('gc'));
  const isCollected = async () => {
    for (let i = 0; i < 50 && bh.liveBytes() > atFirst; i++) {
      collect();
      await setTimeout(10);
    }
    return bh.liveBytes() === atFirst;
  };
  const held = { model: /** @type {any} */ (new bh.Pretraining(WORDS, TINY).model) };
  for (let i = 0; i < 3; i++) {
    collect();
    await setTimeout(10);
  }
  assert.equal(held.model.sample({ length: 3 }).ids.length, 3);
  held.model = null;
  assert.ok(await isCollected(), 'a training');
  held.model = bh.LanguageModel.load(ofTask.save());
  held.model = null;
  assert.ok(await isCollected(), 'a model');
});

// ---- agents that start from one ----

test('startFrom: DQN and PPO act as the model says; logPrior sums to 1 over what is allowed', () => {
  const [obs] = env.reset({ seed: 3 });
  const two = [obs, env.step(1)[0]];
  for (const [Class, options] of /** @type {const} */ ([[bh.DQN, { prior: true }], [bh.PPO, {}], [bh.REINFORCE, {}]])) {
    const agent = new Class(env, { ...GUIDED, ...options });
    const before = agent.sha256();
    if (Class === bh.DQN) assert.equal(agent.logPrior(obs), null, 'before there is one');
    agent.startFrom(ofTask.model);
    assert.notEqual(agent.sha256(), before);
    const logP = /** @type {Float64Array} */ (agent.logPrior(obs));
    assert.equal(logP.length, env.actionSpace.n);
    assert.ok(Math.abs(logP.reduce((sum, x) => sum + Math.exp(x), 0) - 1) < 1e-6);
    assert.ok(logP.every((x) => x === -Infinity || x > -100));
    const both = /** @type {Float64Array} */ (agent.logPrior(two));
    assert.deepEqual([both.length, [...both.subarray(0, logP.length)]], [2 * logP.length, [...logP]]);
    // The model's own distribution, over the tokens of the actions.
    const { action_tokens: tokens } = env.layout;
    const next = ofTask.model.next(obs.subarray(0, obs.indexOf(0)));
    const allowed = /** @type {number[]} */ (tokens).map((token, a) => logP[a] === -Infinity ? 0 : next[token]);
    const sum = allowed.reduce((all, x) => all + x, 0);
    allowed.forEach((p, a) => assert.ok(Math.abs(p / sum - Math.exp(logP[a])) < 1e-4, `${a}`));
    agent.dispose();
  }
  const plain = new bh.DQN(env, { ...GUIDED, prior: false });
  plain.startFrom(ofTask.model);
  assert.equal(plain.logPrior(obs), null, 'without the option prior');
  plain.dispose();
});

test('startFrom refuses what does not fit, and leaves the agent as it was', async () => {
  const agent = new bh.PPO(env, { ...GUIDED, dModel: 32, nLayers: 2 });
  const before = agent.sha256();
  fails(() => agent.startFrom(ofTask.model), 'BH_ERR_SHAPE', /^dModel of the language model is 16, but here it is 32$/);
  await during(WORDS, { ...TINY, context: 14, dModel: 16 }, ({ model }) => {
    const other = new bh.PPO(env, GUIDED);
    fails(() => other.startFrom(model), 'BH_ERR_SHAPE', /was made from text \(tokenizer char\), but TextGen-v1 needs one of its own vocabulary/);
    other.dispose();
  });
  const [translate, cart] = ['Translate-v0', 'CartPole-v1'].map((id) => bh.make(id));
  await during(translate, { nTexts: 50, dModel: 16, nHeads: 2, nLayers: 1 }, ({ model }) => {
    const other = new bh.PPO(env, GUIDED);
    fails(() => other.startFrom(model), 'BH_ERR_SHAPE', /the language model/);
    other.dispose();
  });
  for (const wrong of [undefined, null, {}, ofTask, new Uint8Array(4)]) {
    fails(() => agent.startFrom(/** @type {any} */ (wrong)), 'BH_ERR_ARGUMENT', /the language model is .*, but must be a LanguageModel/);
  }
  const another = await load();
  const foreign = another.LanguageModel.load(ofTask.save());
  fails(() => agent.startFrom(foreign), 'BH_ERR_ARGUMENT', /another instance/);
  foreign.dispose();
  const gone = bh.LanguageModel.load(ofTask.save());
  gone.dispose();
  fails(() => agent.startFrom(gone), 'BH_ERR_STATE', /this language model was disposed/);
  assert.equal(agent.sha256(), before);
  const grid = bh.make('GridWorld-v0');
  const table = new bh.QLearning(grid);
  fails(() => table.startFrom(ofTask.model), 'BH_ERR_CONFIG', /q-learning cannot start from a language model; use dqn, ppo or reinforce/);
  const flat = new bh.DQN(cart, { netArch: [4] });
  fails(() => flat.startFrom(ofTask.model), 'BH_ERR_CONFIG', /needs an environment of text and featuresExtractor transformer/);
  [agent, table, flat, translate, cart, grid].forEach((each) => each.dispose());
});

test('a run that starts from a model learns, the same again', async () => {
  const hashes = [];
  for (const klCoef of [0, 0, 0.5]) {
    const agent = new bh.PPO(env, { ...GUIDED, nSteps: 32, batchSize: 16, nEpochs: 1, evalFreq: 0, klCoef });
    agent.startFrom(ofTask.model);
    await agent.learn({ totalTimesteps: 1024 });
    hashes.push(agent.sha256());
    agent.dispose();
  }
  assert.deepEqual([hashes[1] === hashes[0], hashes[2] === hashes[0]], [true, false]);
});

// ---- bad input ----

test('texts nobody can learn from are refused in words', () => {
  const make = (/** @type {any} */ text, /** @type {any} */ options) => () => new bh.Pretraining(text, options);
  fails(make('', TINY), 'BH_ERR_ARGUMENT', /the text is empty/);
  fails(make('x', TINY), 'BH_ERR_ARGUMENT', /the text has 1 tokens/);
  fails(make('too little', TINY), 'BH_ERR_ARGUMENT', /give more text or a smaller context/);
  const bytes = new TextEncoder().encode(WORDS);
  bytes[1234] = 0xff;
  fails(make(bytes, TINY), 'BH_ERR_ARGUMENT', /not UTF-8: byte 1234 is 0xff/);
  for (const wrong of [undefined, null, 7, {}, ['text'], new Blob(['text'])]) {
    fails(make(wrong, TINY), 'BH_ERR_ARGUMENT', /the corpus is .*, but must be a text \(a string or UTF-8 bytes\) or an environment of text/);
  }
  const cart = bh.make('CartPole-v1');
  fails(make(cart, TINY), 'BH_ERR_CONFIG', /CartPole-v1 has no vocabulary/);
  cart.dispose();
});

test('options out of range are refused by name', () => {
  const refused = (/** @type {any} */ options, /** @type {RegExp} */ message, status = 'BH_ERR_CONFIG') => fails(() => new bh.Pretraining(WORDS, options), status, message);
  refused({ vocabSize: 8193 }, /vocabSize is 8193, but must be between 2 and 8192/);
  refused({ dModel: 10, nHeads: 4 }, /dModel is 10, but must be a multiple of 4 times nHeads/);
  refused({ tokenizer: 'letters' }, /tokenizer is 'letters', but must be one of char, word, bpe/);
  refused({ learningrate: 1 }, /pretraining has no option 'learningrate'; did you mean 'learningRate'/);
  refused(7, /options are 7, but must be an object/);
  refused(null, /options are null/);
  refused({ nTexts: 5 }, /nTexts is for environments/);
  for (const nTexts of [1, 0.5, 'many', 1e9]) {
    fails(() => new bh.Pretraining(env, /** @type {any} */ ({ nTexts })), 'BH_ERR_ARGUMENT', /nTexts is .*, but must be a whole number between 2 and/);
  }
  fails(() => new bh.Pretraining(env, { nTexts: 2 }), 'BH_ERR_ARGUMENT', /2 texts, 0 of them held out/);
});

test('wrong arguments of methods are refused by name', async () => {
  await during(WORDS, TINY, async (training) => {
    const { model } = training;
    const wrong = /** @type {[() => unknown, RegExp][]} */ ([
      [() => model.sample({ length: 0 }), /length is 0/], [() => model.sample({ seed: -1 }), /seed is -1/],
      [() => model.sample({ temperature: -1 }), /temperature is -1, but must be a number between 0 and 100/], [() => model.sample({ temperature: NaN }), /temperature is NaN/],
      [() => model.sample({ topP: 0 }), /topP is 0/], [() => model.sample({ topP: 2 }), /topP is 2/], [() => model.sample({ topK: 1.5 }), /topK is 1.5/],
      [() => model.sample(/** @type {any} */ ({ topk: 1 })), /did you mean 'topK'/], [() => model.sample(/** @type {any} */ (null)), /sample takes an object/],
      [() => model.sample(/** @type {any} */ ({ prompt: 5 })), /prompt is 5, but must be a string or an array of token ids/],
      [() => model.sample(/** @type {any} */ ({ prompt: null })), /prompt is null/],
      [() => model.sample({ prompt: [99_999] }), /token id is 99999/], [() => model.next(/** @type {any} */ ({})), /prompt is an object/],
      [() => model.next('a', /** @type {any} */ ({ length: 3 })), /next has no option 'length'/],
      [() => model.encode(/** @type {any} */ (5)), /text is 5/], [() => model.decode(/** @type {any} */ (5)), /ids is 5, but must be an array of token ids/],
      [() => model.decode([-1]), /token id is -1/], [() => model.perplexity(/** @type {any} */ (undefined)), /text is undefined/],
      [() => training.step(0), /n is 0/], [() => training.validate({ windows: -1 }), /windows is -1/],
      [() => training.validate(/** @type {any} */ ({ window: 1 })), /did you mean 'windows'/],
    ]);
    for (const [use, message] of wrong) fails(use, 'BH_ERR_ARGUMENT', message);
    for (const [options, message] of /** @type {[any, RegExp][]} */ ([[{ steps: -1 }, /steps is -1/], [{ onProgress: 5 }, /onProgress is 5/], [{ step: 1 }, /did you mean 'steps'/]])) {
      await assert.rejects(training.learn(options), message);
    }
    assert.equal(training.steps, 0);
  });
});

test('64 MB is the limit, and what is longer is refused before the module sees it; 5 MB are learned from', { timeout: 120_000 }, async () => {
  const live = bh.liveBytes();
  for (const text of ['a'.repeat(65 << 20), new Uint8Array(65 << 20), '猫'.repeat(22 << 20)]) {
    fails(() => new bh.Pretraining(text), 'BH_ERR_ARGUMENT', /the corpus is 6[56]\.0 MB long, but at most 64/);
    fails(() => ofTask.model.encode(text), 'BH_ERR_ARGUMENT', /text is 6[56]\.0 MB long/);
  }
  assert.equal(bh.liveBytes(), live);
  const text = english.repeat(Math.ceil(5e6 / english.length));
  await during(text, TINY, (training) => {
    training.step(2);
    assert.ok(training.validate({ windows: 10 }).perplexity > 1);
    assert.ok(training.model.info.vocabulary > 40);
  });
});

test('a module without language models says so', async () => {
  const small = await load({ text: false });
  for (const use of [() => new small.Pretraining(WORDS), () => small.LanguageModel.load(new Uint8Array(8)), () => small.pretrainingOptions]) {
    fails(use, 'BH_ERR_LOAD', /load\(\{ text: true \}\)/);
  }
});
