// SPDX-License-Identifier: MIT
// Files that Export has saved are opened again, by a button, by keyboard and by dropping them on the page: settings are the experiment, a full checkpoint
// goes on to the bits of the run, a model begins a run, records are a grey curve. What does not fit gets a sentence and changes nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { load } from '../../../web/node/node.mjs';
import { allText, axe, holds, link, phase, reach, says, setSpeed, test, text } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ name: string, bytes: Buffer | Uint8Array | string }} Given */

const SMALL = '#env=GridWorld-v0&algo=q-learning&totalTimesteps=300&evalFreq=100';
const KEY = /\b(bench|file|kept)\.[a-z][\w.]*/;

/** Plays to the end. @param {Page} page */
async function finish(page) {
  await setSpeed(page, 5);
  await page.click('#play');
  await phase(page, 'finished');
}

/** What a button saves. @param {Page} page @param {string} what @returns {Promise<Given>} */
async function saved(page, what) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#bench-${what}`)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** @param {Page} page @param {...Given} files */
const give = (page, ...files) => page.setInputFiles('#bench-file', files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })));

/** @param {Page} page @param {Given} file */
const drop = (page, { name, bytes }) => page.evaluate(([called, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(content)], called));
  for (const type of ['dragover', 'drop']) {
    const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector('main')?.dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error(`the browser would open the file: ${type}`);
    if (document.body.hasAttribute('data-drag') !== (type === 'dragover')) throw new Error(`nothing shows that the page takes it: ${type}`);
  }
}, /** @type {[string, number[]]} */ ([name, [...Buffer.from(bytes)]]));

/** @param {Page} page */
const hash = (page) => page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).sha256());
/** What opening a file could have changed. @param {Page} page */
const state = (page) => page.evaluate(() => {
  const { query, runs, agentFrame, phase: now } = /** @type {any} */ (document.getElementById('lab')).experiment;
  return { query, now, step: agentFrame.timesteps, runs: runs.items.length, at: location.hash, entries: history.length };
});

