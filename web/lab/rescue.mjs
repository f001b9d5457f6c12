// SPDX-License-Identifier: MIT
// Experiments whose worker does not answer Pause, or is gone: another worker goes on with the run, or with the training of a language model, from the
// last full checkpoint that was made of it (Experiment.lastState), else from its beginning, which gives the same bits again; after a worker that is
// gone, to the step that was shown. Fetched when that happens.
import { historyFrom } from './history-json.mjs';
import { loadWords } from './words.mjs';

/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {import('./language-experiment.mjs').LanguageExperiment} LanguageExperiment */
/** @typedef {import('./run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('./lab-host.mjs').LabHost} LabHost */
/** @typedef {'rescue.waits' | 'rescue.silent' | 'rescue.gone' | 'rescue.unmade' | 'rescue.opened'} Words  keys of the words */
/**
 * @typedef {object} Rescue
 * @property {'rescue.silent' | 'rescue.gone'} why
 * @property {import('./experiment.mjs').Phase} phase          that it was in
 * @property {boolean} goesOn
 * @property {import('./experiment.mjs').State | null} state   from which it goes on
 */

/** A worker that has not answered Pause after so long is ended; a second of it went by before anybody called. */
const SILENT_MS = 3000, ASKED_MS = 1000;
/** One that is gone again so soon would be gone for ever. */
const AGAIN_MS = 20_000;

/** When an experiment got another worker for the last time. @type {WeakMap<Experiment, number>} */
const rescuedAt = new WeakMap();

/** Says that Pause waits for the worker, and ends the worker where that lasts. @param {Experiment} experiment */
export async function watchPause(experiment) {
  const { lease } = experiment, isWaiting = () => experiment.isPausing && experiment.lease === lease;
  if (!isWaiting()) return;
  const notice = tell(experiment, 'rescue.waits');
  await new Promise((done) => {
    setTimeout(done, SILENT_MS - ASKED_MS);
  });
  if (isWaiting()) await rescue(experiment, 'rescue.silent');
  else notice.close();
}

/** Goes on in another worker; where that cannot be, the experiment has failed. @param {Experiment} experiment @param {Rescue['why']} why @param {unknown} [error]  of a worker that is gone @param {Rescue['phase']} [phase]  that it was in */
export async function rescue(experiment, why, error, phase = experiment.phase) {
  const now = performance.now(), last = rescuedAt.get(experiment) ?? -Infinity;
  if (error && now - last < AGAIN_MS) {
    experiment.fail(error);
    return;
  }
  rescuedAt.set(experiment, now);
  const { lastState: kept, isPausing } = experiment, { session } = /** @type {any} */ (experiment);
  const of = { why, phase, goesOn: phase === 'running' && !isPausing, state: session && kept?.session === session ? kept : null };
  await (experiment.kind === 'language' ? rescueModel(/** @type {any} */ (experiment), of) : rescueRun(/** @type {any} */ (experiment), of));
}

/** @param {LanguageExperiment} experiment @param {Rescue} of */
async function rescueModel(experiment, { why, phase, goesOn, state }) {
  const { session, isOpened } = experiment, told = isOpened ? 'rescue.opened' : why, isUnmade = phase === 'preparing' && !experiment.isReviving;
  if (session || isUnmade) tell(experiment, session ? told : 'rescue.unmade', state?.step); // what comes may take a while
  await experiment.revive({ state, phase, goesOn, catchesUp: why === 'rescue.gone', tell: (step) => tell(experiment, told, step) });
  if (isUnmade) tell(experiment, 'rescue.unmade');
}

/** @param {RunExperiment} experiment @param {Rescue} of */
async function rescueRun(experiment, { why, phase, goesOn, state: found }) {
  const { staged, setup, session, agentFrame, result, history } = experiment;
  const state = experiment.canGoOn ? found : null, shown = agentFrame?.timesteps ?? 0;
  const waiting = new Map(staged), lifted = experiment.lift();
  if (session || phase === 'preparing') tell(experiment, session ? why : 'rescue.unmade', state?.step); // what comes may take a while
  if (state) experiment.left = { checkpoint: state.checkpoint, hand: state.hand, first: state.first, setup };
  await experiment.restart(setup);
  if (/** @type {string} */ (experiment.phase) === 'failed') {
    experiment.isLifted = false;
    return;
  }
  const step = experiment.agentFrame?.timesteps ?? 0;
  experiment.staged = waiting;
  if (state && step === state.step) experiment.history = state.step === shown ? history : historyFrom(state.history, experiment.trainer.catalog.records);
  else if (history.episodes > 0) experiment.runs.add(result);
  if (state && step === state.step) experiment.lastState = { ...state, session: experiment.session };
  experiment.putBack(lifted, step === shown);
  if (step === shown && phase === 'finished') experiment.enter(phase);
  experiment.emit('setup');
  const caught = why === 'rescue.gone' && step < shown ? catchUp(experiment, shown) : null;
  if (session) tell(experiment, why, step); // else there was no run yet
  const isEnded = await caught === false;
  if (phase === 'preparing') tell(experiment, 'rescue.unmade');
  if (!goesOn || isEnded || !['paused', 'ready'].includes(experiment.phase)) return;
  experiment.play(); // which ends what is told
  tell(experiment, why, step);
}

/** Plays to the step that was shown, as fast as it can; false where Pause, Step or Reset ended that. @param {RunExperiment} experiment @param {number} shown */
async function catchUp(experiment, shown) {
  experiment.catchesUpTo = shown;
  await experiment.play(); // of text what it starts from is made first
  await new Promise((done) => {
    const ask = () => !experiment.isRunning && done(experiment.removeEventListener('phase', ask));
    experiment.addEventListener('phase', ask);
    ask();
  });
  const isThere = experiment.catchesUpTo === shown;
  experiment.catchesUpTo = null;
  return isThere;
}

/** A notice to whoever shows it, in the reader's words. @param {Experiment} experiment @param {Words} key @param {number} [step] */
function tell(experiment, key, step = 0) {
  let isOpen = true;
  /** @type {(() => void)[]} */
  const closing = [];
  const detail = async (/** @type {LabHost} */ host) => {
    const words = await loadWords(host.words.language, ['errors']);
    if (!isOpen) return;
    const text = words.t(key, { step });
    host.notice(text, key === 'rescue.waits' ? 'good' : 'bad');
    closing.push(() => host.shownNotice?.text === text && host.closeNotice());
  };
  experiment.dispatchEvent(new CustomEvent('note', { detail }));
  return { close: () => {
    isOpen = false;
    for (const close of closing) close();
  } };
}
