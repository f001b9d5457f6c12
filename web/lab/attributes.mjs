// SPDX-License-Identifier: MIT
// What the attributes of a lab mean: the parameters of a link, the pace, words of a vocabulary; and which of them mean nothing.

/** @typedef {import('./bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** Whether an attribute is asked about. @typedef {(name: string) => boolean} IsOfInterest */

/** What a lab shows and offers by default; `all` stands for everything there is. */
export const SHOWN = 'world q transition return', OFFERED = 'play step reset speed';
/** Attributes that make it another experiment. */
export const MADE_FROM = Object.freeze(/** @type {const} */ (['env', 'algo', 'preset', 'seed', 'settings']));

/** Attributes that are made of words, and those words. @type {Readonly<Record<'show' | 'controls' | 'theme', readonly string[]>>} */
const VOCABULARY = Object.freeze({
  show: ['world', 'q', 'transition', 'value-map', 'truth', 'return', 'loss', 'value', 'exploration', 'all'],
  controls: ['play', 'step', 'reset', 'speed', 'seed', 'env', 'algo', 'settings', 'map', 'human', 'all'], theme: ['light', 'dark'],
});
/** Names of a link that `settings` may not hold: the element has attributes for them, or another word. */
const NO_SETTINGS = Object.freeze(['env', 'algo', 'preset', 'view', 'lang', 'settings']);

/** The experiment as a link has it, and what cannot be read of the attributes. @param {BellhopLab} lab @returns {{ query: URLSearchParams, unread: string[] }} */
export function queryOf(lab) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(textsOf(lab, ['env', 'algo', 'preset', 'seed']))) if (value !== '') query.set(name, value);
  const settings = Object.entries(settingsOf(lab.settings) ?? { settings: lab.settings });
  const isOther = (/** @type {[string, unknown]} */ [name]) => NO_SETTINGS.includes(name);
  for (const [name, value] of settings) if (!NO_SETTINGS.includes(name)) query.set(name, String(value));
  return { query, unread: settings.filter(isOther).map(([name, value]) => `${name}=${value}`) };
}

/** Gives an experiment its speed and where it stops; a run that goes on, too. @param {BellhopLab} lab @param {Experiment} experiment @returns {string[]} what does not fit */
export function setPace(lab, experiment) {
  const { stopAt, speed } = textsOf(lab, ['stopAt', 'speed']);
  const at = Number(stopAt), index = experiment.speeds.indexOf(speed === 'max' ? Infinity : Number(speed));
  const isStep = stopAt !== '' && Number.isSafeInteger(at) && at > 0;
  Object.assign(experiment, { stopAt: isStep ? at : Infinity });
  experiment.setSpeed(speed !== '' && index >= 0 ? index : experiment.speed);
  return [...stopAt === '' || isStep ? [] : [`stop-at=${stopAt}`], ...speed === '' || index >= 0 ? [] : [`speed=${speed}`]];
}

/** Words of no vocabulary. @param {BellhopLab} lab @param {IsOfInterest} [isOfInterest] */
export function unknownWords(lab, isOfInterest = () => true) {
  return /** @type {(keyof typeof VOCABULARY)[]} */ (Object.keys(VOCABULARY)).filter(isOfInterest)
    .flatMap((name) => (lab[name] ?? '').split(/\s+/).filter((word) => word !== '' && !VOCABULARY[name].includes(word)).map((word) => `${name}=${word}`));
}

/** Attributes as text; one that is not there is ''. @template {string} Name @param {Record<Name, any>} lab @param {readonly Name[]} names @returns {Record<Name, string>} */
function textsOf(lab, names) {
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, String(lab[name] ?? '')])));
}

/** The attribute `settings`; null where it cannot be read. @param {string | Record<string, unknown> | null} given JSON, or an object @returns {Record<string, unknown> | null} */
function settingsOf(given) {
  if (given === '' || given === null) return {};
  try {
    const settings = typeof given === 'string' ? JSON.parse(given) : given;
    return settings && typeof settings === 'object' && !Array.isArray(settings) ? settings : null;
  } catch {
    return null;
  }
}
