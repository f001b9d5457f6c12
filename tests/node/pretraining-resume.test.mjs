// SPDX-License-Identifier: MIT
// Full checkpoints of pre-training: one that is saved at any step, loaded elsewhere with its text and continued is the training that never
// stopped, in every build; what is not of it is refused and leaves nothing behind.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';
import { random } from './js-envs.mjs';

/** @typedef {import('../../web/bellhop.js').Pretraining} Pretraining */
/** @typedef {import('../../web/bellhop.js').Bellhop} Bellhop */

const STEPS = 120, SAVES = 25;
const WORDS = 'the cat sat on the mat. a dog ran to the cat and the mat was flat.\n'.repeat(30);
const TINY = { dModel: 8, nHeads: 2, nLayers: 1, context: 8, batchSize: 3, maxSteps: STEPS, evalFreq: 10, evalWindows: 2, logFreq: 7, seed: 5 };

const simd = await load({ simd: true });
const scalar = await load({ simd: false });
const folder = mkdtempSync(join(tmpdir(), 'bellhop-pretraining-'));
after(() => rmSync(folder, { recursive: true }));
afterEach(() => [simd, scalar].forEach((bh) => assert.equal(bh.liveBytes(), 0, 'nothing stays')));

/** What a training is, to the last bit. @param {Pretraining} training */
const stateOf = (training) => Buffer.from(training.save({ full: true })).toString('base64');

/** A source for one module, and gone. @template T @param {Bellhop} bh @param {boolean} isText @param {(source: any) => T} use @returns {Promise<Awaited<T>>} */
async function withSource(bh, isText, use) {
  if (isText) return await use(WORDS);
  const env = bh.make('TextGen-v1');
  try {
    return await use(env);
  } finally {
    env.dispose();
  }
}

/** @type {Record<string, { isText: boolean, options: import('../../web/bellhop.js').PretrainingOptions }>} */
const KINDS = {
  'a text': { isText: true, options: TINY },
  'a text by words, with another optimizer': { isText: true, options: { ...TINY, tokenizer: 'word', optimizer: 'rmsprop-centered', tied: false, learningRateSchedule: 'linear' } },
  'an environment of text': { isText: false, options: { ...TINY, nTexts: 150 } },
};

for (const [name, { isText, options }] of Object.entries(KINDS)) {
  test(`${name}: saved at ${SAVES} random steps, each continued to the same end with SIMD and without`, async () => {
    const drawn = random(name.length);
    const at = Array.from({ length: SAVES }, () => Math.floor(drawn() * STEPS)).sort((a, b) => a - b);
    /** @type {{ bytes: Uint8Array, records: number }[]} */
    const saved = [];
    const { end, records } = await withSource(simd, isText, async (source) => {
      const training = new simd.Pretraining(source, options);
      let n = 0;
      for (const step of at) {
        if (step > training.steps) training.step(step - training.steps);
        n += training.drain().length;
        saved.push({ bytes: training.save({ full: true }), records: n });
      }
      await training.learn();
      const whole = { end: stateOf(training), records: n + training.drain().length };
      training.dispose();
      return whole;
    });
    for (const [i, { bytes, records: before }] of saved.entries()) {
      const bh = i % 2 === 0 ? simd : scalar;
      await withSource(bh, isText, async (source) => {
        const there = bh.Pretraining.load(bytes, source);
        assert.equal(there.steps, at[i]);
        let n = before;
        await there.learn({ sliceMilliseconds: 1, onProgress: (now) => {
          n += now.records.length;
        } });
        assert.deepEqual([there.steps, n], [STEPS, records]);
        assert.ok(stateOf(there) === end, `saved at ${at[i]}`);
        there.dispose();
      });
    }
  });
}

const native = fileURLToPath(new URL('../../build/out/o2/bellhop_golden_run', import.meta.url));

test('from WebAssembly to native code and back', { skip: existsSync(native) ? false : 'not built' }, async () => {
  const [from, to, text] = ['from', 'to', 'text'].map((name) => join(folder, name));
  writeFileSync(text, WORDS);
  const training = new simd.Pretraining(WORDS, TINY);
  training.step(31);
  writeFileSync(from, training.save({ full: true }));
  execFileSync(native, [`resume-pretraining ${from} 40 ${to} ${text}`]);
  training.step(40);
  const there = scalar.Pretraining.load(readFileSync(to), WORDS);
  assert.ok(stateOf(there) === stateOf(training));
  [there, training].forEach((each) => each.dispose());
});

