// SPDX-License-Identifier: MIT
// The microscope: opened by keyboard, it shows the numbers of each update as the library computes them, in both languages; a run under it is the
// run without it; it goes on over Reset and another environment, and costs nothing once it is closed.
import assert from 'node:assert/strict';
import { reportOf } from '../../../web/lab/update-report.mjs';
import { loadWords } from '../../../web/lab/words.mjs';
import { load } from '../../../web/node/node.mjs';
import { allText, axe, holds, reach, says, test } from '../harness.mjs';

/** What a key of the catalogues looks like where its words are missing. */
const KEY = /\b(update|layers|dots|cell\.look)\.[a-z][\w.]*/;
const DQN = 'env=CartPole-v1&algo=dqn&seed=4&learningStarts=20&batchSize=16&netArch=8&evalFreq=0&trainFreq=1';

/** Reads like the page: `digits` decimals and a true minus. @param {number} n @param {number} [digits] */
const shown = (n, digits = 4) => n.toFixed(digits).replace('-', '−');

/** The report of the update that a run of the library has made after so many steps. @param {any} algo @param {any} env @param {object} options @param {number} steps @returns {Promise<any>} */
async function reportAfter(algo, env, options, steps) {
  const bh = await load();
  const world = bh.make(env);
  const model = new bh.models[/** @type {import('../../../web/bellhop.js').AlgoName} */ (algo)](world, options);
  model.watch();
  await model.learn({ steps });
  const report = reportOf(/** @type {import('../../../web/bellhop.js').UpdateNumbers} */ (model.lastUpdate()));
  const hash = model.sha256();
  model.dispose();
  world.dispose();
  return { ...report, hash };
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function microscope(lab) {
  test('the microscope: steps of Q-learning with the numbers of the core, by keyboard', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=q-learning&seed=3');
    await page.focus('#microscope');
    await page.keyboard.press('Enter');
    await says(page, 'microscope-none', /^No update seen yet/);
    assert.equal(await page.getAttribute('#microscope', 'aria-expanded'), 'true');
    for (let step = 1; step <= 12; step++) {
      await page.click('#step');
      await reach(page, 'count-steps', step);
      const isRandom = await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.agentFrame.last.explored);
      await says(page, 'microscope-why', isRandom ? /^Why this action: with probability ε, now (1|0\.\d+), an action is drawn uniformly at random/ : /^Why this action: its value was the largest\.$/);
      const { old, td, now, y } = await reportAfter('q-learning', 'GridWorld-v0', { seed: 3 }, step);
      const parts = await page.$$eval('#microscope-view math', (all) => all.map(({ textContent }) => textContent ?? ''));
      const [, result, formula, value] = parts;
      assert.equal(parts.length, 4);
      assert.deepEqual([result, value], [`=${shown(y)}`, `=${shown(now)}`], `step ${step}`);
      assert.equal(formula, `Q(s,a)←${shown(old)}+0.5000×${td < 0 ? `(${shown(td)})` : shown(td)}`, `step ${step}: ${old} + 0.5 × ${td} = ${now}`);
    }
    await page.click('#reset');
    await says(page, 'microscope-none', /^No update seen yet/);
    await page.click('#next-episode');
    await reach(page, 'count-episodes', 1);
    await page.click('#reset');
    await page.click('#next-update');
    await reach(page, 'count-steps', 1);
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#microscope-view math'));
    await page.click('#microscope');
    await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#microscope-view'));
    await close();
  });

  test('the microscope over DQN: the batch, in both languages; the run is the same to the bit', async () => {
    const options = { seed: 4, learningStarts: 20, batchSize: 16, netArch: [8], evalFreq: 0, trainFreq: 1 };
    const want = await reportAfter('dqn', 'CartPole-v1', options, 40);
    for (const lang of ['en', 'zh']) {
      const { page, close } = await lab().open(`#${DQN}&lang=${lang}`);
      await page.click('#microscope');
      for (let step = 21; step <= 40; step++) { // nothing is learned from the first 20
        await page.click('#next-update');
        await reach(page, 'count-steps', step);
      }
      await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#microscope-view circle').length === 16);
      await page.click('#microscope-view summary');
      const rows = await page.$$eval('#microscope-view tbody tr', (all) => all.map((row) => [...row.querySelectorAll('td')].map(({ textContent }) => textContent)));
      assert.equal(rows.length, 16);
      const errors = rows.map((row) => Number(row[1]?.replace('−', '-').replace(/×10.*/, '')));
      errors.forEach((error, b) => assert.ok(Math.abs(error - want.rows[b].error) <= 0.006 * Math.abs(want.rows[b].error) + 1e-3 || Math.abs(want.rows[b].error) < 1e-3, `${error}, ${want.rows[b].error}`));
      await says(page, 'fingerprint', new RegExp(want.hash.slice(0, 12)));
      assert.equal(KEY.exec(await allText(page)), null, lang);
      await close();
    }
  });

  test('the microscope over TD3 and PPO: dots, gradient and rows of each', async () => {
    for (const hash of ['#env=Pendulum-v1&algo=td3&seed=3&netArch=8,8&batchSize=8&learningStarts=10&evalFreq=0', '#env=CartPole-v1&algo=ppo&nEnvs=1&nSteps=16&batchSize=8&netArch=8&evalFreq=0']) {
      const { page, close } = await lab().open(hash);
      await page.click('#microscope');
      for (let step = 1; step <= 20; step++) {
        await page.click('#step');
        await reach(page, 'count-steps', step);
      }
      await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#microscope-view circle').length === 8);
      await says(page, 'microscope-view', /Gradient norm/);
      assert.equal(KEY.exec(await allText(page)), null);
      await close();
    }
  });

  test('the microscope: asked for while another run is being made, and over another tab and back; at the end it says that there is no update', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=value-iteration');
    const view = () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#microscope-view dl');
    await page.click('#microscope');
    await page.click('#microscope');
    await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#microscope-view'));
    await page.evaluate(() => ['reset', 'microscope'].forEach((id) => document.querySelector('bellhop-lab')?.shadowRoot?.getElementById(id)?.click()));
    await page.click('#next-update');
    await holds(page, view);
    await page.click('#tab-text');
    await page.click('#tab-grid');
    await holds(page, view);
    assert.equal(await page.getAttribute('#microscope', 'aria-expanded'), 'true');
    for (let press = 1; press <= 12 && !await page.isVisible('#notice'); press++) await page.click('#next-update');
    await says(page, 'notice-text', /^No update came within [\d,]+ steps\.$/);
    await close();
  });

  test('the microscope over a task of text: updates of its agent', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1&start=scratch&learningStarts=20&batchSize=8&dModel=16&nHeads=2&nLayers=1&evalFreq=0');
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.click('#microscope');
    await page.click('#next-update');
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#microscope-view circle').length === 8);
    await says(page, 'microscope-view', /Distance of online and target network/);
    assert.equal(KEY.exec(await allText(page)), null);
    await close();
  });

  test('the microscope: axe finds nothing, on a phone and in the dark too', async () => {
    for (const [hash, colorScheme, width] of /** @type {const} */ ([['#env=GridWorld-v0&algo=sarsa', 'light', 1280], [`#${DQN}`, 'dark', 390]])) {
      const { page, close } = await lab().open(hash, { viewport: { width, height: 900 }, colorScheme });
      await page.click('#microscope');
      for (let step = 1; step <= 24; step++) {
        await page.click('#step');
        await reach(page, 'count-steps', step);
      }
      await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#microscope-view :is(math, circle)'));
      assert.deepEqual(await axe(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
      await close();
    }
  });

  test('the microscope says which inputs moved the decision, by the network that the library has after as many steps', async () => {
    const { page, close } = await lab().open(`#${DQN}`);
    await page.click('#microscope');
    for (let i = 0; i < 30; i++) await page.click('#step');
    await reach(page, 'count-steps', 30);
    await holds(page, () => /\d/.test(document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#input-effects .number')?.textContent ?? ''));
    const bh = await load(), env = bh.make('CartPole-v1');
    const model = new bh.DQN(env, { seed: 4, learningStarts: 20, batchSize: 16, netArch: [8], evalFreq: 0, trainFreq: 1 });
    await model.learn({ steps: 30 });
    const { obs, action } = await page.evaluate(() => {
      const { agentFrame } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
      return { obs: [...agentFrame.obsTm1], action: agentFrame.last.action };
    });
    const words = await loadWords('en'), ranges = [4.8, 6, 24 * Math.PI / 180, 6];
    const expected = ranges.map((range, i) => {
      const at = (/** @type {number} */ by) => model.qValues(Float32Array.from(obs, (value, k) => (k === i ? value + by * range : value)))[action];
      return words.figure(at(0.005) - at(-0.005));
    });
    assert.deepEqual(await page.evaluate(() => [...document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#input-effects .number') ?? []].map(({ textContent }) => textContent)), expected);
    model.dispose();
    env.dispose();
    await close();
  });

  test('inside the network: every unit of every layer by keyboard, as the library has them after as many steps, to the bit; in both languages', async () => {
    const bh = await load(), env = bh.make('CartPole-v1');
    const model = new bh.DQN(env, { seed: 4, learningStarts: 20, batchSize: 16, netArch: [8], evalFreq: 0, trainFreq: 1 });
    await model.learn({ steps: 30 });
    for (const lang of ['en', 'zh']) {
      const { page, close } = await lab().open(`#${DQN}&lang=${lang}`);
      await page.focus('#microscope');
      await page.keyboard.press('Enter');
      for (let i = 0; i < 30; i++) await page.click('#step');
      await reach(page, 'count-steps', 30);
      const obs = await page.evaluate(() => [.../** @type {any} */ (document.querySelector('bellhop-lab')).experiment.agentFrame.obs]);
      const { layers } = model.inspect(obs), [hidden, output] = layers.map(({ data }) => [...data]);
      const last = `${lang === 'en' ? 'left' : '左'} ${shown(output[0], 3)}`;
      await says(page, 'activations', new RegExp(last.replace('.', '\\.')));
      await page.focus('#activations summary');
      await page.keyboard.press('Enter');
      await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#activations tbody tr').length === 8);
      const cells = await page.$$eval('#activations tbody tr', (rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.title)));
      const number = (/** @type {string} */ title) => Number(title.replace('−', '-'));
      assert.deepEqual(cells.map(([first]) => number(first)), hidden);
      assert.deepEqual(cells.slice(0, 2).map(([, second]) => number(second)), output);
      const zeros = hidden.filter((value) => value === 0).length, marks = await page.$$eval('#activations .layer', (all) => all.map((layer) => ['zero', 'above'].map((name) => layer.querySelector(`path.${name}`)?.getAttribute('d')?.match(/M/g)?.length ?? 0)));
      assert.ok(zeros > 0 && zeros < 8, 'some units are dead here');
      assert.deepEqual(marks[0], [zeros, 8 - zeros]);
      assert.match(await page.getAttribute('#activations svg', 'aria-label') ?? '', lang === 'en' ? new RegExp(`^Layer 1: ${zeros} of 8 are 0 here`) : new RegExp(`^第 1 层: 8 个单元中有 ${zeros} 个`));
      assert.equal(KEY.exec(await allText(page)), null, lang);
      await page.click('#play');
      await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#activations'));
      await close();
    }
    model.dispose();
    env.dispose();
  });

  test('the batch over the picture: each transition a dot in the cell it began in, full above zero, a ring below; by keyboard off and on, gone with the microscope', async () => {
    for (const [hash, isMap] of /** @type {const} */ ([['#env=GridWorld-v0&algo=dqn&seed=4&learningStarts=20&batchSize=16&netArch=8&evalFreq=0&trainFreq=1', true], [`#${DQN}`, false]])) {
      const { page, close } = await lab().open(hash);
      await page.click('#microscope');
      for (let step = 1; step <= 24; step++) {
        await page.click('#step');
        await reach(page, 'count-steps', step);
      }
      await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#batch-picture circle').length === 16);
      const found = await page.evaluate(() => {
        const { shadowRoot: root, experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
        const { x_tm1: x, td } = experiment.agentFrame.update, [, S] = x.shape, picture = root.querySelector('#batch-picture'), canvas = picture.parentNode.parentNode.querySelector('canvas');
        const states = Array.from(td.data, (_, b) => Array.from(x.data.subarray(b * S, (b + 1) * S)));
        const dots = [...picture.querySelectorAll('circle')].map((dot) => ({ x: dot.cx.baseVal.value, y: dot.cy.baseVal.value, r: dot.r.baseVal.value, kind: dot.getAttribute('class') }));
        const [over, under] = [picture, canvas].map((each) => each.getBoundingClientRect());
        const { rows, n_cols: n } = experiment.layout, size = rows ? experiment.worldModule.geometry(under.width, under.height, experiment.layout) : null;
        const cells = size && dots.map((dot) => Math.floor((dot.y - size.y0) / size.cell) * n + Math.floor((dot.x - size.x0) / size.cell));
        return { states, errors: [...td.data], dots, cells, width: under.width, height: under.height, apart: [over.left - under.left, over.top - under.top, over.width - under.width].map(Math.abs) };
      });
      assert.ok(Math.max(...found.apart) < 2, 'it lies over the picture');
      assert.equal(found.dots.filter(({ kind }) => kind === 'below').length, found.errors.filter((error) => error < 0).length);
      const order = found.errors.map((error, b) => ({ error, b })).sort((p, q) => Math.abs(q.error) - Math.abs(p.error)); // the largest first
      found.dots.forEach(({ r }, i) => assert.ok(i === 0 || r <= found.dots[i - 1].r, 'the larger the error the larger the dot'));
      if (isMap) assert.deepEqual(found.cells, order.map(({ b }) => found.states[b].indexOf(1)));
      else {
        const limit = 1.15 * 12 * Math.PI / 180, part = (/** @type {number} */ v) => Math.max(0, Math.min(1, v));
        order.forEach(({ b }, i) => {
          const [, , angle, velocity] = found.states[b];
          assert.ok(Math.abs(found.dots[i].x - found.width * part((angle + limit) / (2 * limit))) < 0.6, 'across the angle');
          assert.ok(Math.abs(found.dots[i].y - found.height * part((3 - velocity) / 6)) < 0.6, 'up the velocity');
        });
      }
      await says(page, 'batch-dots-text', isMap ? /^TD errors over the map/ : /^TD errors over the value map/);
      await page.focus('#microscope-view .values summary');
      await page.keyboard.press('Enter');
      const told = await page.$$eval('#microscope-view .values-scroll tbody tr', (all) => all.map((row) => row.querySelector('td:last-child')?.textContent ?? ''));
      assert.ok(told.slice(0, 16).every((state) => (isMap ? /^cell \d/ : /^cart /).test(state)), told.join());
      await page.focus('#batch-dots');
      await page.keyboard.press('Enter');
      await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('.batch-layer'));
      await page.keyboard.press('Enter');
      await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#batch-picture circle').length === 16);
      await page.click('#microscope');
      await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('.batch-layer'));
      await close();
    }
  });

  test('the batch over the picture: on a phone, in the dark and in Chinese, and over the map of a critic', async () => {
    const { page, close } = await lab().open('#env=Pendulum-v1&algo=td3&seed=3&netArch=8,8&batchSize=8&learningStarts=10&evalFreq=0&lang=zh', { viewport: { width: 390, height: 900 }, colorScheme: 'dark' });
    await page.click('#microscope');
    for (let step = 1; step <= 16; step++) {
      await page.click('#step');
      await reach(page, 'count-steps', step);
    }
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('#values-map-box #batch-picture circle').length === 8);
    await says(page, 'batch-dots-text', /在价值图上的分布/);
    await says(page, 'activations', /第 1 层/);
    assert.equal(KEY.exec(await allText(page)), null);
    assert.deepEqual(await axe(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await close();
  });
}
