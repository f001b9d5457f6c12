// SPDX-License-Identifier: MIT
// The worlds of the lab without a browser: each draws real states of its environment on a context that only records, at sizes down
// to a stamp, and describes them in both languages; colours of maps go by a range that the task fixes.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import en from '../../web/lab/strings/en.mjs';
import enBox from '../../web/lab/strings/en-box.mjs';
import zh from '../../web/lab/strings/zh.mjs';
import zhBox from '../../web/lab/strings/zh-box.mjs';
import { load } from '../../web/node/node.mjs';
import { diverging, placing } from '../../web/lab/canvas/colour.mjs';
import { begin, keepCrisp, ratioOf } from '../../web/lab/canvas/surface.mjs';
import { readTheme, toHex } from '../../web/lab/canvas/theme.mjs';
import { loadWords } from '../../web/lab/words.mjs';
import { BOX_IDS } from '../../web/lab/late-kinds.mjs';
import { BOARDS } from '../../web/lab/board-experiment.mjs';
import { boxWorld, loadBoxWorld } from '../../web/lab/box-worlds.mjs';
import { SPEEDS, WORLDS, envsOf, loadWorld, stepsPerSecond, worldOf } from '../../web/lab/world-table.mjs';
import * as learningRate from '../../web/lab/worlds/learning-rate.mjs';
import * as map from '../../web/lab/worlds/grid-map.mjs';
import * as tokenText from '../../web/lab/worlds/token-text.mjs';

const bh = await load();
const LANGUAGES = /** @type {const} */ (['en', 'zh']);
const words = { en: await loadWords('en', ['text']), zh: await loadWords('zh', ['text']) };
const TASKS = ['TextGen-v1', 'Translate-v0', 'Summarize-v0', 'CodeGen-v0'];
const SIZES = [[640, 440, 1], [360, 320, 2], [700, 260, 1.1], [320, 260, 3], [90, 60, 1], [20, 12, 2]];
/** What a key of the catalogues looks like where its words are missing. */
const KEY = /\b(draw|state|cell|side|going|action|word|map2d|lr)\.\w/;

/** @type {import('../../web/lab/canvas/theme.mjs').Theme} */
const THEME = {
  dark: false, ground: '#f5f5f2', panel: '#ffffff', ink: '#1b1d21', muted: '#5b6169', line: '#d9dad6', run: '#0069a8', agent: '#007a59',
  onAgent: '#ffffff', high: '#0b5f9e', neutral: '#efeeea', low: '#c24e0c', mark: '#b8860b', font: 'sans-serif',
  scale: diverging({ high: '#0b5f9e', highMid: '#86b9dd', neutral: '#efeeea', lowMid: '#f3b184', low: '#c24e0c' }),
};

/** Which arguments of a context's methods are radii: a browser throws where one is negative. @type {Record<string, number>} */
const RADIUS = { arc: 2, roundRect: 4 };

/**
 * A canvas whose context records what is called with the style of that moment, and refuses what a browser would, or would draw nowhere.
 * @param {number} [width] in CSS pixels @param {number} [height] @param {number} [ratio]
 */
function recorder(width = 640, height = 440, ratio = 1) {
  /** @type {{ name: string, args: any[], fill: string, alpha: number }[]} */
  const calls = [];
  const state = {
    font: '10px sans-serif', fillStyle: '#000000', strokeStyle: '#000000', lineWidth: 1, globalAlpha: 1, textAlign: 'left', textBaseline: 'alphabetic',
    lineJoin: '', lineCap: '',
  };
  const measureText = (/** @type {string} */ text) => ({ width: text.length * Number(/(\d+(\.\d+)?)px/.exec(state.font)?.[1]) * 0.55 });
  const context = new Proxy(state, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      if (name === 'measureText') return measureText;
      return (/** @type {any[]} */ ...args) => {
        for (const n of args) assert.ok(typeof n !== 'number' || Number.isFinite(n), `${String(name)}(${args})`);
        if (String(name) in RADIUS) assert.ok(args[RADIUS[String(name)]] >= 0, `${String(name)}(${args})`);
        calls.push({ name: String(name), args, fill: state.fillStyle, alpha: state.globalAlpha });
      };
    },
    set(target, name, value) {
      assert.ok(name in target && value !== undefined && !Number.isNaN(value), `${String(name)} = ${value}`);
      return Reflect.set(target, name, value);
    },
  });
  const size = { width: Math.round(width * ratio), height: Math.round(height * ratio), clientWidth: width, clientHeight: height };
  const canvas = /** @type {any} */ ({ ...size, getContext: () => context });
  const texts = () => calls.filter(({ name }) => name === 'fillText');
  return { canvas, calls, texts, count: (/** @type {string} */ name) => calls.filter((call) => call.name === name).length };
}