test('a full checkpoint is one of the model too, and live options may change with it', async () => {
  const training = new simd.Pretraining(WORDS, TINY);
  await training.learn({ steps: 20 });
  training.set({ evalFreq: 4 });
  const bytes = training.save({ full: true });
  const model = simd.LanguageModel.load(bytes);
  assert.deepEqual([model.sha256(), model.info], [training.model.sha256(), training.model.info]);
  const changed = simd.Pretraining.load(bytes, new TextEncoder().encode(WORDS), { learningRate: 0.5, dModel: 8, maxSteps: 30 });
  assert.deepEqual([changed.options.learningRate, changed.options.maxSteps, changed.options.evalFreq, changed.steps, changed.tokensSeen], [0.5, 30, 4, 20, training.tokensSeen]);
  training.set({ learningRate: 0.5, maxSteps: 30 });
  for (const each of [training, changed]) await each.learn();
  assert.ok(stateOf(changed) === stateOf(training));
  assert.equal(training.steps, 30);
  [model, training, changed].forEach((each) => each.dispose());
});

test('what is not of the training is refused in words', async () => {
  const training = new simd.Pretraining(WORDS, TINY);
  training.step(3);
  const [bytes, plain] = [training.save({ full: true }), training.save()];
  training.dispose();
  const env = simd.make('TextGen-v1');
  const go = (/** @type {any} */ source, /** @type {any} */ options, /** @type {any} */ file = bytes) => () => simd.Pretraining.load(file, source, options);
  fails(go(`${WORDS}!`), 'BH_ERR_SHAPE', /^the checkpoint is of another text: a training goes on only with the one it began with$/);
  fails(go(WORDS.replace('flat', 'that')), 'BH_ERR_SHAPE', /of another text/);
  fails(go(env), 'BH_ERR_SHAPE', /the checkpoint's context is '8', but here it is '14'/);
  fails(go('too little'), 'BH_ERR_ARGUMENT', /the text has 10 tokens/);
  fails(go(7), 'BH_ERR_ARGUMENT', /the corpus is 7, but must be a text/);
  fails(go(WORDS, { dModel: 16 }), 'BH_ERR_SHAPE', /^the checkpoint's dModel is '8', but here it is '16'$/);
  fails(go(WORDS, { seed: 6 }), 'BH_ERR_SHAPE', /seed is '5', but here it is '6'/);
  fails(go(WORDS, { learningRate: -1 }), 'BH_ERR_CONFIG', /learningRate is -1, but must be between 0 and 10/);
  fails(go(WORDS, { learningrate: 1 }), 'BH_ERR_CONFIG', /did you mean 'learningRate'/);
  fails(go(WORDS, { nTexts: 9 }), 'BH_ERR_CONFIG', /nTexts is for environments of text/);
  fails(go(WORDS, undefined, plain), 'BH_ERR_FORMAT', /parameters only, not the training they are of: it can be loaded, but not resumed/);
  fails(go(WORDS, undefined, 'bytes'), 'BH_ERR_ARGUMENT', /the checkpoint is 'bytes', but must be a Uint8Array/);
  const agent = new simd.QLearning('GridWorld-v0');
  fails(go(WORDS, undefined, agent.save({ full: true })), 'BH_ERR_SHAPE', /not one of a language model/);
  assert.throws(() => simd.loadModel(bytes), { status: 'BH_ERR_FORMAT' });
  agent.dispose();
  const ofTask = new simd.Pretraining(env, { ...TINY, nTexts: 60 });
  const task = ofTask.save({ full: true });
  fails(go(env, { nTexts: 61 }, task), 'BH_ERR_SHAPE', /another text/);
  const other = simd.make('TextGen-v1', { grammarWeight: 0.5 });
  go(other, undefined, task)().dispose(); // how it rewards is no part of its texts
  [ofTask, env, other].forEach((each) => each.dispose());
  for (const options of /** @type {any[]} */ ([{ full: 'yes' }, { ful: true }, null])) {
    const one = new simd.Pretraining(WORDS, TINY);
    fails(() => one.save(options), 'BH_ERR_ARGUMENT', /full is 'yes', but must be true or false|did you mean 'full'|save takes an object/);
    one.dispose();
  }
});

test('every prefix and every flipped byte of a small full checkpoint is refused', () => {
  const small = { ...TINY, dModel: 4, nHeads: 1, context: 3 };
  const text = WORDS.slice(0, 300);
  const training = new simd.Pretraining(text, small);
  training.step(4);
  const bytes = training.save({ full: true });
  training.dispose();
  const refused = (/** @type {Uint8Array} */ bad, /** @type {string} */ what) => {
    assert.throws(() => simd.Pretraining.load(bad, text), (/** @type {any} */ error) => error.status?.startsWith('BH_ERR_') && error.message.length > 20, what);
  };
  for (let n = 0; n < bytes.length; n += 7) refused(bytes.subarray(0, n), `the first ${n} bytes`);
  for (let i = 0; i < bytes.length; i++) {
    const bad = bytes.slice();
    bad[i] ^= 1 << i % 8;
    refused(bad, `byte ${i}`);
  }
});
