// SPDX-License-Identifier: MIT
// The workbench: runs that were left stay in the chart and in a list, where each is named, hidden, shown alone, pinned, opened again and deleted, by keyboard,
// in both languages; runs with other seeds go on beside the one that is shown, and come to what the library says; each file that is exported is opened again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iqm, quantile } from '../../../web/lib/statistics.mjs';
import { load } from '../../../web/node/node.mjs';
import { readEvents } from '../../node/event-file.mjs';
import { allText, axe, frames, holds, link, phase, reach, says, test } from '../harness.mjs';
import { KEY, SMALL, another, finish } from '../run-list.mjs';

/** @typedef {import('playwright-core').Page} Page */


/** The names of the runs whose curves are drawn, in the chart of returns and in the list. @param {Page} page */
const drawn = (page) => page.evaluate(() => {
  const { experiment } = /** @type {any} */ (document.getElementById('lab'));
  const inList = [...document.querySelectorAll('.bench-run:not(.present)')].filter((row) => /** @type {any} */ (row.querySelector('input')).checked).map((row) => Number(row.id.split('-').at(-1)));
  return { drawn: experiment.runs.drawn(experiment.setup).map(({ n }) => n), inList: inList.sort() };
});

/** What a button saves: its name and its bytes. @param {Page} page @param {string} what */
async function saved(page, what) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#bench-${what}`)]);
  const name = download.suggestedFilename();
  await says(page, 'bench-saved', new RegExp(name.replaceAll('.', '\\.')));
  return { name, bytes: readFileSync(await download.path()) };
}

