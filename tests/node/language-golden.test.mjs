// SPDX-License-Identifier: MIT
// Language models to the bit: the SIMD and the scalar module learn the same parameters and write the same text.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from '../../web/node/node.mjs';

const english = readFileSync(new URL('../../envs/data/corpus_en.txt', import.meta.url), 'utf8');
const PLACES = ['../../build/out/wasm-scalar/bellhop-text.wasm', '../../build/out/site/bellhop-text-scalar.wasm'];
const isBuilt = PLACES.some((place) => existsSync(new URL(place, import.meta.url)));

/** @param {boolean} simd @param {import('../../web/bellhop.js').PretrainingOptions} options */
async function learn(simd, options) {
  const bh = await load({ simd });
  assert.equal(bh.simd, simd ? 'wasm-simd128' : 'scalar');
  const training = new bh.Pretraining(english, options);
  training.step(20);
  const { model } = training;
  const result = {
    sha256: model.sha256(), ids: [...model.sample({ prompt: 'The ', length: 100, seed: 7 }).ids],
    validation: training.validate({ windows: 20 }), ngrams: training.ngrams(), records: training.drain(),
  };
  training.dispose();
  assert.equal(bh.liveBytes(), 0);
  return result;
}

for (const [name, options] of Object.entries({
  'blocks of 64, characters': { batchSize: 4 },
  'byte pairs, sizes no kernel has blocks of': { seed: 1, tokenizer: /** @type {const} */ ('bpe'), vocabSize: 301, context: 23, dModel: 36, nHeads: 3, nLayers: 1, batchSize: 5, tied: false, gelu: /** @type {const} */ ('erf') },
})) {
  test(`SIMD and scalar modules: ${name}`, async (t) => {
    if (!isBuilt) return t.skip('the scalar module is not built');
    const [simd, scalar] = [await learn(true, options), await learn(false, options)];
    assert.match(simd.sha256, /^[0-9a-f]{64}$/);
    assert.equal(simd.ids.length, 100);
    assert.deepEqual(scalar, simd);
  });
}
