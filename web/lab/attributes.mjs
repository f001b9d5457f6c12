// SPDX-License-Identifier: MIT
// What the attributes of a lab mean: the parameters of a link, the pace, words of a vocabulary; and which of them mean nothing.

import { asText, noneOf, problemOf, taken, unknownSetting } from './fields.mjs';

/** @typedef {import('./bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {import('./fields.mjs').Unfit} Unfit */
/** Whether an attribute is asked about. @typedef {(name: string) => boolean} IsOfInterest */

/** What a lab shows and offers by default; `all` stands for everything there is. */
export const SHOWN = 'world q transition return', OFFERED = 'play step reset speed';
/** Attributes that make it another experiment. */
export const MADE_FROM = Object.freeze(/** @type {const} */ (['env', 'algo', 'preset', 'seed', 'settings', 'worker']));

/** Attributes that are made of words, and those words. @type {Readonly<Record<'show' | 'controls' | 'theme', readonly string[]>>} */
const VOCABULARY = Object.freeze({
  show: ['world', 'q', 'transition', 'value-map', 'truth', 'return', 'loss', 'value', 'exploration', 'all'],
  controls: ['play', 'step', 'reset', 'speed', 'seed', 'env', 'algo', 'settings', 'map', 'human', 'microscope', 'all'], theme: ['light', 'dark'],
});
/** Names of a link that `settings` may not hold: the element has attributes for them, or another word. */
const NO_SETTINGS = Object.freeze(['env', 'algo', 'preset', 'view', 'lang', 'settings']);

/** What settings, or the parts of a list, may be in a link. */
const PLAIN = Object.freeze(['string', 'number', 'boolean']);
/** What `stop-at` must be. */
const A_STEP = Object.freeze(/** @type {const} */ ({ type: 'int', min: 1 }));

/** The experiment as a link has it, and what cannot be read of the attributes. @param {BellhopLab} lab @returns {{ query: URLSearchParams, unread: Unfit[] }} */
export function queryOf(lab) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(textsOf(lab, ['env', 'algo', 'preset', 'seed']))) if (value !== '') query.set(name, value);
  /** @type {Unfit[]} */
  const unread = [];
  const settings = settingsOf(lab.settings);
  if (!settings) unread.push({ name: 'settings', value: asText(lab.settings), why: { key: 'error.json', values: {} } });
  for (const [name, value] of settings ?? []) {
    const parts = [value].flat();
    if (NO_SETTINGS.includes(name)) unread.push({ name, value: asText(value), why: unknownSetting([], name) });
    else if (parts.some((part) => !PLAIN.includes(typeof part))) unread.push({ name, value: asText(value), why: { key: 'bad.value', values: {} } });
    else query.set(name, parts.join('\n')); // rows of a map, sizes of a network
  }
  return { query, unread };
}

/** Gives an experiment its speed and where it stops; a run that goes on, too. @param {BellhopLab} lab @param {Experiment} experiment @returns {Unfit[]} what does not fit */
export function setPace(lab, experiment) {
  const { stopAt, speed } = textsOf(lab, ['stopAt', 'speed']);
  const at = Number(stopAt), index = experiment.speeds.indexOf(speed === 'max' ? Infinity : Number(speed));
  const why = stopAt === '' ? null : problemOf(A_STEP, at);
  Object.assign(experiment, { stopAt: stopAt === '' || why ? Infinity : at });
  experiment.setSpeed(speed !== '' && index >= 0 ? index : experiment.speed);
  const speeds = experiment.speeds.map((each) => (each === Infinity ? 'max' : each));
  return [...why ? [{ name: 'stop-at', value: stopAt, why }] : [], ...speed === '' || index >= 0 ? [] : [{ name: 'speed', value: speed, why: noneOf(speeds, speed) }]];
}

/** Words of no vocabulary. @param {BellhopLab} lab @param {IsOfInterest} [isOfInterest] @returns {Unfit[]} */
export function unknownWords(lab, isOfInterest = () => true) {
  return Object.entries(VOCABULARY).filter(([name]) => isOfInterest(name)).flatMap(([name, known]) => {
    const words = textsOf(/** @type {any} */ (lab), [name])[name].split(/[\s,]+/).filter((word) => word !== '' && !known.includes(word));
    return words.map((value) => ({ name, value, why: noneOf(known, value) }));
  });
}

/** Attributes as text; one that is not there is ''. @template {string} Name @param {Record<Name, any>} lab @param {readonly Name[]} names @returns {Record<Name, string>} */
function textsOf(lab, names) {
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, asText(lab[name] ?? '')])));
}

/** The attribute `settings`; null where it cannot be read. @param {unknown} given JSON, or an object */
function settingsOf(given) {
  if ((given ?? '') === '') return [];
  try {
    return entriesOf(typeof given === 'string' ? JSON.parse(given) : given);
  } catch {
    return null;
  }
}

/** Names and values of an object of settings, each read once; null where it is none, or cannot be read. @param {any} given @returns {[name: string, value: any][] | null} */
export function entriesOf(given) {
  try {
    if (!given || typeof given !== 'object' || Array.isArray(given) || ArrayBuffer.isView(given)) return null;
    return Object.entries(given).map(([name, value]) => [name, taken(value)]);
  } catch {
    return null;
  }
}
