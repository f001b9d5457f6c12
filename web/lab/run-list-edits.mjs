// SPDX-License-Identifier: MIT
// What a reader does to the list of runs.

/** @typedef {import('./run-list.mjs').RunList} RunList */
/** @typedef {import('./run-list.mjs').KeptRun} KeptRun */

const LONGEST = 40;

/** An empty name is the one it had at first. @param {RunList} list @param {KeptRun} run @param {string} name */
export function rename(list, run, name) {
  run.name = name.trim().replace(/\s+/g, ' ').slice(0, LONGEST) || undefined;
  if (run.curve) run.curve.name = run.name;
  list.version++;
}

/** Shows or hides it. One that is hidden or shown is no longer, or not the only one that is, drawn alone. @param {RunList} list @param {KeptRun} run @param {boolean} isShown */
export function show(list, run, isShown) {
  if (list.solo) for (const each of list.items) each.isHidden = each !== list.solo;
  run.isHidden = !isShown;
  list.solo = undefined;
  list.version++;
}

/** Draws it alone, or all again that are not hidden. @param {RunList} list @param {KeptRun} run */
export function toggleSolo(list, run) {
  list.solo = list.solo === run ? undefined : run;
  list.version++;
}

/** One that is pinned stays when there are too many. @param {RunList} list @param {KeptRun} run */
export function togglePin(list, run) {
  run.isPinned = !run.isPinned;
  list.version++;
}

/** @param {RunList} list @param {KeptRun} run */
export function remove(list, run) {
  list.items = list.items.filter((each) => each !== run);
  if (list.solo === run) list.solo = undefined;
  list.version++;
}

/** Where it was before it was removed; of too many the oldest that is not pinned goes. @param {RunList} list @param {KeptRun} run @param {number} at */
export function restore(list, run, at) {
  list.items.splice(at, 0, run);
  if (list.items.length > list.most) list.items.splice(list.items.findIndex((each) => !each.isPinned && each !== run), 1);
  list.version++;
}

/** Whether it is drawn. @param {RunList} list @param {KeptRun} run */
export const isShown = ({ solo }, run) => (solo ? run === solo : !run.isHidden);
