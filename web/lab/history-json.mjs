// SPDX-License-Identifier: MIT
// Reads what History.toJSON() wrote: fetched when a run that was left is opened again.
import { FIELDS, FORMAT, History } from './history.mjs';

/**
 * The history that toJSON() wrote; throws a TypeError for anything else.
 * @param {any} json
 * @param {import('./history.mjs').RecordKinds} kinds
 */
export function historyFrom(json, kinds) {
  if (json?.format !== FORMAT) throw new TypeError(`a history of format ${json?.format}; known: ${FORMAT}`);
  const history = new History(1, kinds);
  for (const name of FIELDS) {
    const value = decoded(json[name]);
    if (!isLike(value, history[name])) throw new TypeError(`a history whose ${name} is ${JSON.stringify(json[name])?.slice(0, 40)}`);
    Object.assign(history, { [name]: value });
  }
  history.version = 1;
  return history;
}

/** @param {any} value @returns {any} */
function decoded(value) {
  if (Array.isArray(value)) return value.map(decoded);
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
}

/** Whether a value can stand where another one does. @param {any} value @param {any} present @returns {boolean} */
function isLike(value, present) {
  if (!Array.isArray(present)) return typeof value === (typeof present === 'string' ? 'string' : 'number') || (present === null && value === null);
  if (!Array.isArray(value) || (Array.isArray(present[0]) && value.length !== present.length)) return false;
  const columns = value.filter(Array.isArray);
  if (Array.isArray(present[0]) && (columns.length !== value.length || columns.some(({ length }) => length !== columns[0].length))) return false;
  return value.flat().every((each) => each === null || typeof each === 'number');
}