/** States of random episodes, each with what the library says of it. @param {string} id @param {number} steps @param {object} [options] */
function* states(id, steps, options = {}) {
  const env = bh.make(/** @type {any} */ (id), options);
  let [obs] = env.reset({ seed: 1 });
  const last = { action: -1, explored: false, reward: 0, terminated: false, truncated: false, episodeReturn: 0, episodeLength: 0 };
  for (let i = 0; i <= steps; i++) {
    yield { env, layout: env.layout, view: env.view(), english: env.describe(), obs: typeof obs === 'number' ? [obs] : Array.from(obs), last: { ...last } };
    if (last.terminated || last.truncated) {
      [obs] = env.reset();
      Object.assign(last, { action: -1, reward: 0, terminated: false, truncated: false, episodeReturn: 0, episodeLength: 0 });
      continue;
    }
    last.action = (i * 7 + i % 5) % env.actionSpace.n;
    last.explored = i % 3 === 0;
    [obs, last.reward, last.terminated, last.truncated] = env.step(last.action);
    last.episodeReturn += last.reward;
    last.episodeLength++;
  }
  env.dispose();
}

/** A table of small values for environments of few states. @param {import('../../web/bellhop.js').Env} env */
function tableOf({ observationSpace: space, actionSpace }) {
  return space.type === 'Discrete' ? Float64Array.from({ length: space.n * actionSpace.n }, (_, i) => Math.sin(i) * 0.9) : null;
}

/**
 * What a panel hands to a drawing.
 * @param {any} state @param {import('../../web/lab/world-table.mjs').WorldModule} world @param {'en' | 'zh'} language
 */
function sceneOf({ env, layout, view, last }, world, language, more = {}) {
  const table = tableOf(env);
  const name = (/** @type {number} */ action) => words[language].tMaybe(`action.${layout.actions[action]}`, layout.actions[action]);
  return {
    view, layout, table, q: new Float64Array(env.actionSpace.n), last, trained: true, theme: THEME, words: words[language], memory: {}, env: env.spec.id,
    actionName: (/** @type {number} */ action) => world.actionName?.(action, { layout, words: words[language] }) ?? name(action),
    chosenHow: (/** @type {boolean} */ explored) => words[language].t(explored ? 'random' : 'greedy'), ...more,
  };
}

/** Value iteration over the transitions of an environment. @param {string} id @param {number} gamma @param {object} [options] */
function trueValues(id, gamma, options = {}) {
  const env = bh.make(/** @type {any} */ (id), options);
  const [{ n: S }, { n: A }] = [/** @type {any} */ (env.observationSpace), env.actionSpace];
  const p = Array.from({ length: S * A }, (_, i) => env.transitions(Math.floor(i / A), i % A));
  const table = new Float64Array(S * A);
  for (let sweep = 0; sweep < 500; sweep++) {
    p.forEach((outcomes, i) => {
      table[i] = outcomes.reduce((sum, o) => sum + o.probability * (o.reward + (o.terminated ? 0 : gamma * map.best(table, o.nextState, A))), 0);
    });
  }
  const { layout } = env;
  env.dispose();
  return { layout, table };
}

