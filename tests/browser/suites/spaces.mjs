// SPDX-License-Identifier: MIT
// Spaces of environments of one's own in a page: the same run as in Node, and the same bits of samples.
import assert from 'node:assert/strict';
import { load, makeSpace } from '../../../web/node/node.mjs';
import { test } from '../harness.mjs';

const SPACE = /** @type {const} */ ({ type: 'Dict', spaces: { at: { type: 'Discrete', n: 4, start: 1 }, speed: { type: 'Box', shape: [2] }, wind: { type: 'Box', shape: [1], low: 0 }, doors: { type: 'MultiBinary', n: 3 } } });
const OPTIONS = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, trainFreq: 1, evalFreq: 0, totalTimesteps: 200, seed: 3 };

/**
 * Trains in an environment of these spaces, here or in a page, and says what came of it.
 * @param {{ load: (options?: any) => Promise<import('../../../web/bellhop.js').Bellhop>, makeSpace: typeof makeSpace }} library
 * @param {any} space @param {any} options
 */
async function trained(library, space, options) {
  const bh = await library.load({ text: false });
  const observations = library.makeSpace(space);
  let n = 0;
  const env = {
    id: 'Doors-v0', observationSpace: space, actionSpace: { type: /** @type {const} */ ('MultiDiscrete'), nvec: [4, 2] }, maxEpisodeSteps: 10,
    reset() {
      n = 0;
      return [observations.sample(0), {}];
    },
    step(/** @type {Int32Array} */ action) {
      return [observations.sample(++n), action[0] * action[1], false, false, {}];
    },
  };
  const model = new bh.DQN(env, options);
  await model.learn();
  const plain = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value, (_key, each) => (ArrayBuffer.isView(each) ? Array.from(/** @type {any} */ (each)) : each)));
  const found = { sha256: model.sha256(), sample: plain(observations.sample(11)), action: plain(model.predict(observations.sample(5))), again: bh.loadModel(model.save(), env).sha256() };
  model.dispose();
  return found;
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function spaces(lab) {
  test('spaces of one’s own: a page has Node’s samples, actions and parameters', async () => {
    const { page, close } = await lab().open();
    const there = await page.evaluate(`import('${lab().url}bellhop.js').then((library) => (${trained})(library, ${JSON.stringify(SPACE)}, ${JSON.stringify(OPTIONS)}))`);
    const here = await trained({ load, makeSpace }, SPACE, OPTIONS);
    assert.deepEqual(there, here);
    assert.equal(here.again, here.sha256);
    await close();
  });
}