/** What a command of bellhop prints at its end. @param {string} command @returns {any} */
function summaryOf(command) {
  const out = execFileSync('sh', ['-c', `${command.replace('npx bellhop', `'${process.execPath}' web/cli/cli.mjs`)} --json`], { cwd: new URL('../../../', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(/** @type {string} */ (out.trim().split('\n').at(-1)));
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function workbench(lab) {
  test('workbench: a kept run, live beside the present one: what differs, both play, pause and begin anew; each gets its own bits', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3&learningRate=0.1`);
    await finish(page);
    const hash = (/** @type {string} */ id) => page.evaluate((of) => /** @type {any} */ (document.getElementById(of)).sha256(), id);
    const first = await hash('lab');
    await another(page, 7);
    await page.click('#runs-open');
    await page.click('#bench-run-1 .bench-beside');
    await says(page, 'beside-differs', /^Differs: seed 3$/);
    assert.ok(await page.evaluate(() => document.activeElement?.id === 'beside-title'));
    assert.deepEqual(await axe(page), []);
    const ends = () => holds(page, () => ['lab', 'beside-lab'].every((id) => /** @type {any} */ (document.getElementById(id)).phase === 'finished'));
    await page.click('#beside-play');
    await ends();
    assert.equal(await hash('beside-lab'), first);
    const present = await hash('lab');
    assert.notEqual(present, first);
    await page.click('#beside-reset');
    await holds(page, () => ['lab', 'beside-lab'].every((id) => /** @type {any} */ (document.getElementById(id)).experiment.frame?.timesteps === 0));
    await page.click('#beside-play');
    await ends();
    assert.deepEqual([await hash('lab'), await hash('beside-lab')], [present, first]);
    await page.click('#beside-close');
    assert.equal(await page.locator('bellhop-lab').count(), 1);
    await page.click('#bench-run-1 .bench-beside');
    await page.waitForSelector('#beside-lab');
    await page.click('#tab-control');
    await page.waitForSelector('#beside', { state: 'detached' });
    await close();
  });

  test('workbench: runs that were left stay, say what differs, and are named, hidden, shown alone, pinned, opened and deleted by keyboard', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await finish(page);
    await another(page, 7);
    await finish(page);
    await another(page, 9);
    await page.click('#play');
    await reach(page, 'count-episodes', 1);
    await page.focus('#runs-open');
    await page.keyboard.press('Enter');
    await says(page, 'bench-run-1', /Differs: seed 3 · 300 steps · mean return/);
    assert.deepEqual(await drawn(page), { drawn: [1, 2], inList: [1, 2] });
    await phase(page, 'finished');
    await says(page, 'bench-present', /This run.*seed 9 · 300 steps/s);

    await page.fill('#bench-run-1 .bench-name', 'three');
    await page.keyboard.press('Tab');
    await page.focus('#bench-run-2 .bench-only');
    await page.keyboard.press('Space');
    assert.deepEqual(await drawn(page), { drawn: [2], inList: [2] });
    assert.equal(await page.getAttribute('#bench-run-2 .bench-only', 'aria-pressed'), 'true');
    await page.keyboard.press('Space');
    await page.focus('#bench-run-2 input');
    await page.keyboard.press('Space');
    assert.deepEqual(await drawn(page), { drawn: [1], inList: [1] });
    await page.focus('#bench-run-1 .bench-pin');
    await page.keyboard.press('Enter');
    assert.equal(await page.getAttribute('#bench-run-1 .bench-pin', 'aria-pressed'), 'true');
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#chart-returns canvas'));

    await page.focus('#bench-run-1 .bench-open');
    await page.keyboard.press('Enter');
    await link(page, 'seed=3');
    await says(page, 'bench-run-1', /Differs: nothing: it is the same run/);
    await says(page, 'bench-run-3', /Differs: seed 9/);
    assert.equal(await page.inputValue('#bench-run-1 .bench-name'), 'three');
    await page.focus('#bench-run-2 .bench-delete');
    await page.keyboard.press('Enter');
    await holds(page, () => !document.getElementById('bench-run-2'));
    await says(page, 'bench-undo', /is deleted\. ?Undo/);
    await page.keyboard.press('Enter'); // the focus is there
    await holds(page, () => document.getElementById('bench-run-2')?.contains(document.activeElement));
    await page.focus('#bench-run-2 .bench-delete');
    await page.keyboard.press('Enter');
    await holds(page, () => !document.getElementById('bench-run-2') && document.getElementById('bench-undo')?.contains(document.activeElement));
    await page.click('#tab-control');
    await says(page, 'bench-present', /CartPole|DQN/);
    assert.equal(await page.locator('.bench-run').count(), 1);
    await page.click('#tab-grid');
    await says(page, 'bench-run-3', /seed 9/);
    await page.focus('#runs-open');
    await page.keyboard.press('Enter');
    await holds(page, () => !document.getElementById('bench-runs'));
    await close();
  });

  test('workbench: Export leads there by keyboard, and says why there is nothing of a language model', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    for (const open of [1, 2]) {
      await page.focus('#export');
      await page.keyboard.press('Enter');
      await holds(page, () => document.activeElement?.id === 'bench-export-title');
      assert.equal(await page.getAttribute('#runs-open', 'aria-expanded'), 'true', `${open}`);
    }
    await close();
    const other = await lab().open('#view=language');
    await other.page.click('#export');
    await says(other.page, 'notice-text', /^Export is for runs of agents\./);
    await other.close();
  });

  test('workbench: in Chinese, on a phone and in the dark: no key is shown, every control has a name, axe finds nothing, nothing sticks out', async () => {
    for (const [lang, colorScheme, width] of /** @type {const} */ ([['en', 'light', 1280], ['zh', 'dark', 360]])) {
      const { page, close } = await lab().open(`${SMALL}&seed=3&lang=${lang}`, { viewport: { width, height: 900 }, colorScheme });
      await finish(page);
      await another(page, 7);
      await page.click('#runs-open');
      await page.waitForSelector('#bench-run-1');
      await frames(page, 5);
      assert.equal(KEY.exec(`${await allText(page)} ${await page.locator('#workbench').innerText()}`), null);
      assert.deepEqual(await axe(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
      await page.click(lang === 'en' ? '#lang-zh' : '#lang-en');
      await says(page, 'bench-runs-title', lang === 'en' ? /训练记录/ : /Runs/);
      await close();
    }
  });

  test('workbench: runs of a task of text are in the same list', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1&start=scratch&learningStarts=20&batchSize=8&dModel=16&nHeads=2&nLayers=1&evalFreq=0&seed=1');
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.fill('#seed', '5');
    await page.press('#seed', 'Tab');
    await page.click('#reset');
    await link(page, 'seed=5');
    await page.click('#runs-open');
    await says(page, 'bench-run-1', /Differs: seed 1 · 1 step/);
    const rows = () => page.locator('#rl-curves tbody th').count();
    const all = await rows();
    await page.uncheck('#bench-run-1 input[type=checkbox]');
    await holds(page, (n) => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#rl-curves tbody th').length === n, all - 1);
    assert.equal(KEY.exec(await page.locator('#workbench').innerText()), null);
    await close();
  });

  test('workbench: five seeds in the background come to what the library says; the run that is shown goes on, and is the same', async () => {
    const bh = await load();
    const scores = await Promise.all([3, 4, 5, 6, 7].map(async (seed) => {
      const env = bh.make('GridWorld-v0');
      const model = new bh.models['q-learning'](env, { seed, totalTimesteps: 300, evalFreq: 100 });
      await model.learn();
      return { mean: model.evaluate({ which: 'best' }).mean, hash: model.sha256() };
    }));
    const means = scores.map(({ mean }) => mean), shown = (/** @type {number} */ n) => n.toFixed(2).replace('-', '−');
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await page.click('#runs-open');
    for (const wrong of ['0', '301', 'many']) {
      await page.fill('#bench-steps', wrong);
      await page.click('#bench-seeds-start');
      await says(page, 'bench-seeds-problem', wrong === 'many' ? /Steps of each.*number/ : /Steps of each.*from 1 to 300/);
    }
    await page.fill('#bench-steps', '300');
    await page.focus('#bench-seeds-start');
    await page.keyboard.press('Enter');
    await finish(page);
    await says(page, 'bench-run-1', new RegExp(`Seeds 3 to 7, 300 steps each: interquartile mean ${shown(iqm(means))} of the best parameters, the middle half from ${shown(quantile(means, 0.25))} to ${shown(quantile(means, 0.75))}\\.`));
    await says(page, 'bench-run-1', /[0-5] of 5 solved it .*Differs: only the seeds/);
    await says(page, 'fingerprint', new RegExp(scores[0].hash.slice(0, 12)));
    const band = await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).experiment.runs.items[0].band);
    assert.ok(band.xs.length > 10 && band.middle.every((/** @type {number} */ y, /** @type {number} */ i) => y >= band.low[i] - 1e-9 && y <= band.high[i] + 1e-9));
    await page.waitForSelector('#bench-seeds-start');
    await close();
  });

  test('workbench: five seeds are cancelled by keyboard, and nothing is left of them', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=3&netArch=8');
    const workers = () => page.evaluate(() => /** @type {any} */ (window).watched.workers);
    const before = await workers();
    await page.click('#runs-open');
    await page.focus('#bench-seeds-start');
    await page.keyboard.press('Enter');
    await says(page, 'bench-seeds-now', /Seed 3, 1 of 5: step [\d,]+ of 50,000/);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'bench-seeds-cancel');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#bench-seeds-start');
    assert.equal(await page.locator('.bench-run').count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'bench-seeds-start');
    assert.equal(await workers(), before);
    await close();
  });

  test('workbench: five seeds of an evaluation say what the policy gets, and that nothing is solved by it', async () => {
    const { page, close } = await lab().open('#env=FrozenLake-v1&algo=policy-evaluation&totalTimesteps=300');
    await page.click('#runs-open');
    await page.click('#bench-seeds-start');
    await says(page, 'bench-run-1', /^Seeds 0 to 4, 300 steps each: interquartile mean [\d.]+ of the policy, the middle half from [\d.]+ to [\d.]+\. Differs: only the seeds\./m);
    await close();
  });

  test('workbench: five seeds of a task of text, in Chinese', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1&start=scratch&learningStarts=20&batchSize=8&dModel=16&nHeads=2&nLayers=1&evalFreq=20&nEvalEpisodes=2&lang=zh');
    await page.click('#runs-open');
    await page.fill('#bench-steps', '60');
    await page.click('#bench-seeds-start');
    await says(page, 'bench-run-1', /种子 0 到 4，每次 60 步：/);
    await says(page, 'bench-run-1', /5 次中有 0 次/);
    assert.equal(KEY.exec(await page.locator('#workbench').innerText()), null);
    await close();
  });

  test('workbench: CSV, settings, command, model, checkpoint and event file of a run are opened again, and are that run', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=2&totalTimesteps=600&learningStarts=100&evalFreq=200&logFreq=100&netArch=16');
    await finish(page);
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment.print?.step === 600);
    const { hash, episodes, recent } = await page.evaluate(() => {
      const { print, history } = /** @type {any} */ (document.getElementById('lab')).experiment;
      return { hash: print.hash, episodes: history.episodes, recent: history.recent };
    });
    await page.click('#runs-open');
    const csv = await saved(page, 'csv');
    assert.equal(csv.name, 'CartPole-v1-dqn-seed2-step600.csv');
    const [heading, ...rows] = csv.bytes.toString().trimEnd().split('\n').map((line) => line.split(','));
    const of = (/** @type {string} */ type, /** @type {string} */ column) => rows.filter(([kind]) => kind === type).map((row) => Number(row[heading.indexOf(column)]));
    assert.deepEqual([of('episode', 'rollout/ep_rew').length, of('episode', 'rollout/ep_rew').slice(-recent.length)], [episodes, recent]);
    assert.deepEqual([of('train', 'time/total_timesteps').at(-1), of('eval', 'time/total_timesteps')], [600, [200, 400, 600]]);

    const command = await page.inputValue('#bench-command');
    const byCommand = summaryOf(command);
    assert.ok(byCommand.params_sha256.startsWith(hash), command);
    const folder = mkdtempSync(join(tmpdir(), 'bellhop-workbench-'));
    const config = await saved(page, 'config');
    writeFileSync(join(folder, config.name), config.bytes);
    assert.equal(summaryOf(`npx bellhop train --config '${join(folder, config.name)}'`).params_sha256, byCommand.params_sha256);
    rmSync(folder, { recursive: true });

    const bh = await load();
    const parameters = await saved(page, 'model'), checkpoint = await saved(page, 'checkpoint');
    assert.deepEqual([parameters.name, checkpoint.name], ['CartPole-v1-dqn-seed2-step600.safetensors', 'CartPole-v1-dqn-seed2-step600.full.safetensors']);
    assert.equal(bh.models.dqn.load(parameters.bytes).sha256(), byCommand.params_sha256);
    const whole = bh.models.dqn.load(checkpoint.bytes);
    assert.deepEqual([whole.sha256(), whole.timesteps], [byCommand.params_sha256, 600]);
    const events = readEvents((await saved(page, 'events')).bytes);
    assert.deepEqual(events.filter(({ values }) => values?.['eval/mean_reward'] !== undefined).map(({ step }) => step), [200, 400, 600]);
    assert.ok(events.some(({ values }) => values?.['train/loss'] > 0));
    await close();
  });

  test('workbench: the chart as SVG and PNG, the world as PNG and as a video', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await finish(page);
    await another(page, 7);
    await finish(page);
    await page.click('#runs-open');
    const svg = await saved(page, 'svg');
    assert.equal(svg.name, 'GridWorld-v0-q-learning-seed7-step300.svg');
    const parsed = await page.evaluate((text) => {
      const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
      return { name: root.nodeName, title: root.querySelector('title')?.textContent, texts: [...root.querySelectorAll('text')].map(({ textContent }) => textContent), curves: root.querySelectorAll('[clip-path] path').length };
    }, svg.bytes.toString());
    assert.deepEqual([parsed.name, parsed.title, parsed.curves], ['svg', 'GridWorld · Q-learning · seed 7', 2]);
    for (const words of ['environment steps', 'Return per episode', 'Run 1 (seed 3)', 'evaluation']) assert.ok(parsed.texts.includes(words), `${words}: ${parsed.texts}`);
    for (const [what, ending] of [['chart', 'chart.png'], ['world', 'world.png']]) {
      const { name, bytes } = await saved(page, what);
      assert.equal(name, `GridWorld-v0-q-learning-seed7-step300.${ending}`);
      assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
      assert.ok(bytes.readUInt32BE(16) >= 200 && bytes.length > 2000, `${bytes.readUInt32BE(16)} pixels wide, ${bytes.length} bytes`);
    }
    const run = () => page.evaluate(async () => {
      const element = /** @type {any} */ (document.querySelector('bellhop-lab'));
      const { agentFrame: { timesteps }, history: { returns } } = element.experiment;
      return { timesteps, records: returns[0].length, phase: element.phase, sha256: await element.sha256(), speed: element.experiment.speed };
    });
    const before = await run();
    await page.evaluate(() => {
      const { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
      experiment.addEventListener('frame', () => (Object.assign(globalThis, { furthest: Math.max(/** @type {any} */ (globalThis).furthest ?? 0, experiment.agentFrame.timesteps) })));
    });
    const { name, bytes } = await saved(page, 'video');
    assert.ok(await page.evaluate(() => /** @type {any} */ (globalThis).furthest) > before.timesteps, 'it moved');
    assert.deepEqual(await run(), before, 'the run is as it was');
    assert.equal(name, 'GridWorld-v0-q-learning-seed7-step300.webm');
    assert.equal(bytes.readUInt32BE(0), 0x1a45dfa3, 'EBML');
    assert.ok(bytes.length > 5000, `${bytes.length} bytes`);

    await page.selectOption('#bench-of', '1');
    await says(page, 'workbench', /parameters of earlier runs are not kept/);
    assert.equal((await saved(page, 'csv')).name, 'GridWorld-v0-q-learning-seed3-step300.csv');
    assert.equal(await page.inputValue('#bench-command'), 'npx bellhop train GridWorld-v0 --algo q-learning --seed 3 --total-timesteps 300 --eval-freq 100');
    assert.equal(await page.locator('#bench-model').count(), 0);
    await close();
  });
}
