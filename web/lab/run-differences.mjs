// SPDX-License-Identifier: MIT
// What a run has that another one has not: the algorithm, the settings, the seed, what was changed while it ran.
import { nameOf, same, settingsOf } from './fields.mjs';

/** @typedef {import('./run-setup.mjs').RunSetup} RunSetup */
/** @typedef {import('./fields.mjs').Value} Value */
/**
 * `name` is a field's, in snake_case; `at` the step of a change.
 * @typedef {{ kind: 'algo', choice: string } | { kind: 'start', start: string } | { kind: 'demonstrations', has: boolean }
 *   | { kind: 'setting', name: string, value: Value } | { kind: 'change', name: string, value: Value, at: number } | { kind: 'unchanged' }} Difference
 */

/** @param {RunSetup} setup */
const choiceOf = ({ algo, preset }) => (preset ? `${algo}/${preset}` : algo);
/** @param {RunSetup} setup @param {import('./fields.mjs').Setting} setting */
const valueIn = (setup, { scope, key, preset }) => (key === 'seed' ? setup.seed : setup[scope][key] ?? preset);

/**
 * In the order of the settings, the seed last; none where both are the same run. Of another algorithm's settings only those count that somebody has changed.
 * @param {import('./fields.mjs').Catalog} catalog @param {RunSetup} run @param {RunSetup} present @returns {Difference[]}
 */
export function differences(catalog, run, present) {
  const isSameAlgo = choiceOf(run) === choiceOf(present);
  return [
    ...isSameAlgo ? [] : [/** @type {const} */ ({ kind: 'algo', choice: choiceOf(run) })],
    ...(run.start ?? 'lm') === (present.start ?? 'lm') ? [] : [/** @type {const} */ ({ kind: 'start', start: run.start ?? 'lm' })],
    ...Boolean(run.demonstrations) === Boolean(present.demonstrations) ? [] : [/** @type {const} */ ({ kind: 'demonstrations', has: Boolean(run.demonstrations) })],
    ...settingDifferences(catalog, run, present, isSameAlgo), ...changeDifferences(catalog, run, present),
  ];
}

/** @param {import('./fields.mjs').Catalog} catalog @param {RunSetup} run @param {RunSetup} present @param {boolean} isSameAlgo @returns {Difference[]} */
function settingDifferences(catalog, run, present, isSameAlgo) {
  const theirs = new Map(settingsOf(catalog, present).map((setting) => [nameOf(setting), setting]));
  const found = settingsOf(catalog, run).filter((setting) => {
    const { scope, key } = setting, other = theirs.get(nameOf(setting));
    const counts = (isSameAlgo && other) || key === 'seed' || (run[scope][key] ?? present[scope][key]) !== undefined;
    return counts && !(other && same(valueIn(run, setting), valueIn(present, other)));
  });
  const seedLast = [...found.filter(({ key }) => key !== 'seed'), ...found.filter(({ key }) => key === 'seed')];
  return seedLast.map((setting) => ({ kind: 'setting', name: setting.field.name, value: valueIn(run, setting) }));
}

/** @param {import('./fields.mjs').Catalog} catalog @param {RunSetup} run @param {RunSetup} present @returns {Difference[]} */
function changeDifferences(catalog, run, present) {
  const isIn = (/** @type {RunSetup} */ setup) => (/** @type {import('./run-setup.mjs').LiveChange} */ { at, scope, key, value }) =>
    setup.changes.some((each) => each.at === at && each.scope === scope && each.key === key && same(each.value, value));
  const settings = settingsOf(catalog, run);
  const made = run.changes.filter((change) => !isIn(present)(change)).flatMap(({ at, scope, key, value }) => {
    const setting = settings.find((each) => each.scope === scope && each.key === key);
    return setting ? [/** @type {Difference} */ ({ kind: 'change', name: setting.field.name, value, at })] : [];
  });
  return made.length > 0 || present.changes.every(isIn(run)) ? made : [{ kind: 'unchanged' }];
}
