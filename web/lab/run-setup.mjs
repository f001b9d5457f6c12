// SPDX-License-Identifier: MIT
// What a run is made from, and how it is written in a link: the environment, the algorithm, the seed, the settings that differ
// from the preset, and the changes made while it ran (`learningRate=0.5@1710`), so that opening the link gives the same run to
// the bit. Whatever a link says is checked against the catalogue; what does not fit is left out and named, never passed on.
import { asText, choicesFor, nameOf, noneOf, parse, presetAlgos, problemOf, same, settingNamed, settingsOf, snake, unknownSetting } from './fields.mjs';

/** @typedef {import('./fields.mjs').Catalog} Catalog */
/** @typedef {import('./fields.mjs').Setting} Setting */
/** @typedef {import('./fields.mjs').Problem} Problem */
/** @typedef {import('./fields.mjs').Unfit} Unfit */
/** @typedef {import('./fields.mjs').Value} Value */
/** @typedef {'options' | 'envOptions'} Scope */
/** A live setting that took another value after `at` environment steps. @typedef {{ at: number, scope: Scope, key: string, value: Value }} LiveChange */
/**
 * @typedef {object} RunSetup
 * @property {string} env
 * @property {string} algo
 * @property {'' | 'rainbow'} preset      one of the algorithm's own on top of the environment's: rainbow; else ''
 * @property {number} seed
 * @property {Record<string, Value>} options      only what was changed
 * @property {Record<string, Value>} envOptions   only what was changed
 * @property {LiveChange[]} changes               made while the run went on, in the order of their steps
 * @property {'lm' | 'scratch'} [start]           of tasks of text: from the language model of the task's examples, or from nothing
 * @property {import('../bellhop.js').Demonstrations} [demonstrations]  to learn from; a link has no room for them
 */

/** @param {Catalog} catalog @param {string} env @param {string} [choice] see choicesFor @param {number} [seed] @returns {RunSetup} */
export function plainSetup(catalog, env, choice = '', seed = 0) {
  const known = choicesFor(catalog, env).includes(choice);
  const [algo, preset] = (known ? choice : presetAlgos(catalog, env)[0] ?? choicesFor(catalog, env)[0]).split('/');
  return { env, algo, preset: /** @type {RunSetup['preset']} */ (preset ?? ''), seed, options: {}, envOptions: {}, changes: [] };
}

/** An independent copy. @param {RunSetup} setup @returns {RunSetup} */
export const copyOf = (setup) => ({ ...setup, options: { ...setup.options }, envOptions: { ...setup.envOptions }, changes: [...setup.changes] });

/** Puts a value into a setup; the preset's own leaves it out. @param {RunSetup} setup @param {Setting} setting @param {Value} value */
export function assign(setup, setting, value) {
  if (setting.key === 'seed') setup.seed = Number(value);
  else if (same(value, setting.preset)) delete setup[setting.scope][setting.key];
  else setup[setting.scope][setting.key] = value;
}

/** What the worker makes a session from. @param {RunSetup} setup @param {Record<string, Value>} [beneath] options that the setup's own go over */
export function recipeOf({ env, algo, preset, seed, options, envOptions, changes, demonstrations }, beneath = {}) {
  return {
    env, algo, options: { ...beneath, ...preset && { preset }, ...options, seed }, envOptions, ...demonstrations && { demonstrations },
    changes: changes.map(({ at, key, value }) => ({ at, options: { [key]: value } })),
  };
}

// ---- links ----

/** The parameters of a setup, without a leading # or ?. @param {Catalog} catalog @param {RunSetup} setup */
export function toQuery(catalog, setup) {
  const query = new URLSearchParams({ env: setup.env, algo: setup.algo, seed: String(setup.seed) });
  if (setup.preset) query.set('preset', setup.preset);
  if (setup.start === 'scratch') query.set('start', setup.start);
  for (const { scope, key, preset } of settingsOf(catalog, { ...setup, demonstrations: undefined })) {
    const value = setup[scope][key];
    if (value !== undefined && key !== 'seed' && !same(value, preset)) query.set(nameOf({ scope, key }), asText(value));
  }
  for (const { at, scope, key, value } of setup.changes) query.append(nameOf({ scope, key }), `${asText(value)}@${at}`);
  return query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%40', '@');
}

