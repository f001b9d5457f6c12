// SPDX-License-Identifier: MIT
// A link is an experiment: the hash carries the environment, the algorithm, the seed and the settings that differ from
// the preset, so that opening it gives the same run to the bit. Whatever a hash says is checked against the
// catalogue; what does not fit is left out and named, never passed on.
import { asText, choicesFor, inRange, parse, presetAlgos, same, settingsOf } from './fields.mjs';
import { WORLDS } from './tabs.mjs';

/**
 * @typedef {object} Setup  what a run is made from
 * @property {string} env
 * @property {string} algo
 * @property {'' | 'rainbow'} preset      one of the algorithm's own on top of the environment's: rainbow; else ''
 * @property {number} seed
 * @property {Record<string, import('./fields.mjs').Value>} options      only what was changed
 * @property {Record<string, import('./fields.mjs').Value>} envOptions   only what was changed
 * @property {import('../bellhop.js').Demonstrations} [demonstrations]  to learn from; a link has no room for them
 */
/** @typedef {import('./fields.mjs').Catalog} Catalog */

/** @param {Catalog} catalog @param {string} env @param {string} [choice] see choicesFor @param {number} [seed] @returns {Setup} */
export function plainSetup(catalog, env, choice = '', seed = 0) {
  const known = choicesFor(catalog, env).includes(choice);
  const [algo, preset] = (known ? choice : presetAlgos(catalog, env)[0]).split('/');
  return { env, algo, preset: /** @type {Setup['preset']} */ (preset ?? ''), seed, options: {}, envOptions: {} };
}

/** @param {Catalog} catalog @param {Setup} setup @param {string} language '' to leave it to the reader */
export function toHash(catalog, setup, language) {
  const query = new URLSearchParams({ env: setup.env, algo: setup.algo, seed: String(setup.seed) });
  if (setup.preset) query.set('preset', setup.preset);
  for (const { scope, key, preset } of settingsOf(catalog, { ...setup, demonstrations: undefined })) {
    const value = setup[scope][key];
    if (value !== undefined && key !== 'seed' && !same(value, preset)) query.set(scope === 'envOptions' ? `env.${key}` : key, asText(value));
  }
  if (language) query.set('lang', language);
  return `#${query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',')}`;
}

/** What a hash says of the decisions on the tab Text, see text/link.mjs: "&text.task=…"; '' if nothing. @param {string} hash */
export const textIn = (hash) => (hash.match(/&text\.[^&]+/g) ?? []).join('');

/** The language a hash asks for. @param {string} hash */
export const languageIn = (hash) => new URLSearchParams(hash.slice(1)).get('lang');

/**
 * @param {Catalog} catalog @param {string} hash @param {string} fallback environment
 * @returns {{ setup: Setup, ignored: string[] }}
 */
export function fromHash(catalog, hash, fallback) {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  /** @type {string[]} */
  const ignored = [];
  const wantedEnv = query.get('env'), wantedAlgo = query.get('algo'), wantedPreset = query.get('preset');
  const known = WORLDS.some(({ id }) => id === wantedEnv) && catalog.envs.some(({ id }) => id === wantedEnv);
  if (wantedEnv !== null && !known) ignored.push(`env=${wantedEnv}`);
  const env = known && wantedEnv ? wantedEnv : fallback;
  let setup = plainSetup(catalog, env, wantedAlgo ?? undefined);
  if (wantedAlgo !== null && wantedAlgo !== setup.algo) ignored.push(`algo=${wantedAlgo}`);
  if (wantedPreset !== null) {
    setup = plainSetup(catalog, env, `${setup.algo}/${wantedPreset}`);
    if (setup.preset !== wantedPreset) {
      ignored.push(`preset=${wantedPreset}`);
      setup = plainSetup(catalog, env, wantedAlgo ?? undefined);
    }
  }
  const settings = settingsOf(catalog, setup);
  for (const [name, text] of query) {
    if (/^(env|algo|preset|lang|text\..*)$/.test(name)) continue;
    const scope = name.startsWith('env.') ? 'envOptions' : 'options';
    const key = name.replace(/^env\./, '');
    const setting = settings.find((s) => s.scope === scope && s.key === key);
    const value = setting ? parse(setting.field, text) : null;
    if (!setting || value === null || !inRange(setting.field, value)) ignored.push(`${name}=${text}`.slice(0, 60));
    else if (key === 'seed') setup.seed = Number(value);
    else setup[scope][key] = value;
  }
  return { setup, ignored };
}