test('every environment without a task of text has a row, and every file of worlds is imported', async () => {
  const ids = bh.catalog.envs.map(({ id }) => id).filter((id) => ![...TASKS, 'Dialogue-v0', 'LearningRate-v0'].includes(id));
  const rows = [...WORLDS, ...BOX_IDS.map(boxWorld), ...BOARDS];
  assert.deepEqual(rows.map(({ id }) => id).sort(), ids.sort());
  assert.deepEqual(bh.catalog.envs.filter(({ id }) => bh.make(id).actionSpace.type === 'Box').map(({ id }) => id).sort(), [...BOX_IDS].sort());
  assert.deepEqual(['grid', 'control', 'pixels', 'text'].flatMap((tab) => envsOf(/** @type {any} */ (tab))), WORLDS.map(({ id }) => id));
  const files = readdirSync(new URL('../../web/lab/worlds/', import.meta.url)).map((file) => file.replace('.mjs', ''));
  assert.deepEqual([...new Set(rows.map(({ world }) => world)), 'learning-rate', 'own', 'token-text'].sort(), files.sort());
  for (const row of rows) {
    const { paint, describe } = await (row === BOARDS[0] ? import('../../web/lab/worlds/connect-four.mjs') : (WORLDS.includes(row) ? loadWorld : loadBoxWorld)(row));
    assert.ok(typeof paint === 'function' && typeof describe === 'function', row.id);
    for (const words of [{ ...en, ...enBox }, { ...zh, ...zhBox }]) assert.ok(`world.${row.world}` in words, `${row.id}: its picture has no name`);
    // Single steps can be followed: a few a second, or as many as the thing moves by itself.
    assert.ok(stepsPerSecond(row, row.speed) <= 16 || SPEEDS[row.speed] === 1, row.id);
  }
  assert.equal(stepsPerSecond(WORLDS[0], SPEEDS.length - 1), Infinity);
  assert.throws(() => worldOf('Pong-v5'), /no world for Pong-v5; known: GridWorld-v0, /);
});

for (const row of [...WORLDS, ...BOARDS]) {
  test(`${row.id} is drawn and described in both languages`, async () => {
    const world = row === BOARDS[0] ? await import('../../web/lab/worlds/connect-four.mjs') : await loadWorld(row);
    let n = 0;
    for (const state of states(row.id, 120)) {
      const [width, height, ratio] = SIZES[n++ % SIZES.length];
      for (const language of LANGUAGES) {
        const { canvas, calls, texts } = recorder(width, height, ratio);
        const more = { mode: n % 2 ? 'q' : 'v', progress: n % 4 / 3, range: world.valueRange?.(state.layout, null), trained: n % 5 > 0 };
        world.paint(canvas, /** @type {any} */ (sceneOf(state, world, language, more)));
        assert.ok(calls.length > 5, `${width}x${height}`);
        const said = [
          ...texts().map(({ args }) => args[0]), world.describe({ ...state, words: words[language] }),
          world.describeObservation?.({ ...state, words: words[language] }) ?? '', world.gloss?.(1, { layout: state.layout, words: words[language] }) ?? '',
        ];
        for (const text of said) assert.doesNotMatch(text, /[{}]|undefined|NaN/);
        for (const text of said) assert.doesNotMatch(text, KEY);
        // Sentences of TextGen are English, as is what stands for itself: Q, S for start, metres, MathML's.
        if (language === 'zh' && row.id !== 'TextGen-v0') for (const text of said) assert.doesNotMatch(text.replace(/\b[QSm]\b/g, ''), /[A-Za-z]/);
      }
      assert.equal(world.describe({ ...state, words: words.en }), state.english.replaceAll('-', '−'));
    }
  });
}

test('gauges are one for each number the network sees, and none of those leaves its line by much', async () => {
  for (const row of WORLDS) {
    const { gauges, slice } = await loadWorld(row);
    if (!gauges) continue;
    for (const { obs, layout, view } of states(row.id, 100)) {
      assert.equal(obs.length, gauges.length);
      assert.equal(layout.observations.length, gauges.length);
      gauges.forEach(({ low, high, factor = 1 }, i) => {
        assert.ok(Math.abs(obs[i] * factor - (low + high) / 2) < high - low, `${row.id} ${i}`);
      });
      if (!slice) continue;
      assert.equal(slice.observation(...slice.at(view)).length, gauges.length);
      const [[left, right], [bottom, top]] = [slice.across(layout), slice.up(layout)];
      assert.ok(left < right && bottom < top);
      const said = slice.end.across(left, words.zh) + slice.end.up(top, words.zh) + (slice.label?.(0, words.zh) ?? '');
      assert.doesNotMatch(said.replace('°/s', ''), /[A-Za-z{}]/);
    }
  }
});

