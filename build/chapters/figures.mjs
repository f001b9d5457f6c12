// SPDX-License-Identifier: MIT
// The setups that a chapter speaks of, from web/site/chapters/figures/: each a lab, or a variant of one that only claims mention.
import { asText } from '../../web/lab/fields.mjs';
import { Failure } from '../run.mjs';

/**
 * A setup as a chapter's table has it. `like` names another one, which it differs from, and whose figure shows it, unless it is a figure itself.
 * @typedef {object} Given
 * @property {string} [like]
 * @property {string} [env] @property {string} [algo] @property {string} [preset]
 * @property {number} [seed]
 * @property {number} [seeds]     of so many seeds, from `seed` on, for claims about several runs
 * @property {Record<string, unknown>} [settings]  by their names in links: learningRate, env.slip
 * @property {number} [stopAt]    environment steps; without it the run comes to its end
 * @property {string} [show] @property {string} [controls] @property {string} [speed]
 * @property {boolean} [autoplay] begins as soon as it is seen; true where it is not given
 * @property {boolean} [isFigure]  also where it is like another one
 */
/** A setup with all of what it is like. @typedef {Given & { id: string, env: string, seed: number, figure: string }} Setup  `figure`: the id of the figure that can show it */

/** @param {Record<string, Given>} table @returns {Map<string, Setup>} by id */
export function setupsOf(table) {
  return new Map(Object.keys(table).map((id) => [id, resolve(table, id, [])]));
}

/** @param {Record<string, Given>} table @param {string} id @param {string[]} path @returns {Setup} */
function resolve(table, id, path) {
  const given = table[id];
  if (!given) throw new Failure(`There is no setup ${id}${path.length > 0 ? `, which ${path[0]} is like` : ''}.`);
  if (path.includes(id)) throw new Failure(`The setups ${[...path, id].join(', ')} are like each other in a circle.`);
  const { like, ...own } = given;
  /** @type {Partial<Setup>} */
  const base = like ? resolve(table, like, [id, ...path]) : {};
  const setup = { seed: 0, ...base, seeds: undefined, ...own, settings: { ...base.settings, ...own.settings }, id, figure: !like || own.isFigure ? id : base.figure };
  if (!setup.env) throw new Failure(`The setup ${id} needs an env.`);
  return /** @type {Setup} */ (setup);
}

/** The attributes of the lab that shows a setup, without its pace. @param {Setup} setup @returns {Record<string, string>} */
export function attributesOf({ env, algo = '', preset = '', seed, settings = {} }) {
  return { env, algo, preset, seed: String(seed), settings: Object.keys(settings).length > 0 ? JSON.stringify(settings) : '' };
}

/** The link to the same run on the page with every panel. @param {Setup} setup */
export function queryText({ env, algo, preset, seed, settings = {} }) {
  const query = new URLSearchParams({ env, ...algo && { algo }, ...preset && { preset }, seed: String(seed) });
  for (const [name, value] of Object.entries(settings)) query.set(name, [value].flat().map(asText).join('\n'));
  return query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',');
}
