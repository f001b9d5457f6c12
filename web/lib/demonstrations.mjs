// SPDX-License-Identifier: MIT
// Demonstrations: episodes somebody played, as objects and as a .jsonl file (docs/demonstrations.md): a header, then a
// line per episode. Reading is safe for untrusted input: whatever is wrong is said with its line.
import { BellhopError } from './bellhop-error.mjs';
import { bytesOf, copied, reading } from './given.mjs';
import { shown } from './messages.mjs';
import { camelCase } from './options.mjs';

/** @typedef {import('../bellhop.js').Demonstrations} Demonstrations */
/** @typedef {import('../bellhop.js').DemonstrationEpisode} Episode */

export const FORMAT = 'bellhop-demonstrations-1';
const TRANSITIONS_MAX = 10_000_000; // the largest demoCapacity
const NESTED_MAX = 16;
/** What a float can hold. @param {number} value */
const fits = (value) => Number.isFinite(Math.fround(value));
const FINITE = 'a finite number of at most 3.4e38 in size';

/** @param {string} where @param {string} what @returns {never} */
function bad(where, what) {
  throw new BellhopError('BH_ERR_FORMAT', `${where}: ${what}`);
}

/** @param {unknown} value @returns {value is ArrayLike<any>} */
function isList(value) {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** @param {string} where @param {string} name @param {unknown} list @param {number} length */
function checkLength(where, name, list, length) {
  if (!isList(list)) bad(where, `${name} is ${shown(list)}, but must be an array`);
  if (list.length !== length) bad(where, `${name} has ${list.length} entries, but must have ${length}`);
}

/** @param {string} where @param {string} name @param {ArrayLike<any>} list @param {(value: number) => boolean} test @param {string} wanted */
function checkNumbers(where, name, list, test, wanted) {
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'number' || !test(list[i])) bad(where, `${name}[${i}] is ${shown(list[i])}, but must be ${wanted}`);
  }
}

/** Rows of numbers, each as long as the first. @param {string} where @param {string} name @param {ArrayLike<any>} rows */
function checkRows(where, name, rows) {
  const width = rows[0]?.length;
  for (let i = 0; i < rows.length; i++) {
    if (!isList(rows[i]) || rows[i].length === 0) bad(where, `${name}[${i}] is ${shown(rows[i])}, but must be an array of numbers`);
    checkLength(where, `${name}[${i}]`, rows[i], width);
    checkNumbers(where, `${name}[${i}]`, rows[i], fits, FINITE);
  }
}

/** Whether an observation is more than a row of numbers: that of a Dict, of a Tuple or of nested arrays. @param {unknown} obs */
const isNested = (obs) => typeof obs === 'object' && obs !== null && (!isList(obs) || Array.prototype.some.call(obs, (/** @type {unknown} */ each) => typeof each === 'object'));

/** Numbers in arrays and plain objects; what they are of, the space says later. @param {string} where @param {string} name @param {any} value @param {number} depth */
function checkNested(where, name, value, depth) {
  if (depth > NESTED_MAX) bad(where, `${name} has more than ${NESTED_MAX} arrays and objects within each other`);
  if (isList(value)) Array.from(value, (each, i) => checkNested(where, `${name}[${i}]`, each, depth + 1));
  else if (typeof value === 'object' && value !== null) Object.entries(value).forEach(([key, each]) => checkNested(where, `${name}.${key}`, each, depth + 1));
  else if (typeof value !== 'number' || !fits(value)) bad(where, `${name} is ${shown(value)}, but must be ${FINITE}`);
}

/**
 * Throws when it is no episode: obs is one longer than actions and rewards.
 * @param {any} episode @param {string} where  what messages call it
 */