test('the range of values of a map is that of its task', () => {
  const at = (/** @type {string} */ id, /** @type {number} */ gamma, options = {}) => {
    const { layout, table } = trueValues(id, gamma, options);
    const full = bh.make(/** @type {any} */ (id), options);
    const rounded = (/** @type {Float64Array | null} */ values) => Object.values(map.valueRange(layout, values, full.options)).map((v) => Number(v.toFixed(2)));
    const ranges = [rounded(table), rounded(null)];
    full.dispose();
    return ranges;
  };
  assert.deepEqual(at('GridWorld-v0', 0.9), [[-1, 1], [-1, 1]]);
  assert.deepEqual(at('FrozenLake-v1', 0.99), [[0, 1], [0, 1]]);
  assert.deepEqual(at('FrozenLake8x8-v1', 0.999), [[0, 1], [0, 1]]);
  assert.deepEqual(at('CliffWalking-v1', 1), [[-14, -1], [-14, -1]]); // a fall of -100 does not swallow the palette
  assert.deepEqual(at('CliffWalking-v1', 0.99), [[-13.13, -1], [-14, -1]]);
  assert.deepEqual(at('GridWorld-v0', 0.9, { map: 'S..G' }), [[0.81, 1], [0, 1]]);
  assert.deepEqual(at('GridWorld-v0', 1, { map: 'S.G', goalReward: 0, stepReward: -1 }), [[-1, 0], [-1, 0]]);
  assert.deepEqual(at('GridWorld-v0', 1, { map: 'SG', goalReward: -2 }), [[-2, 0], [-2, 0]]); // one value has a colour, too
  assert.deepEqual(at('GridWorld-v0', 0.5, { map: 'S#G', stepReward: -1 })[1], [0, 1]); // no way to the goal
  const { layout } = trueValues('GridWorld-v0', 0.9);
  assert.deepEqual(map.valueRange(layout, new Float64Array(5).fill(7)), { low: 0, high: 1 }); // a table of another map is none
});

test('a scale is symmetric about zero, whole for negative values, half for positive ones', () => {
  const signed = placing({ low: -0.5, high: 2 });
  assert.deepEqual([signed.at(2), signed.at(0), signed.at(-2), signed.low, signed.high, signed.half], [1, 0, -1, -2, 2, false]);
  const negative = placing({ low: -14, high: -1 });
  assert.deepEqual([negative.at(-1), negative.at(-7.5), negative.at(-14), negative.at(-100), negative.low, negative.high], [1, 0, -1, -1, -14, -1]);
  const positive = placing({ low: 0.2, high: 0.8 });
  assert.deepEqual([positive.at(0.8), positive.at(0.4), positive.at(0), positive.low, positive.half], [1, 0.5, 0, 0, true]);
  assert.deepEqual([placing({ low: 0, high: 0 }).at(0), placing({ low: -3, high: -3 }).at(-3), positive.at(NaN)], [0, -1, 0]);
});

