// SPDX-License-Identifier: MIT
// Runs whose worker does not answer Pause, or is gone: another worker goes on with the run, from the last full checkpoint that was made of it
// (RunExperiment.lastState), else from its beginning, which gives the same bits again; after a worker that is gone, to the step that was shown.
// Fetched when that happens.
import { historyFrom } from './history-json.mjs';
import { History } from './history.mjs';
import { loadWords } from './words.mjs';

/** @typedef {import('./run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('./lab-host.mjs').LabHost} LabHost */
/** @typedef {'rescue.waits' | 'rescue.silent' | 'rescue.gone'} Why  keys of the words */

/** A worker that has not answered Pause after so long is ended; a second of it went by before anybody called. */
const SILENT_MS = 3000, ASKED_MS = 1000;
/** One that is gone again so soon would be gone for ever. */
const AGAIN_MS = 20_000;

/** When a run got another worker for the last time. @type {WeakMap<RunExperiment, number>} */
const rescuedAt = new WeakMap();

/** Says that Pause waits for the worker, and ends the worker where that lasts. @param {RunExperiment} experiment */
export async function watchPause(experiment) {
  const { session } = experiment, isWaiting = () => experiment.isPausing && experiment.session === session;
  if (!isWaiting()) return;
  const notice = tell(experiment, 'rescue.waits');
  await new Promise((done) => {
    setTimeout(done, SILENT_MS - ASKED_MS);
  });
  if (isWaiting()) await rescue(experiment, 'rescue.silent');
  else notice.close();
}

/** Goes on in another worker; where that cannot be, the run has failed. @param {RunExperiment} experiment @param {Why} why @param {unknown} [error]  of a worker that is gone */
export async function rescue(experiment, why, error) {
  const now = performance.now(), last = rescuedAt.get(experiment) ?? -Infinity;
  if (error && now - last < AGAIN_MS) {
    experiment.fail(error);
    return;
  }
  rescuedAt.set(experiment, now);
  const { phase, score, print, staged, setup, agentFrame, history, result } = experiment;
  const goesOn = phase === 'running' && !experiment.isPausing, shown = agentFrame?.timesteps ?? 0;
  const state = experiment.canGoOn && experiment.lastState?.session === experiment.session ? experiment.lastState : null;
  if (state) experiment.left = { checkpoint: state.checkpoint, hand: state.hand };
  const waiting = new Map(staged);
  experiment.history = new History(experiment.world.window, experiment.trainer.catalog.records); // so that it is not listed as a run that was left
  await experiment.restart(setup);
  if (/** @type {string} */ (experiment.phase) === 'failed') {
    experiment.history = history;
    return;
  }
  const step = experiment.agentFrame?.timesteps ?? 0;
  experiment.staged = waiting;
  if (state && step === state.step) experiment.history = state.step === shown ? history : historyFrom(state.history, experiment.trainer.catalog.records);
  else if (history.episodes > 0) experiment.runs.add(result);
  if (step === shown) Object.assign(experiment, { score, print });
  if (step === shown && phase === 'finished') experiment.enter(phase);
  experiment.emit('setup');
  const caught = error && step < shown ? catchUp(experiment, shown) : null;
  tell(experiment, why, { step });
  await caught;
  if (!goesOn || experiment.phase !== 'paused') return;
  experiment.play(); // which ends what is told
  tell(experiment, why, { step });
}

/** Plays to the step that was shown, as fast as it can. @param {RunExperiment} experiment @param {number} shown */
async function catchUp(experiment, shown) {
  const { stopAt, speed } = experiment;
  Object.assign(experiment, { stopAt: shown, speed: experiment.speeds.length - 1 });
  experiment.play();
  await new Promise((done) => {
    const ask = () => experiment.phase !== 'running' && done(experiment.removeEventListener('phase', ask));
    experiment.addEventListener('phase', ask);
    ask();
  });
  experiment.stopAt = stopAt;
  experiment.setSpeed(speed);
}

/** A notice to whoever shows the run, in the reader's words. @param {RunExperiment} experiment @param {Why} key @param {Record<string, number>} [places] */
function tell(experiment, key, places = {}) {
  let isOpen = true;
  /** @type {(() => void)[]} */
  const closing = [];
  const detail = async (/** @type {LabHost} */ host) => {
    const words = await loadWords(host.words.language, ['errors']);
    if (!isOpen) return;
    const text = words.t(key, places);
    host.notice(text, key === 'rescue.waits' ? 'good' : 'bad');
    closing.push(() => host.shownNotice?.text === text && host.closeNotice());
  };
  experiment.dispatchEvent(new CustomEvent('note', { detail }));
  return { close: () => {
    isOpen = false;
    for (const close of closing) close();
  } };
}