/** @param {() => import('../harness.mjs').Lab} lab */
export default function files(lab) {
  test('files: settings are the experiment again, from any tab, and Back leads back', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3&learningRate=0.25&env.map=S..G`);
    await finish(page);
    const first = await hash(page);
    await page.click('#runs-open');
    const config = await saved(page, 'config');
    await page.click('#tab-control');
    await link(page, 'env=CartPole');
    const choosing = page.waitForEvent('filechooser'); // which asks the browser to tell of it: it has heard that when the next is done
    await page.focus('#bench-file-open');
    await page.keyboard.press('Enter');
    await (await choosing).setFiles({ name: config.name, mimeType: 'application/json', buffer: Buffer.from(config.bytes) });
    await link(page, 'env=GridWorld-v0&algo=q-learning&seed=3');
    await says(page, 'notice-text', /The settings of GridWorld-v0-q-learning-seed3-step300\.json are loaded\. Press Play/);
    for (const part of ['totalTimesteps=300', 'evalFreq=100', 'env.map=S..G', 'learningRate=0.25']) assert.ok(decodeURIComponent(page.url()).includes(part), part);
    assert.equal(await page.getAttribute('#tab-grid', 'aria-selected'), 'true');
    await finish(page);
    assert.equal(await hash(page), first);
    await page.goBack();
    await link(page, 'env=CartPole');
    await close();
  });

  test('files: a full checkpoint goes on to the bits of the run that never stopped; it is dropped on the page', async () => {
    const bh = await load();
    const options = { seed: 5, totalTimesteps: 900, learningStarts: 100, evalFreq: 300, netArch: [16] };
    const whole = new bh.DQN('CartPole-v1', options), part = new bh.DQN('CartPole-v1', options);
    await whole.learn();
    await part.learn({ steps: 400 });
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await drop(page, { name: 'left.safetensors', bytes: part.save({ full: true }) });
    await says(page, 'notice-text', /The run in left\.safetensors is at step 400\. Press Play to continue it/);
    await phase(page, 'paused');
    await reach(page, 'count-steps', 400);
    assert.match(page.url(), /#env=CartPole-v1&algo=dqn&seed=5&learningStarts=100&netArch=16&totalTimesteps=900&evalFreq=300$/);
    assert.equal(await page.getAttribute('#tab-control', 'aria-selected'), 'true');
    await finish(page);
    assert.equal(await hash(page), whole.sha256());
    await close();
  });

  test('files: a model is a new run that begins with its parameters; Reset begins it without', async () => {
    const bh = await load();
    const model = new bh.models['q-learning']('GridWorld-v0', { seed: 4, totalTimesteps: 200 });
    await model.learn();
    const { page, close } = await lab().open(`${SMALL}&seed=3&lang=zh`);
    const plain = await hash(page);
    await page.click('#runs-open');
    await give(page, { name: 'm.safetensors', bytes: model.save() });
    await says(page, 'notice-text', /新的训练从 m\.safetensors 的参数开始/);
    await link(page, 'seed=4');
    assert.equal(await hash(page), model.sha256());
    assert.deepEqual(await axe(page), []);
    assert.equal(KEY.exec(`${await allText(page)} ${await page.locator('#workbench').innerText()}`), null);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.click('#reset');
    await phase(page, 'ready');
    assert.equal(await hash(page), plain, 'a table begins with zeros');
    await close();
  });

  test('files: records are a grey curve, here and after a reload, and say where they are from', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await finish(page);
    await page.click('#runs-open');
    const csv = await saved(page, 'csv');
    const history = () => page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).experiment.history.toJSON());
    const before = await history();
    await page.fill('#seed', '7');
    await page.press('#seed', 'Tab');
    await page.click('#reset');
    await link(page, 'seed=7');
    await give(page, { ...csv, name: 'from a friend.csv' });
    await says(page, 'bench-run-2', /from the file from a friend\.csv · 300 steps · mean return/);
    await says(page, 'notice-text', /drawn in grey and listed among the runs/);
    const of = (/** @type {number} */ i) => page.evaluate((at) => /** @type {any} */ (document.getElementById('lab')).experiment.runs.items[at].history.toJSON(), i);
    const known = (/** @type {any} */ json) => ({ ...json, train: json.train.slice(0, 4), latestTrain: json.latestTrain.slice(0, 4) }); // no record has the value of the start state
    assert.deepEqual(known(await of(1)), known(before));
    assert.equal(await page.locator('#bench-run-2 .bench-open').count(), 0);
    await page.reload();
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.runs.items.length === 2);
    await page.click('#runs-open');
    await says(page, 'bench-run-2', /from the file from a friend\.csv/);
    await give(page, { ...csv, name: 'CartPole-v1-dqn-seed2-step600.csv' });
    await says(page, 'notice-text', /was not opened, and nothing has changed\. It contains records of CartPole, but GridWorld is shown: choose CartPole first\./);
    await close();
  });

  test('files: what does not fit gets a sentence, and nothing changes', async () => {
    const bh = await load();
    const model = new bh.DQN('CartPole-v1', { seed: 1, netArch: [4] }), bytes = model.save(), full = model.save({ full: true });
    const broken = Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 3 ? byte ^ 1 : byte));
    const header = (/** @type {unknown} */ json) => {
      const written = Buffer.from(JSON.stringify(json)), length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(written.length));
      return Buffer.concat([length, written]);
    };
    const config = (/** @type {object} */ changes) => JSON.stringify({ env: 'GridWorld-v0', algo: 'q-learning', options: {}, env_options: {}, ...changes });
    const heading = 'type,time/total_timesteps,rollout/ep_rew,rollout/ep_len,rollout/exploration_rate,train/loss,train/learning_rate,train/n_updates,train/mean_q,train/grad_norm,eval/mean_reward,eval/std_reward,eval/min_reward,eval/max_reward,eval/mean_ep_length,eval/is_best';
    /** @type {[name: string, bytes: any, says: RegExp][]} */
    const cases = [
      ['cat.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 4, 5]), /It cannot be opened here\. These can: settings \(\.json\), a model or a full checkpoint/],
      ['empty.json', '', /It cannot be opened here/],
      ['x.json', '{"a": 1}', /JSON, but not the settings of a run, which have env, algo, options and env_options/],
      ['x.json', '{"env": ', /JSON, but not the settings/],
      ['x.json', config({ env: '__proto__' }), /env cannot be “__proto__”/],
      ['x.json', config({ algo: 'q-lerning' }), /algo cannot be “q-lerning”; did you mean “q-learning”/],
      ['x.json', config({ options: { learning_rate: 'lots' } }), /learningRate is “lots”, but must be a number/],
      ['x.json', config({ options: { learning_rate: 7e9, constructor: 1 } }), /learningRate is .*must be from .*no setting “constructor”/],
      ['x.json', config({ env_options: { map: '<img src=x onerror=alert(1)>' } }), /The map has “<” in row 1, column 1/],
      ['x.json', config({ options: { env: 'CartPole-v1' } }), /algo cannot be “q-learning”|JSON, but not the settings/],
      ['x.json', config({ options: { view: 'language' } }), /x\.json was not opened, and nothing has changed\. .+/],
      ['x.json', config({ env_options: [1] }), /JSON, but not the settings/],
      ['d.jsonl', '{"env": "GridWorld-v0"}\n{"actions": [1]}\n', /demonstrations: open it under “Play it yourself”, below the environment/],
      ['t.csv', 'type,reward\nepisode,1\n', /a table, but not the records of a run/],
      ['t.csv', `${heading}\nepisode,5,1\n`, /a table, but not the records/],
      ['t.csv', `${heading}\nepisode,=1+1${','.repeat(14)}\n`, /a table, but not the records/],
      ['s.safetensors', header({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }), /a safetensors file, but not a checkpoint saved by Bellhop/],
      ['s.safetensors', header({ __metadata__: { format: 'bellhop-lm-1' } }), /a language model: open it in the tab “Text”/],
      ['s.safetensors', header({ __metadata__: { format: 'bellhop-1', env: 'Mine-v0', algo: 'dqn' } }), /env cannot be “Mine-v0”/],
      ['s.safetensors', header({ __metadata__: { format: 'bellhop-1', env: 'CartPole-v1', algo: 'dqn', state_entries: '48' } }), /s\.safetensors was not opened, and nothing has changed\. .+/],
      ['s.safetensors', broken, /s\.safetensors was not opened, and nothing has changed\. .+/],
      ['s.safetensors', full.subarray(0, full.length - 40), /s\.safetensors was not opened, and nothing has changed\. .+/],
    ];
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.click('#runs-open');
    await page.waitForSelector('#bench-file-open');
    const before = await state(page);
    for (const [name, content, said] of cases) {
      await give(page, { name, bytes: content });
      await says(page, 'notice-text', new RegExp(`^${name.replace('.', '\\.')} was not opened, and nothing has changed\\.`));
      await says(page, 'notice-text', said);
      assert.deepEqual(await state(page), before, `${name}: ${content}`);
      await page.click('#notice-close');
    }
    await give(page, { name: 'a.txt', bytes: 'a' }, { name: 'b.txt', bytes: 'b' });
    await says(page, 'notice-text', /a\.txt was not opened.*b\.txt was not opened/);
    assert.equal(KEY.exec(await text(page, 'notice-text')), null);
    await close();
  });
}
