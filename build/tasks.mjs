// SPDX-License-Identifier: MIT
// Tasks that run beside each other, each as soon as those it comes after have passed: the graph that `npm test` is.
// Only node: built-ins, see run.mjs.
import { Failure, endHeld, held, say, seconds } from './run.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */
/**
 * @typedef {object} Task
 * @property {string} title       no other has it
 * @property {string[]} after     titles of those that must have passed before it begins, where they are run at all
 * @property {number} niceness    of its commands: the higher, the more they leave the processors to others
 * @property {() => Promise<Counts>} run
 */
/** @typedef {Counts & { time: string }} Result */

/** @param {boolean} passed @returns {Counts} */
export function asCounts(passed) {
  return { passed: Number(passed), failed: Number(!passed) };
}

/**
 * Begins each task when those it comes after have passed, and shows what they say in the order of the list. The first that fails ends those that
 * run, and no other begins.
 * @template {Task} T @param {readonly T[]} tasks @returns {Promise<Map<T, Result>>} of those that came to an end of their own
 */
export async function runTasks(tasks) {
  /** @type {Map<T, Result>} */
  const results = new Map();
  /** @type {{ first?: T }} */
  const failed = {};
  /** @type {Map<string, ReturnType<typeof held<void>>>} */
  const runs = new Map();
  for (const task of tasks) {
    runs.set(task.title, held(async () => {
      await undefined; // until those that come later in the list are known, too
      await Promise.all(task.after.map((title) => runs.get(title)?.running));
      if (failed.first) return;
      const result = await runTask(task);
      if (failed.first) return say('Ended, as another part has failed.');
      results.set(task, result);
      if (result.failed === 0) return;
      failed.first = task;
      endHeld();
    }, task.niceness));
  }
  for (const { title } of tasks) {
    await runs.get(title)?.show();
    if (failed.first?.title === title) break;
  }
  return results;
}

/** What goes wrong with it is printed and counts as one failure. @param {Task} task @returns {Promise<Result>} */
async function runTask({ title, run }) {
  const since = performance.now();
  say(`\n=== ${title}`);
  try {
    return { ...await run(), time: seconds(since) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
    return { ...asCounts(false), time: seconds(since) };
  }
}

/** A line for each task. @template {Task} T @param {readonly T[]} tasks @param {Map<T, Result>} results */
export function printTable(tasks, results) {
  const width = Math.max(...tasks.map(({ title }) => title.length));
  say('\n=== Summary');
  for (const task of tasks) {
    const result = results.get(task);
    const counts = result ? `${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed ${result.time.padStart(9)}` : '    not run';
    say(`${task.title.padEnd(width)} ${counts}`);
  }
}
