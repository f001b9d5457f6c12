// SPDX-License-Identifier: MIT
// The text an author pastes to embed an experiment: an element, a frame, a line of Markdown, a notebook's cell. Text made from values,
// no DOM. Every value is written so that it stands for itself, whatever letters are in it.

/**
 * What an author chose. Panels and controls are names of docs/element.md.
 * @typedef {object} Choice
 * @property {string} env
 * @property {string} algo       '' for the environment's first
 * @property {string} preset
 * @property {number} seed
 * @property {Record<string, unknown>} settings   by their names in links
 * @property {readonly string[]} show
 * @property {readonly string[]} controls
 * @property {string} speed      '' for the environment's natural pace
 * @property {string} lang       '' for the page's
 * @property {string} theme      '' for the page's
 * @property {boolean} autoplay
 * @property {number | null} stopAt
 */
/** Attributes of the element in the order they are written; true stands for itself. @typedef {Record<string, string | number | true | Record<string, unknown>>} Attributes */
/**
 * What a snippet is made of.
 * @typedef {object} Parts
 * @property {string} base        address of the folder Bellhop is served from, with a slash at its end
 * @property {Attributes} attributes
 * @property {number} height      px
 * @property {string} title       of a frame, in its reader's language
 */

/** The panels and the controls there are, each in the order they are written, and what is meant where an attribute is missing. */
export const PANELS = Object.freeze(['world', 'q', 'transition', 'value-map', 'truth', 'return', 'loss', 'value', 'exploration']);
export const CONTROLS = Object.freeze(['play', 'step', 'reset', 'speed', 'seed', 'env', 'algo', 'settings', 'map', 'human', 'microscope']);
export const DEFAULT_PANELS = Object.freeze(['world', 'q', 'transition', 'return']);
export const DEFAULT_CONTROLS = Object.freeze(['play', 'step', 'reset', 'speed']);

/** The attributes that differ from the default. @param {Choice} choice @returns {Attributes} */
export function attributesOf({ env, algo, preset, seed, settings, show, controls, speed, lang, theme, autoplay, stopAt }) {
  /** @type {[string, Attributes[string], boolean][]} */
  const all = [
    ['env', env, true], ['algo', algo, algo !== ''], ['preset', preset, preset !== ''], ['seed', seed, seed !== 0],
    ['settings', settings, Object.keys(settings).length > 0], ['speed', speed, speed !== ''],
    ['show', wordsOf(PANELS, show), !isSame(show, DEFAULT_PANELS)], ['controls', wordsOf(CONTROLS, controls), !isSame(controls, DEFAULT_CONTROLS)],
    ['lang', lang, lang !== ''], ['theme', theme, theme !== ''], ['autoplay', true, autoplay], ['stop-at', stopAt ?? 0, stopAt !== null],
  ];
  return Object.fromEntries(all.filter(([, , differs]) => differs).map(([name, value]) => [name, value]));
}

