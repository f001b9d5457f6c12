// SPDX-License-Identifier: MIT
// Verification: runs are pure functions of their settings, so one that is run again elsewhere comes to the same bits. A share of the finished ones,
// chosen by their hash, is; what differs names both machines.
import { setMaxListeners } from 'node:events';

/** @typedef {import('../bellhop.js').Study} Study */
/** @typedef {import('../bellhop.js').Job} Job */
/** @typedef {{ id: string, trial: number, seed: number, first?: string, agent?: string, expected: string, fingerprint: string, same: boolean, message?: string }} Check  first: whose result it was; agent: who ran it again */

/** The last 48 bits of a hash decide, as a number from 0 to 1. @param {string} id @param {number} share */
const isChosen = (id, share) => parseInt(id.slice(-12), 16) / 2 ** 48 < share;

/** @param {Study} study @param {number} share @param {ReadonlySet<string>} known @returns {{ job: Job, result: import('../bellhop.js').TrialResult }[]} */
function chosen(study, share, known) {
  const found = new Map();
  for (const { jobs, results } of study.trials) {
    jobs.forEach((job, i) => {
      const result = results[i];
      if (result !== null && result.outcome !== 'failed' && isChosen(job.id, share) && !known.has(job.id)) found.set(job.id, { job, result });
    });
  }
  return [...found.values()];
}

/**
 * Runs a share of the finished jobs again, from their beginning.
 * @param {Study} study
 * @param {{ share: number, executor: import('./study-loop.mjs').Executor, signal: AbortSignal, known: ReadonlySet<string>, onCheck: (check: Check) => void }} how
 * @returns {Promise<Check[]>}
 */
export async function verifyJobs(study, { share, executor, signal, known, onCheck }) {
  const left = chosen(study, share, known).reverse();
  setMaxListeners(0, signal); // one for each run under way
  /** @type {Check[]} */
  const checks = [];
  const work = async () => {
    for (let next = left.pop(); next !== undefined && !signal.aborted; next = left.pop()) {
      const { job, result } = next;
      const again = await executor.run(job, { signal, fresh: true, notBy: result.agent });
      if (again === null) return;
      const isSame = again.fingerprint === result.fingerprint && again.score === result.score && again.timesteps === result.timesteps;
      const check = { id: job.id, trial: job.trial, seed: job.seed, first: result.agent, agent: again.agent, expected: result.fingerprint, fingerprint: again.fingerprint, same: isSame, ...again.message !== undefined && { message: again.message } };
      checks.push(check);
      onCheck(check);
    }
  };
  await Promise.all(Array.from({ length: Math.min(executor.capacity, left.length) }, work));
  return checks.sort((a, b) => a.trial - b.trial || a.seed - b.seed);
}

/** Sentences about what differs. @param {readonly Check[]} checks @returns {string[]} */
export function differing(checks) {
  return checks.filter(({ same }) => !same).map(({ id, trial, seed, first, agent, expected, fingerprint, message }) => {
    const place = `job ${id.slice(0, 12)} (trial ${trial}, seed ${seed})`;
    if (message !== undefined) return `${place} could not be verified by ${agent ?? 'an agent'}: ${message}`;
    const of = (/** @type {string | undefined} */ name) => name ?? 'an unknown machine';
    return `${place} came to params_sha256 ${expected.slice(0, 12)}… on ${of(first)} and to ${fingerprint.slice(0, 12)}… on ${of(agent)}: the same job has the same bits, so one of the two machines errs; run it on a third`;
  });
}
