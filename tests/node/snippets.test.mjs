// SPDX-License-Identifier: MIT
// What the embed dialog offers to paste: each snippet says what was chosen and nothing else, whatever letters are in it; and of an
// experiment it takes all that an element can carry, and counts the rest.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import {
  CONTROLS, DEFAULT_CONTROLS, DEFAULT_PANELS, PANELS, attributesOf, commandSnippet, elementSnippet, frameSnippet, frameUrl, linkSnippet, notebookFrameSnippet,
  pictureSnippet, scriptSnippet, strictPolicy, strictSnippet, strictStyle, widgetSnippet,
} from '../../web/embed/snippets.mjs';
import { OFFERED, SHOWN } from '../../web/lab/attributes.mjs';
import { fromQuery, plainSetup } from '../../web/lab/run-setup.mjs';
import { STILLS } from '../../web/lab/still.mjs';
import { textCatalog } from '../../web/lab/text-tasks.mjs';
import { WORLDS } from '../../web/lab/world-table.mjs';
import { load } from '../../web/node/node.mjs';
import { embedSetup } from '../../web/site/embed-setup.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BASE = 'https://example.org/lab/';
/** @type {import('../../web/embed/snippets.mjs').Choice} */
const PLAIN = {
  env: 'CartPole-v1', algo: '', preset: '', seed: 0, settings: {}, show: DEFAULT_PANELS, controls: DEFAULT_CONTROLS, speed: '', lang: '', theme: '', autoplay: false, stopAt: null,
};
const ALL = {
  ...PLAIN, algo: 'ppo', preset: 'rainbow', seed: 7, settings: { 'learningRate': 0.001, 'netArch': [64, 64], 'env.slip': true }, show: ['world', 'return'], controls: ['play', 'human'],
  speed: 'max', lang: 'zh', theme: 'dark', autoplay: true, stopAt: 500,
};
/** Letters that end something in HTML, JSON, Markdown or Python. */
const HOSTILE = 'a"b\'c<d>&amp;\n\n</script>`*_[x](y)\\ {{z}} é\u2028';
/** @param {Partial<import('../../web/embed/snippets.mjs').Choice>} choice @param {object} [others] */
const parts = (choice, others) => ({ base: BASE, attributes: attributesOf({ ...PLAIN, ...choice }), height: 680, title: 'CartPole', ...others });

const { catalog: given } = await load();
const catalog = /** @type {import('../../web/lab/fields.mjs').Catalog} */ (/** @type {unknown} */ (given));