/** Parameters that are not settings of a run. */
const OTHERS = /^(env|algo|preset|start|lang|view|text\..*)$/;

/**
 * @param {Catalog} catalog @param {URLSearchParams} query
 * @param {string} fallback  environment where the link names none that there is
 * @param {(env: string) => boolean} knows  whether the lab can show an environment
 * @param {readonly string[]} [others]  environments of other kinds of experiments, which are named among those there are
 * @returns {{ setup: RunSetup, ignored: Unfit[] }}
 */
export function fromQuery(catalog, query, fallback, knows, others = []) {
  /** @type {Unfit[]} */
  const ignored = [];
  const choose = (/** @type {string} */ name, /** @type {readonly string[]} */ known, /** @type {readonly string[]} */ more = []) => {
    const value = query.get(name);
    if (value === null || known.includes(value)) return value;
    ignored.push({ name, value, why: noneOf([...known, ...more], value) });
    return null;
  };
  const env = choose('env', catalog.envs.map(({ id }) => id).filter(knows), others) ?? fallback;
  const choices = choicesFor(catalog, env);
  let setup = plainSetup(catalog, env, choose('algo', choices.filter((choice) => !choice.includes('/'))) ?? '');
  const own = `${setup.algo}/`;
  const preset = choose('preset', choices.filter((choice) => choice.startsWith(own)).map((choice) => choice.slice(own.length)));
  if (preset) setup = plainSetup(catalog, env, own + preset);
  const start = choose('start', ['lm', 'scratch']);
  if (start) setup.start = /** @type {RunSetup['start']} */ (start);
  const settings = settingsOf(catalog, setup);
  for (const [name, value] of query) {
    const why = OTHERS.test(name) ? null : take(setup, settings, name, value);
    if (why) ignored.push({ name, value, why });
  }
  setup.changes.sort((a, b) => a.at - b.at);
  return { setup, ignored };
}

/** Takes one parameter; says why where it does not fit. @param {RunSetup} setup @param {Setting[]} settings @param {string} name @param {string} text @returns {Problem | null} */
function take(setup, settings, name, text) {
  const setting = settingNamed(settings, name);
  if (!setting) return unknownSetting(settings, name);
  const { field, scope, key } = setting;
  const change = field.live ? /^(.*)@(\d{1,10})$/.exec(text) : null;
  const given = change ? change[1] : text, at = Number(change?.[2] ?? 0);
  const value = parse(field, given);
  const most = settings.find((s) => s.key === 'totalTimesteps')?.field.max ?? Infinity; // steps of a run
  const problem = problemOf(field, value ?? given);
  if (problem || value === null) return problem;
  if (at > most) return { key: 'error.too_large', values: { value: at, max: most } };
  if (change) setup.changes.push({ at, scope, key, value });
  else assign(setup, setting, value);
  return null;
}

// ---- another environment or algorithm ----

/** @typedef {{ setup: RunSetup, algoDropped: string, dropped: string[], kept: string[] }} Switched  names are snake_case of fields; algoDropped: '' where it was kept */

/**
 * A setup for another environment or algorithm that keeps what applies there: the algorithm and its own preset, the seed, every changed
 * setting that there is and that is in range.
 * @param {Catalog} catalog @param {RunSetup} from @param {{ env?: string, choice?: string }} to @returns {Switched}
 */
export function switched(catalog, from, { env = from.env, choice = from.preset ? `${from.algo}/${from.preset}` : from.algo }) {
  const setup = plainSetup(catalog, env, choice, from.seed);
  const chosen = setup.preset ? `${setup.algo}/${setup.preset}` : setup.algo;
  const settings = settingsOf(catalog, setup);
  /** @type {Switched} */
  const result = { setup, algoDropped: chosen === choice ? '' : choice, dropped: [], kept: [] };
  for (const scope of /** @type {const} */ (['options', 'envOptions'])) {
    for (const [key, value] of Object.entries(from[scope])) {
      const setting = settings.find((s) => s.scope === scope && s.key === key);
      const fits = setting && !problemOf(setting.field, value) && (scope === 'options' || env === from.env);
      if (fits) assign(setup, setting, value);
      (fits ? result.kept : result.dropped).push(setting?.field.name ?? snake(key));
    }
  }
  return result;
}