/** An attribute as text. @param {Attributes[string]} value */
export const textOf = (value) => (value === true ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

// ---- HTML ----

/** The element and its script, for a page that may have scripts. @param {Parts} parts */
export function elementSnippet({ base, attributes, height }) {
  return `${scriptTag(base)}\n${labTag(attributes, ` style="${boxOf(height)}"`)}`;
}

/** The same for a page whose policy forbids style attributes: the height is in strictStyle(). @param {Parts} parts */
export const strictSnippet = ({ base, attributes }) => `${scriptTag(base)}\n${labTag(attributes)}`;

/** The element's height as a rule of a style sheet. @param {Parts} parts */
export const strictStyle = ({ height }) => `bellhop-lab { ${boxOf(height)}; }`;

/** What such a policy must allow. @param {Parts} parts */
export function strictPolicy({ base }) {
  const { origin } = new URL(base);
  return `script-src ${origin} 'wasm-unsafe-eval'; img-src ${origin}; connect-src ${origin}; worker-src ${origin} blob:`;
}

/**
 * A frame, for hosts that strip scripts. Its border is an old attribute, not a style: policies forbid style attributes, and MDX takes no
 * style as text. The sandbox lets it run scripts and, where one can record episodes, save them.
 * @param {Parts} parts
 */
export function frameSnippet(parts) {
  const { height, title, attributes: { controls } } = parts;
  const saves = /\b(all|human)\b/.test(String(controls ?? ''));
  const given = { src: frameUrl(parts), title, width: '100%', height, loading: 'lazy', frameborder: 0, allow: 'clipboard-write', sandbox: `allow-scripts${saves ? ' allow-downloads' : ''}` };
  return `<iframe${attributesText(given)}></iframe>`;
}

/** Address of the frame's page: the element's attributes as parameters. @param {Parts} parts */
export function frameUrl({ base, attributes }) {
  const query = new URLSearchParams(Object.entries(attributes).map(([name, value]) => [name, value === true ? 'true' : textOf(value)]));
  return `${base}embed.html?${query}`;
}

/** @param {string} base */
const scriptTag = (base) => `<script${attributesText({ type: 'module', src: `${base}bellhop-lab.js` })}></script>`;

/** @param {Attributes} attributes @param {string} [style] */
const labTag = (attributes, style = '') => `<bellhop-lab${attributesText(attributes)}${style}></bellhop-lab>`;

/** @param {number} height */
const boxOf = (height) => `display: block; height: ${height}px; overflow: auto`;

/** @param {Attributes} attributes */
const attributesText = (attributes) => Object.entries(attributes).map(([name, value]) => (value === true ? ` ${name}` : ` ${name}=${quoted(textOf(value))}`)).join('');

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = Object.freeze({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '\'': '&#39;', '\n': '&#10;', '\r': '&#13;' });

/** An attribute's value in quotes: single ones around JSON, which so stays readable. @param {string} text */
function quoted(text) {
  const [quote, special] = text.includes('"') ? ['\'', /[&<>\n\r']/g] : ['"', /[&<>\n\r]/g];
  return quote + text.replace(special, (letter) => ENTITIES[letter]) + quote;
}

// ---- Markdown ----

/** A link. @param {{ title: string, link: string }} parts */
export const linkSnippet = ({ title, link }) => `[${inMarkdown(title)}](${inTarget(link)})`;

/** A picture that is a link. @param {{ title: string, link: string, picture: string }} parts */
export const pictureSnippet = ({ title, link, picture }) => `[![${inMarkdown(title)}](${inTarget(picture)})](${inTarget(link)})`;

/** @param {string} text */
const inMarkdown = (text) => text.replace(/[\\`*_[\]<>&!]/g, '\\$&').replace(/\s+/g, ' ');

/** @param {string} url */
const inTarget = (url) => url.replace(/[()<>\s\\]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

// ---- notebooks ----

/**
 * A cell with the widget; its traits have the attributes' names.
 * @param {Omit<Parts, 'height'> & { height: number | null }} parts  height: null for that of its content, as outputs grow
 */
export function widgetSnippet({ base, attributes, height }) {
  const traits = Object.entries({ ...attributes, ...height !== null && { height } }).map(([name, value]) => `    ${name.replaceAll('-', '_')} = traitlets.${traitOf(value)}(${inPython(value)}).tag(sync=True)`);
  return ['import anywidget, traitlets', '', 'class Lab(anywidget.AnyWidget):', `    _esm = ${inPython(`${base}bellhop-widget.js`)}`, ...traits, '', 'Lab()'].join('\n');
}

/** A cell with a frame, which needs no package. @param {Parts} parts */
export function notebookFrameSnippet(parts) {
  return `from IPython.display import IFrame\nIFrame(${inPython(frameUrl(parts))}, width="100%", height=${parts.height})`;
}

/** @param {Attributes[string]} value */
const traitOf = (value) => ({ string: 'Unicode', number: 'Int', boolean: 'Bool', object: 'Dict' })[/** @type {'string' | 'number' | 'boolean' | 'object'} */ (typeof value)];

/** A value as Python writes it; its escapes of text are those of JSON. @param {unknown} value @returns {string} */
function inPython(value) {
  if (Array.isArray(value)) return `[${value.map(inPython).join(', ')}]`;
  if (value && typeof value === 'object') return `{${Object.entries(value).map(([key, each]) => `${inPython(key)}: ${inPython(each)}`).join(', ')}}`;
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value);
}

// ---- programs ----

/** A setting that was changed before the run began; `name` is its snake_case. @typedef {{ scope: 'options' | 'envOptions', key: string, name: string, value: unknown }} Given */
/** A run for programs. @typedef {{ env: string, algo: string, preset: string, seed: number, seeds?: string, given: readonly Given[] }} ProgramRun  seeds: several, as in `0-4`; for a command */

/** The run as a command: the same bits. @param {ProgramRun} run */
export function commandSnippet({ env, algo, preset, seed, seeds, given }) {
  const flags = [['algo', algo], ...preset ? [['preset', preset]] : [], ...seeds ? [['seeds', seeds]] : seed !== 0 ? [['seed', String(seed)]] : [], ...given.map(({ scope, name, value }) => [
    `${scope === 'envOptions' ? 'env-' : ''}${name.replaceAll('_', '-')}`, Array.isArray(value) && value.length === 0 ? ',' : String(value),
  ])];
  return ['npx bellhop train', inShell(env), ...flags.map(([name, value]) => (/^(-|$)/.test(value) ? `--${name}=${inShell(value)}` : `--${name} ${inShell(value)}`))].join(' ');
}

/** The run as a program for Node. @param {ProgramRun} run */
export function scriptSnippet({ env, algo, preset, seed, given }) {
  const of = (/** @type {Given['scope']} */ one) => Object.fromEntries(given.filter(({ scope }) => scope === one).map(({ key, value }) => [key, value]));
  const options = { ...preset && { preset }, ...seed !== 0 && { seed }, ...of('options') }, envOptions = of('envOptions');
  const argument = (/** @type {object} */ values) => (Object.keys(values).length > 0 ? `, ${inScript(values)}` : '');
  return [
    'import { load } from \'bellhop\';', '', 'const bh = await load();', `const env = bh.make(${inScript(env)}${argument(envOptions)});`,
    `const model = new bh.models[${inScript(algo)}](env${argument(options)});`, 'await model.learn();', 'console.log(model.sha256(), model.evaluate({ which: \'best\' }));',
  ].join('\n');
}

/** A word of a command, in quotes where a shell would read more into it. @param {string} text */
const inShell = (text) => (/^[\w.,:@%+=/-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`);

/** A value as JavaScript writes it. @param {unknown} value @returns {string} */
function inScript(value) {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll('\'', '\\\'')}'`;
  if (Array.isArray(value)) return `[${value.map(inScript).join(', ')}]`;
  if (value && typeof value === 'object') return `{ ${Object.entries(value).map(([key, each]) => `${key}: ${inScript(each)}`).join(', ')} }`;
  return String(value);
}

// ---- words ----

/** Names in their order; `all` for all of them. @param {readonly string[]} names @param {readonly string[]} chosen */
function wordsOf(names, chosen) {
  const words = names.filter((name) => chosen.includes(name));
  return words.length === names.length ? 'all' : words.join(' ');
}

/** @param {readonly string[]} a @param {readonly string[]} b */
const isSame = (a, b) => a.length === b.length && a.every((each) => b.includes(each));