test('a map that is untrained looks so, and a draft is drawn in its place', () => {
  const [state] = states('GridWorld-v0', 0);
  const drawn = (more = {}) => {
    const { canvas, ...seen } = recorder(480, 480);
    map.paint(canvas, /** @type {any} */ (sceneOf(state, map, 'en', { mode: 'q', range: { low: -1, high: 1 }, ...more })));
    return seen;
  };
  const numbers = (/** @type {ReturnType<typeof drawn>} */ { texts }) => texts().filter(({ args }) => /\d/.test(args[0]));
  const [faint, bold] = [drawn({ trained: false }), drawn()];
  assert.equal(numbers(faint).length, numbers(bold).length);
  assert.ok(numbers(faint).every(({ fill }) => fill === THEME.muted) && numbers(bold).every(({ fill }) => fill !== THEME.muted));
  assert.ok(faint.calls.some(({ name, alpha }) => name === 'fill' && alpha < 0.3) && bold.calls.every(({ alpha }) => alpha === 1));
  assert.ok(bold.count('closePath') > 0 && faint.count('closePath') === 0, 'arrows are for what was learned');
  const changed = drawn({ trained: false, changed: { state: 0, action: 1 } });
  assert.deepEqual([changed.count('closePath'), changed.count('stroke') - faint.count('stroke')], [1, 1], 'a line around what the last update changed');
  assert.equal(drawn({ trained: false, mode: 'v', changed: { state: 0, action: 1 } }).count('closePath'), 0, 'there are no moves to see');
  const draft = drawn({ rows: ['S.', 'TG', '.#', '..'] });
  assert.equal(numbers(draft).length, 0, 'the values are of another map');
  assert.ok(draft.texts().some(({ args }) => args[0] === words.en.t('draw.trap')));
});

test('true values are drawn by the same range in both modes, and greedy moves are marked', () => {
  const { layout, table } = trueValues('CliffWalking-v1', 1);
  const [state] = states('CliffWalking-v1', 0);
  const { canvas, texts, calls } = recorder(1200, 420);
  map.paint(canvas, /** @type {any} */ (sceneOf(state, map, 'en', { table, mode: 'v', range: map.valueRange(layout, table) })));
  assert.ok(texts().some(({ args }) => args[0] === '−13.00'));
  assert.ok(texts().some(({ args }) => args[0] === words.en.t('draw.cliff')));
  const fills = new Set(calls.filter(({ name, fill }) => name === 'fill' && fill.startsWith('rgb')).map(({ fill }) => fill));
  assert.ok(fills.size >= 13, `${fills.size} colours for 14 values`);
  assert.deepEqual(map.greedyMoves(table, 36, 4), [0]);
  let open = 0;
  map.forEachOpen(layout, () => open++);
  assert.equal(open, 37);
});

test('tasks of text and the learning rate are drawn, too', () => {
  for (const id of TASKS) {
    let rated = 0;
    for (const state of states(id, 60)) {
      for (const language of LANGUAGES) {
        const { canvas, texts } = recorder(420, 90, 2);
        const height = tokenText.paint(canvas, { ...state, theme: THEME, words: words[language] });
        assert.ok(height === 0 || height > 90);
        assert.ok(texts().length >= tokenText.wordsOf(state.layout, state.view, language).length);
      }
      assert.equal(tokenText.describe(state), state.english);
      rated += Number(tokenText.isRated(state.layout, state.view));
    }
    assert.ok(rated > 0, id);
  }
  for (const state of states('LearningRate-v0', 25)) {
    const { canvas, texts } = recorder();
    learningRate.paint(canvas, { ...state, theme: THEME, words: words.zh });
    for (const text of [...texts().map(({ args }) => args[0]), learningRate.describe({ ...state, words: words.zh })]) assert.doesNotMatch(text, /[{}A-Za-z]|NaN/);
    assert.equal(learningRate.describe({ ...state, words: words.en }), state.english);
  }
  const nothing = { view: new Float32Array(104).fill(-1), layout: bh.make('LearningRate-v0').layout, theme: THEME, words: words.en };
  learningRate.paint(recorder().canvas, nothing);
});

test('what moves leaves a trail of the last steps, and a new episode begins without one', async () => {
  const world = await loadWorld(worldOf('MountainCar-v0'));
  const memory = /** @type {import('../../web/lab/world-table.mjs').Scene['memory'] & {}} */ ({});
  const all = [...states('MountainCar-v0', 201)];
  for (const state of all.slice(0, 200)) world.paint(recorder().canvas, /** @type {any} */ (sceneOf(state, world, 'en', { memory })));
  assert.equal(memory.trail?.points.length, 16);
  world.paint(recorder().canvas, /** @type {any} */ (sceneOf(all[201], world, 'en', { memory })));
  assert.equal(memory.trail?.points.length, 1);
});