function checkEpisode(episode, where) {
  if (typeof episode !== 'object' || episode === null || Array.isArray(episode)) bad(where, `an episode is an object, but this is ${shown(episode)}`);
  const { obs, actions, rewards, terminated, truncated, actionValues, actionMasks } = episode;
  if (!isList(actions) || actions.length === 0) bad(where, `actions is ${shown(actions)}, but must be an array with at least one`);
  checkLength(where, 'obs', obs, actions.length + 1);
  checkLength(where, 'rewards', rewards, actions.length);
  if (typeof obs[0] === 'number') checkNumbers(where, 'obs', obs, fits, FINITE);
  else if (Array.from(obs).some(isNested)) Array.from(obs, (each, i) => checkNested(where, `obs[${i}]`, each, 0));
  else checkRows(where, 'obs', obs);
  if (isList(actions[0])) checkRows(where, 'actions', actions);
  else checkNumbers(where, 'actions', actions, (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 32, 'a whole number'); // which there are, the environment's space says
  checkNumbers(where, 'rewards', rewards, Number.isFinite, 'a finite number');
  for (const [name, value] of Object.entries({ terminated, truncated })) {
    if (typeof value !== 'boolean') bad(where, `${name} is ${shown(value)}, but must be true or false`);
  }
  if (actionValues !== undefined) {
    checkLength(where, 'action_values', actionValues, actions.length);
    checkRows(where, 'action_values', actionValues);
  }
  if (actionMasks === undefined) return;
  checkLength(where, 'action_masks', actionMasks, obs.length);
  checkRows(where, 'action_masks', actionMasks);
}

/**
 * The episodes of what a user gives: demonstrations, or their episodes alone. Checked.
 * @param {unknown} demonstrations  of which copies are given back
 * @param {string} [env]  the environment they are for; those that say another one are refused
 * @returns {Episode[]}
 */
export const episodesOf = (demonstrations, env) => checkedEpisodes(copied('demonstrations', demonstrations), env);

/** @param {any} given  copied @param {string} [env] @returns {Episode[]} */
function checkedEpisodes(given, env) {
  const list = Array.isArray(given) ? given : given?.episodes;
  if (!Array.isArray(list)) throw new BellhopError('BH_ERR_ARGUMENT', `demonstrations are ${shown(given)}, but must be an array of episodes or what parseDemonstrations() gives`);
  const own = Array.isArray(given) ? undefined : given.env;
  if (own !== undefined && env !== undefined && own !== env) {
    throw new BellhopError('BH_ERR_SHAPE', `the demonstrations are of ${shown(own)}, but the environment here is '${env}'`);
  }
  if (list.length === 0) throw new BellhopError('BH_ERR_ARGUMENT', 'there are no episodes in the demonstrations');
  list.forEach((episode, i) => checkEpisode(episode, `episodes[${i}]`));
  countTransitions(list);
  return list;
}

/** @param {readonly Episode[]} episodes */
export function countTransitions(episodes) {
  const n = episodes.reduce((sum, { actions }) => sum + actions.length, 0);
  if (n > TRANSITIONS_MAX) throw new BellhopError('BH_ERR_ARGUMENT', `the demonstrations have ${n} transitions, but at most ${TRANSITIONS_MAX} can be taken`);
  return n;
}

/**
 * Episodes laid out as the module takes them, one transition after the other. One that neither terminated nor was
 * truncated is cut where it ends.
 * @param {readonly Episode[]} episodes  checked
 * @param {{ nObs: number, nMask?: number, nActions: number, nAction: number, coding?: import('./coding.mjs').Coding | null }} sizes  numbers of an observation, and of its mask; actions,
 *   0 where they are a Box; numbers of one; how spaces are translated that the module does not know
 */
export function flatten(episodes, { nObs, nMask = 0, nActions, nAction, coding }) {
  const n = countTransitions(episodes);
  const hasValues = episodes.every(({ actionValues }) => actionValues !== undefined);
  const flat = {
    n, obsTm1: new Float32Array(n * (nObs + nMask)), obs: new Float32Array(n * (nObs + nMask)),
    actions: nActions > 0 ? new Int32Array(n) : new Float32Array(n * nAction), rewards: new Float64Array(n),
    terminated: new Int32Array(n), truncated: new Int32Array(n), values: hasValues ? new Float64Array(n * nActions) : null,
  };
  let at = 0;
  episodes.forEach((episode, i) => {
    const { obs, actions, rewards, terminated, actionValues, actionMasks } = episode;
    const what = `episodes[${i}]: an observation`;
    const rows = Array.from(/** @type {ArrayLike<any>} */ (obs), (row, t) => rowWithMask(coding?.observes ? coding.encodeObs(what, row) : rowOf(row, what, nObs), actionMasks?.[t], nMask));
    for (let t = 0; t < actions.length; t++, at++) {
      const last = t + 1 === actions.length;
      flat.obsTm1.set(rows[t], at * (nObs + nMask));
      flat.obs.set(rows[t + 1], at * (nObs + nMask));
      const action = actions[t];
      if (nActions === 0) flat.actions.set(rowOf(action, `episodes[${i}]: an action`, nAction), at * nAction);
      else if (coding?.acts) flat.actions[at] = coding.encodeAction(`episodes[${i}]: an action`, action);
      else if (typeof action === 'number' && action >= 0 && action < 2 ** 31) flat.actions[at] = action;
      else if (typeof action === 'number') bad(`episodes[${i}]`, `actions[${t}] is ${action}, but must be a whole number, at least 0`);
      else bad(`episodes[${i}]`, `an action has ${action.length} numbers, but must be one of ${nActions}`);
      flat.rewards[at] = rewards[t];
      flat.terminated[at] = Number(last && terminated);
      flat.truncated[at] = Number(last && !terminated);
      if (actionValues) flat.values?.set(rowOf(actionValues[t], `episodes[${i}]: action_values`, nActions), at * nActions);
    }
  });
  return flat;
}

/** @param {number | ArrayLike<number>} row @param {string} what @param {number} wanted @returns {ArrayLike<number>} */
function rowOf(row, what, wanted) {
  const list = typeof row === 'number' ? [row] : row;
  if (list.length === wanted) return list;
  throw new BellhopError('BH_ERR_SHAPE', `${what} has ${list.length} numbers, but must have ${wanted}`);
}

/** An observation with its mask behind it; without one all actions are legal. @param {ArrayLike<number>} row @param {ArrayLike<number> | undefined} mask @param {number} nMask */
function rowWithMask(row, mask, nMask) {
  return nMask === 0 ? row : [...Array.from(row), ...mask === undefined ? new Array(nMask).fill(1) : Array.from(rowOf(mask, 'action_masks', nMask), Number)];
}

/** The undiscounted return of each episode. @param {readonly Episode[]} episodes */
export function returnsOf(episodes) {
  return episodes.map(({ rewards }) => Array.from(rewards).reduce((sum, reward) => sum + reward, 0));
}

// ---- the file ----

/** @param {string | Uint8Array | ArrayBuffer} data */
function decode(data) {
  if (typeof data === 'string') return data;
  const bytes = bytesOf('the file', data);
  if (!bytes) throw new BellhopError('BH_ERR_ARGUMENT', `the demonstrations are ${shown(data)}, but must be text or its bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BellhopError('BH_ERR_FORMAT', 'the demonstrations are not a text file in UTF-8', { cause });
  }
}

/** @param {string} line @param {number} number @returns {any} */
function parseLine(line, number) {
  try {
    return JSON.parse(line);
  } catch (error) {
    return bad(`line ${number}`, `it is not JSON (${/** @type {Error} */ (error).message})`);
  }
}

/** learningRate -> learning_rate @param {string} key */
const snakeCase = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @param {Record<string, any>} options @param {(key: string) => string} rename */
function renamed(options, rename) {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [rename(key), value]));
}

/** @param {any} header @returns {Omit<Demonstrations, 'episodes'>} */
function readHeader(header) {
  if (typeof header !== 'object' || header === null || header.format !== FORMAT) {
    bad('line 1', `it must be a header with "format": "${FORMAT}"`);
  }
  const { env, env_options: envOptions = {} } = header;
  if (typeof env !== 'string' || env === '') bad('line 1', `env is ${shown(env)}, but must be the name of an environment`);
  if (typeof envOptions !== 'object' || envOptions === null || Array.isArray(envOptions)) bad('line 1', `env_options is ${shown(envOptions)}, but must be an object`);
  const policy = typeof header.policy === 'string' ? { policy: header.policy } : {};
  return { env, envOptions: renamed(envOptions, camelCase), ...policy };
}

/**
 * Reads a file of demonstrations.
 * @param {string | Uint8Array | ArrayBuffer} data  its text, or its bytes
 * @returns {Demonstrations}
 */
export function parseDemonstrations(data) {
  const lines = decode(data).split('\n').map((text, i) => ({ text: text.trim(), number: i + 1 })).filter(({ text }) => text !== '');
  if (lines.length === 0) bad('line 1', `it must be a header with "format": "${FORMAT}"`);
  if (lines[0].number !== 1) bad('line 1', 'it is empty, but must be the header');
  const header = readHeader(parseLine(lines[0].text, 1));
  let width = 0;
  const episodes = lines.slice(1).map(({ text, number }) => {
    const { action_values: actionValues, action_masks: actionMasks, ...rest } = Object(parseLine(text, number));
    const episode = { ...rest, ...actionValues !== undefined && { actionValues }, ...actionMasks !== undefined && { actionMasks } };
    checkEpisode(episode, `line ${number}`);
    const own = typeof episode.obs[0] === 'number' ? 1 : episode.obs[0].length ?? Object.keys(episode.obs[0]).length;
    width ||= own;
    if (own !== width) bad(`line ${number}`, `its observations have ${own} numbers, but those before have ${width}`);
    return episode;
  });
  if (episodes.length === 0) bad('line 2', 'there are no episodes');
  countTransitions(episodes);
  return { ...header, episodes };
}

/** The shortest decimal that reads back as the same float. @param {number} x */
function shortest(x) {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
}

/** @param {any} value @returns {any} */
function plain(value) {
  if (typeof value === 'number') return value;
  if (isList(value)) return Array.from(value, (each) => typeof each === 'number' ? shortest(each) : plain(each));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, typeof each === 'number' ? shortest(each) : plain(each)]));
}

/** The file of demonstrations, as text. @param {Demonstrations} given */
export function formatDemonstrations(given) {
  const demonstrations = copied('demonstrations', given), episodes = checkedEpisodes(demonstrations);
  const { env, envOptions = {}, policy } = demonstrations;
  if (typeof env !== 'string' || env === '') throw new BellhopError('BH_ERR_ARGUMENT', `env is ${shown(env)}, but must be the name of an environment`);
  if (typeof envOptions !== 'object' || envOptions === null || Array.isArray(envOptions)) throw new BellhopError('BH_ERR_ARGUMENT', `envOptions is ${shown(envOptions)}, but must be an object`);
  if (policy !== undefined && typeof policy !== 'string') throw new BellhopError('BH_ERR_ARGUMENT', `policy is ${shown(policy)}, but must be a string`);
  const lines = episodes.map(({ obs, actions, rewards, terminated, truncated, actionValues, actionMasks }) => ({
    obs: Array.from(obs, plain), actions: Array.from(actions, plain), rewards: Array.from(rewards), terminated, truncated,
    ...actionValues && { action_values: Array.from(actionValues, (row) => Array.from(row)) },
    ...actionMasks && { action_masks: Array.from(actionMasks, (row) => Array.from(row, Number)) },
  }));
  const header = { format: FORMAT, env, env_options: renamed(envOptions, snakeCase), ...policy !== undefined && { policy } };
  return reading('envOptions', () => [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
}