/** The attributes of the last tag, as a browser reads them. @param {string} snippet @returns {Record<string, string>} */
function attributesIn(snippet) {
  const tag = /<(?:bellhop-lab|iframe)((?:\s+[\w-]+(?:="[^"]*"|='[^']*')?)*)>/.exec(snippet)?.[1];
  assert.ok(tag, `no whole tag in ${snippet}`);
  const read = (/** @type {string} */ text) => text.replace(/&(amp|lt|gt|#\d+);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>' }[name] ?? String.fromCharCode(Number(name.slice(1)))));
  return Object.fromEntries([...tag.matchAll(/\s+([\w-]+)(?:="([^"]*)"|='([^']*)')?/g)].map(([, name, double, single]) => [name, read(double ?? single ?? '')]));
}

/** An experiment as far as the dialog looks into it. @param {string} link @param {object} [others] @returns {any} */
function experiment(link, others) {
  const query = new URLSearchParams(link);
  const { setup, ignored } = fromQuery(catalog, query, 'GridWorld-v0', () => true);
  assert.deepEqual(ignored, []);
  return { kind: 'run', catalog, setup, hasTruth: false, worldModule: null, session: null, ...others };
}

// ---- choices ----

test('an attribute is written only where it differs from the default', () => {
  assert.deepEqual(attributesOf(PLAIN), { env: 'CartPole-v1' });
  assert.deepEqual(attributesOf(ALL), {
    'env': 'CartPole-v1', 'algo': 'ppo', 'preset': 'rainbow', 'seed': 7, 'settings': ALL.settings, 'speed': 'max', 'show': 'world return', 'controls': 'play human',
    'lang': 'zh', 'theme': 'dark', 'autoplay': true, 'stop-at': 500,
  });
  assert.equal(attributesOf({ ...PLAIN, show: [...PANELS].reverse() }).show, 'all');
  assert.equal(attributesOf({ ...PLAIN, show: ['return', 'world'] }).show, 'world return', 'in the order of the panels');
  assert.deepEqual(attributesOf({ ...PLAIN, controls: [...DEFAULT_CONTROLS].reverse() }), { env: 'CartPole-v1' });
});

test('panels, controls and attributes are those of docs/element.md, with its defaults', () => {
  const docs = readFileSync(new URL('../../docs/element.md', import.meta.url), 'utf8');
  const row = (/** @type {string} */ name) => new RegExp(`^\\| \`${name}\`.*$`, 'm').exec(docs)?.[0].split(' | ') ?? [];
  const named = (/** @type {string} */ cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name).filter((name) => name !== 'all');
  assert.deepEqual([named(row('show')[1]), named(row('controls')[1])], [PANELS, CONTROLS]);
  assert.deepEqual([DEFAULT_PANELS.join(' '), DEFAULT_CONTROLS.join(' ')], [SHOWN, OFFERED]);
  for (const name of Object.keys(attributesOf(ALL))) assert.ok(row(name).length > 1, name);
});

// ---- snippets ----

test('the element: script, tag, height; without a style attribute for a strict policy', () => {
  const script = '<script type="module" src="https://example.org/lab/bellhop-lab.js"></script>';
  assert.equal(elementSnippet(parts({ seed: 7, settings: { learningRate: 0.001 }, autoplay: true })),
    `${script}\n<bellhop-lab env="CartPole-v1" seed="7" settings='{"learningRate":0.001}' autoplay style="display: block; height: 680px; overflow: auto"></bellhop-lab>`);
  assert.equal(strictSnippet(parts({ seed: 7 })), `${script}\n<bellhop-lab env="CartPole-v1" seed="7"></bellhop-lab>`);
  assert.equal(strictStyle(parts({})), 'bellhop-lab { display: block; height: 680px; overflow: auto; }');
  assert.equal(strictPolicy(parts({})), "script-src https://example.org 'wasm-unsafe-eval'; img-src https://example.org; connect-src https://example.org; worker-src https://example.org blob:");
});

test('the frame: the same attributes as parameters; what it may do follows from its controls', () => {
  const snippet = frameSnippet(parts(ALL));
  const { src, ...others } = attributesIn(snippet);
  assert.deepEqual(others, { title: 'CartPole', width: '100%', height: '680', loading: 'lazy', frameborder: '0', allow: 'clipboard-write', sandbox: 'allow-scripts allow-downloads' });
  assert.equal(attributesIn(frameSnippet(parts({}))).sandbox, 'allow-scripts', 'nothing to save where nothing can be recorded');
  assert.ok(src.startsWith(`${BASE}embed.html?`));
  assert.deepEqual(Object.fromEntries(new URL(src).searchParams), {
    'env': 'CartPole-v1', 'algo': 'ppo', 'preset': 'rainbow', 'seed': '7', 'settings': '{"learningRate":0.001,"netArch":[64,64],"env.slip":true}', 'speed': 'max', 'show': 'world return',
    'controls': 'play human', 'lang': 'zh', 'theme': 'dark', 'autoplay': 'true', 'stop-at': '500',
  });
});

test('hostile values stay values: in tags, addresses, Markdown', () => {
  const settings = { map: HOSTILE };
  for (const snippet of [elementSnippet(parts({ settings })), strictSnippet(parts({ settings }))]) {
    assert.deepEqual(JSON.parse(attributesIn(snippet).settings), settings);
    assert.equal(snippet.split('</script>').length, 2, 'the only script that ends is its own');
    assert.equal(snippet.split('\n').length, 2, 'Markdown would end it at an empty line');
  }
  const frame = attributesIn(frameSnippet(parts({ settings }, { title: HOSTILE })));
  assert.equal(frame.title, HOSTILE);
  assert.deepEqual(JSON.parse(new URL(frame.src).searchParams.get('settings') ?? ''), settings);
  assert.doesNotMatch(frameUrl(parts({ settings })), /["'<>\s\\`]/);
  assert.equal(attributesIn(frameSnippet(parts({}, { title: 'it\'s' }))).title, 'it\'s');
  assert.equal(linkSnippet({ title: 'a [b](c) *d*\n`e` <f>', link: 'https://example.org/#a=(1) 2' }), '[a \\[b\\](c) \\*d\\* \\`e\\` \\<f\\>](https://example.org/#a=%281%29%202)');
  assert.equal(pictureSnippet({ title: '!x', link: 'https://example.org/#a', picture: 'p (1).png' }), '[![\\!x](p%20%281%29.png)](https://example.org/#a)');
});

test('a notebook’s cells are Python that says the same', () => {
  const settings = { ...ALL.settings, map: HOSTILE, none: false };
  const check = [
    'import ast, json, sys', 'tree = ast.parse(sys.stdin.read())', 'lab = next(each for each in tree.body if isinstance(each, ast.ClassDef))',
    'found = {}', 'for each in lab.body:',
    '    value = each.value if each.targets[0].id == "_esm" else each.value.func.value.args[0]',
    '    kind = "" if each.targets[0].id == "_esm" else each.value.func.value.func.attr',
    '    found[each.targets[0].id] = [kind, ast.literal_eval(value)]', 'print(json.dumps(found))',
  ].join('\n');
  const found = JSON.parse(execFileSync('python3', ['-c', check], { input: widgetSnippet(parts({ ...ALL, settings }, { height: null })), encoding: 'utf8' }));
  assert.deepEqual(found, {
    _esm: ['', `${BASE}bellhop-widget.js`], env: ['Unicode', 'CartPole-v1'], algo: ['Unicode', 'ppo'], preset: ['Unicode', 'rainbow'], seed: ['Int', 7], settings: ['Dict', settings],
    speed: ['Unicode', 'max'], show: ['Unicode', 'world return'], controls: ['Unicode', 'play human'], lang: ['Unicode', 'zh'], theme: ['Unicode', 'dark'], autoplay: ['Bool', true], stop_at: ['Int', 500],
  });
  assert.match(widgetSnippet(parts({})), /^ {4}env = .*\n {4}height = traitlets\.Int\(680\)\.tag\(sync=True\)\n\nLab\(\)$/m);
  assert.equal(notebookFrameSnippet(parts({ seed: 7 })), 'from IPython.display import IFrame\nIFrame("https://example.org/lab/embed.html?env=CartPole-v1&seed=7", width="100%", height=680)');
});

test('there is a picture of every environment that a link of Markdown may show', () => {
  assert.deepEqual(WORLDS.map(({ id }) => id), STILLS);
});

// ---- of an experiment ----

test('an experiment gives its environment, algorithm, seed, changed settings and live changes', () => {
  const found = embedSetup(experiment('env=GridWorld-v0&algo=q-learning&seed=3&learningRate=0.25&env.slip=0.1&gamma=0.9@500'));
  assert.deepEqual({ ...found, panels: [], controls: [] }, {
    env: 'GridWorld-v0', algo: 'q-learning', preset: '', seed: 3, settings: { 'learningRate': 0.25, 'env.slip': 0.1, 'gamma': '0.9@500' }, panels: [], controls: [], changesLeftOut: 0, hasDemonstrations: false,
    program: {
      env: 'GridWorld-v0', algo: 'q-learning', preset: '', seed: 3,
      given: [{ scope: 'options', key: 'learningRate', name: 'learning_rate', value: 0.25 }, { scope: 'envOptions', key: 'slip', name: 'slip', value: 0.1 }],
    },
  });
  const { algo } = plainSetup(catalog, 'GridWorld-v0');
  assert.equal(embedSetup(experiment(`env=GridWorld-v0&algo=${algo}`)).algo, '', 'its first algorithm is the default');
  const rainbow = embedSetup(experiment('env=CartPole-v1&algo=dqn&preset=rainbow'));
  assert.deepEqual([rainbow.algo, rainbow.preset], ['dqn', 'rainbow']);
});

test('an element of these attributes is the same setup; what it cannot carry is counted', () => {
  const link = 'env=CartPole-v1&algo=dqn&seed=5&learningRate=0.002&netArch=32,32&gamma=0.9@500';
  const { env, algo, preset, seed, settings } = embedSetup(experiment(link));
  const query = new URLSearchParams(Object.entries({ env, algo, preset, seed: String(seed) }).filter(([, value]) => value !== ''));
  for (const [name, value] of Object.entries(JSON.parse(JSON.stringify(settings)))) query.set(name, String(value)); // as the element does
  assert.deepEqual(fromQuery(catalog, query, 'GridWorld-v0', () => true).setup, experiment(link).setup);
  const changed = embedSetup(experiment('env=CartPole-v1&learningRate=0.002&learningRate=0.01@500&gamma=0.9@500&gamma=0.8@700'));
  assert.deepEqual([changed.settings, changed.changesLeftOut], [{ learningRate: 0.002, gamma: '0.9@500' }, 2]);
  const { setup } = experiment('env=CartPole-v1');
  assert.equal(embedSetup(experiment('env=CartPole-v1', { setup: { ...setup, demonstrations: {} } })).hasDemonstrations, true);
});

test('a command and a program make the run of the link, to the bit', { timeout: 120_000 }, async () => {
  const bh = await load();
  for (const link of [
    'env=GridWorld-v0&algo=q-learning&seed=3&totalTimesteps=800&learningRate=0.25&env.map=S.%23/..T/G..&env.trapReward=-0.5',
    'env=CartPole-v1&algo=dqn&preset=rainbow&totalTimesteps=1200&learningStarts=200&netArch=16,8&evalFreq=0&optimizer=adamw&beta1=0.8',
    'env=FrozenLake-v1&algo=sarsa&totalTimesteps=600&env.isSlippery=false', 'env=Pendulum-v1&algo=td3&totalTimesteps=200&learningStarts=50&netArch=8&evalFreq=0',
    'env=CartPole-v1&algo=ppo&seed=1&totalTimesteps=512&netArch=&evalFreq=0',
  ]) {
    const { setup } = experiment(link);
    const env = bh.make(/** @type {any} */ (setup.env), setup.envOptions);
    const model = new bh.models[/** @type {import('../../web/bellhop.js').AlgoName} */ (setup.algo)](env, { seed: setup.seed, ...setup.preset && { preset: setup.preset }, ...setup.options });
    await model.learn();
    const program = /** @type {import('../../web/embed/snippets.mjs').ProgramRun} */ (embedSetup(experiment(link)).program);
    const command = commandSnippet(program);
    assert.match(command, /^npx bellhop train \S+ --algo /);
    const json = execFileSync('sh', ['-c', `${command.replace('npx bellhop', `'${process.execPath}' web/cli/cli.mjs`)} --json`], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const printed = execFileSync(process.execPath, ['--input-type=module'], { cwd: ROOT, encoding: 'utf8', input: scriptSnippet(program) });
    const hash = model.sha256();
    assert.equal(JSON.parse(/** @type {string} */ (json.trim().split('\n').at(-1))).params_sha256, hash, command);
    assert.ok(printed.startsWith(hash), scriptSnippet(program));
    model.dispose();
    env.dispose();
  }
});

test('whatever letters a text has, a shell and a program read it as it is', () => {
  const text = 'a"b\'c$d`e`\\f\n;g & h | i é\u2028';
  const program = { env: 'GridWorld-v0', algo: 'dqn', preset: '', seed: 0, given: [{ scope: /** @type {const} */ ('envOptions'), key: 'map', name: 'map', value: text }] };
  const words = execFileSync('sh', ['-c', commandSnippet(program).replace('npx', 'printf \'%s\\0\'')], { encoding: 'utf8' }).split('\0');
  assert.deepEqual(words.slice(-3), ['--env-map', text, '']);
  const [, object] = /** @type {RegExpMatchArray} */ (/bh\.make\('GridWorld-v0', ([\s\S]*?)\);\n/.exec(scriptSnippet(program)));
  assert.equal(runInNewContext(`(${object}).map`), text);
  assert.match(commandSnippet({ ...program, given: [{ ...program.given[0], value: '-1' }] }), / --env-map=-1$/);
});

test('panels and controls are offered where they mean something', () => {
  const session = { info: { options: { exploration: 'epsilon-greedy' } } };
  const cart = embedSetup(experiment('env=CartPole-v1', { session, worldModule: { slice: {} } }));
  assert.deepEqual([cart.panels, cart.controls], [PANELS.filter((name) => name !== 'truth'), CONTROLS.filter((name) => name !== 'map')]);
  const grid = embedSetup(experiment('env=GridWorld-v0', { hasTruth: true }));
  assert.deepEqual([grid.panels, grid.controls], [PANELS.filter((name) => !['value-map', 'exploration'].includes(name)), CONTROLS]);
  const setup = { ...plainSetup(textCatalog(catalog), 'Translate-v0'), start: /** @type {const} */ ('scratch') };
  const text = embedSetup(/** @type {any} */ ({ kind: 'text', catalog: textCatalog(catalog, 'scratch'), setup, session: null }));
  assert.deepEqual([text.panels, text.controls, text.settings], [[], CONTROLS.filter((name) => !['map', 'human'].includes(name)), { start: 'scratch' }]);
});