test('a canvas is painted in its own CSS pixels, whatever the zoom', () => {
  const { canvas, calls } = recorder(500, 200, 1.25);
  const { w, h } = begin(canvas);
  assert.deepEqual([ratioOf(canvas), w, h], [1.25, 500, 200]);
  assert.deepEqual(calls[0].args, [1.25, 0, 0, 1.25, 0, 0]);
  assert.equal(begin({ ...canvas, clientWidth: 0, getContext: canvas.getContext }).w, 625); // not on screen
  assert.equal(begin({ ...canvas, clientWidth: 0, getContext: canvas.getContext }, 2.5).w, 250);
});

test('a buffer follows the size on screen until it is ended, at most twice as fine', () => {
  const names = ['ResizeObserver', 'ResizeObserverEntry', 'devicePixelRatio', 'matchMedia'];
  /** @type {any} */
  const globals = globalThis;
  let live = 0, painted = 0;
  /** @type {(entries: any[]) => void} */
  let report = () => {};
  /** @type {EventTarget[]} */
  const queries = [];
  globals.ResizeObserver = class {
    constructor(/** @type {any} */ callback) {
      report = callback;
    }
    observe = () => live++;
    disconnect = () => live--;
  };
  globals.matchMedia = () => queries[queries.push(new EventTarget()) - 1];
  try {
    globals.ResizeObserverEntry = class {
      devicePixelContentBoxSize = 0;
    };
    globals.ResizeObserverEntry.prototype.devicePixelContentBoxSize = null;
    const canvas = /** @type {any} */ ({});
    for (const [ratio, device, buffer] of [[1, 300, 300], [1.1, 331, 331], [3, 900, 600], [1, 0, 600]]) {
      globals.devicePixelRatio = ratio;
      if (live === 0) keepCrisp(canvas, () => painted++);
      report([{ contentRect: { width: device / ratio, height: device / ratio }, devicePixelContentBoxSize: [{ inlineSize: device, blockSize: device }] }]);
      assert.deepEqual([canvas.width, canvas.height], [buffer, buffer]);
    }
    assert.equal(painted, 3);
    globals.ResizeObserverEntry = class {};
    globals.devicePixelRatio = 1;
    const end = keepCrisp(canvas, () => painted++);
    report([{ contentRect: { width: 300.4, height: 150 } }]);
    assert.deepEqual([canvas.width, canvas.height], [300, 150]);
    for (const [ratio, buffer] of [[1.5, 451], [4, 601]]) {
      globals.devicePixelRatio = ratio;
      queries[queries.length - 1].dispatchEvent(new Event('change'));
      assert.equal(canvas.width, buffer);
    }
    end();
    assert.equal(live, 1);
    globals.devicePixelRatio = 1;
    queries[queries.length - 1].dispatchEvent(new Event('change'));
    assert.equal(canvas.width, 601);
  } finally {
    for (const name of names) delete globals[name];
  }
});

test('a theme is read from the computed colours of a probe', () => {
  const computed = { 'rgb(27, 29, 33)': '#1b1d21', 'rgba(255, 0, 128, 0.5)': '#ff0080', 'color(srgb 1 0.5 0)': '#ff8000', '#00AA10': '#00aa10' };
  for (const [text, hex] of Object.entries(computed)) assert.equal(toHex(text), hex);
  /** @type {any} */
  const globals = globalThis;
  const COLOURS = { '--bellhop-ink': 'rgb(236, 234, 230)', '--bellhop-panel': 'rgb(21, 23, 26)' };
  const style = { color: '', setProperty() {} };
  globals.getComputedStyle = () => ({
    get color() {
      const name = /var\((.*)\)/.exec(style.color)?.[1] ?? '';
      return COLOURS[/** @type {keyof typeof COLOURS} */ (name)] ?? 'rgb(1, 2, 3)';
    },
    fontFamily: 'serif',
  });
  try {
    const theme = readTheme(/** @type {any} */ ({ style, ownerDocument: {} }));
    assert.deepEqual([theme.dark, theme.ink, theme.panel, theme.onAgent, theme.font, style.color], [true, '#eceae6', '#15171a', '#010203', 'serif', '']);
    assert.equal(theme.scale.css(0), 'rgb(1 2 3)');
  } finally {
    delete globals.getComputedStyle;
  }
});
