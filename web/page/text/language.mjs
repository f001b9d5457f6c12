// SPDX-License-Identifier: MIT
// A language model that is trained live: the corpus and the sizes, Train, what it writes and expects, and how it is going. The
// model is a session of the second worker; a change of corpus or size makes another one with the next Train, and one the
// library refuses leaves the one that is there.
import { el, setText, show } from '../dom.mjs';
import { attempt } from '../app.mjs';
import { count, rate, t } from '../i18n.mjs';
import { on } from '../events.mjs';
import { button, counter, phase, say } from './widgets.mjs';
import { makeForm } from './language-form.mjs';
import { makeLearning } from './language-chart.mjs';
import { makeWriter } from './writer.mjs';
import { textWorker } from './worker.mjs';

/** @typedef {import('./worker.mjs').Language} Language */
/** @typedef {'empty' | 'making' | 'running' | 'paused' | 'finished' | 'diverged' | 'opened'} Phase */

/** How a phase is marked, as in the bar above. @type {Record<Phase, string>} */
const MARKS = { empty: 'ready', making: 'ready', running: 'running', paused: 'paused', finished: 'finished', diverged: 'diverged', opened: 'finished' };

export function makeLanguage() {
  /** @type {Language | null} */
  let model = null;
  /** @type {Phase} */
  let now = 'empty';
  /** The library's sentence on what was refused. */
  let refused = '';
  let stale = false;
  /** The tab was left while a model was being made: it is not to begin. */
  let left = false;
  /** @type {import('./worker.mjs').LanguageFrame | null} */
  let frame = null;

  const form = makeForm(() => {
    stale = true;
    refused = '';
    tell();
  });
  const writer = makeWriter(() => model, () => form.corpus());
  const learning = makeLearning();
  const train = button('lm.train', { class: 'primary', id: 'lm-train', click: () => attempt(toggle) });
  const reset = button('lm.reset', { id: 'lm-reset', click: () => attempt(make) });
  const save = button('lm.save', { id: 'lm-save', click: () => attempt(download) });
  const open = button('lm.open', { id: 'lm-open', click: () => file.click() });
  const file = el('input', { 'type': 'file', 'id': 'lm-file', 'accept': '.safetensors', 'class': 'hidden', 'tabindex': '-1', 'data-t-label': 'lm.file', 'aria-label': t('lm.file'), 'change': () => attempt(opened) });
  const state = phase('lm-phase');
  const error = el('p', { class: 'error', id: 'lm-error', role: 'alert', hidden: true });
  const note = el('p', { class: 'caption', id: 'lm-note' });
  const counters = el('dl', { class: 'counters' }, counter('lm.count.step', 'lm-steps'), counter('lm.count.rate', 'lm-rate'), counter('lm.count.vocabulary', 'lm-vocabulary'), counter('lm.count.parameters', 'lm-parameters'));
  const root = el('section', { 'class': 'text-part', 'id': 'language-part', 'aria-labelledby': 'language-title', 'tabindex': '-1' },
    el('header', {}, say('h2', 'lm.title', { id: 'language-title' }), say('p', 'lm.intro', { class: 'caption' })),
    el('div', { 'class': 'part-bar', 'role': 'group', 'data-t-label': 'lm.controls', 'aria-label': t('lm.controls') }, el('div', { class: 'buttons' }, train, reset), counters, state),
    error,
    el('div', { class: 'part-panels' },
      el('div', { class: 'column' }, form.root, note, el('div', { class: 'files' }, save, open, file)),
      writer.root, learning.root));

  /** @param {Phase} phase */
  function enter(phase) {
    now = phase;
    tell();
  }

  async function toggle() {
    if (now === 'making') return;
    if (now === 'running') {
      await model?.pause();
      return;
    }
    form.settle();
    refused = '';
    left = false;
    const goesOn = model && !stale && now !== 'opened' && now !== 'diverged';
    if (!goesOn && !await make()) return;
    if (model && !left) await play(model);
  }

  /** @param {Language} trained */
  async function play(trained) {
    enter('running');
    await trained.play();
    writer.follow(now === 'running');
  }

  /** A new model as the form says. @returns whether it is there */
  const make = () => replace('paused', async () => {
    const recipe = await form.recipe();
    stale = false; // what the form says from now on is another model
    return recipe;
  });

  /**
   * Puts another model in the place of the one that is there; a refused one leaves that as it was.
   * @param {Phase} then @param {() => Promise<object>} recipe
   */
  async function replace(then, recipe) {
    const [before, wasStale] = [now, stale];
    refused = '';
    enter('making');
    try {
      await take(await (await textWorker()).createLanguageModel(await recipe()));
      enter(then);
      return true;
    } catch (problem) {
      refused = problem instanceof Error ? problem.message : String(problem);
      stale ||= wasStale;
      enter(before === 'running' && frame ? phaseOf(frame) : before);
      return false;
    } finally {
      writer.follow(now === 'running');
    }
  }

  /** @param {Language} next */
  async function take(next) {
    const old = model;
    model = next;
    frame = null;
    next.onFrame = (/** @type {any} */ latest) => receive(next, latest);
    learning.begin(next.about);
    writer.clear();
    await old?.dispose();
  }

  /** @param {Language} from @param {import('./worker.mjs').LanguageFrame} latest */
  function receive(from, latest) {
    if (from !== model) return;
    frame = latest;
    learning.add(latest);
    if (now === 'running' && !latest.running) enter(phaseOf(latest));
    else tellCounters();
    if (now !== 'running') writer.follow(false);
  }

  async function download() {
    if (!model) return;
    const bytes = await model.save();
    const url = URL.createObjectURL(new Blob([/** @type {any} */ (bytes)], { type: 'application/octet-stream' }));
    el('a', { href: url, download: 'language-model.safetensors' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  async function opened() {
    const [chosen] = file.files ?? [];
    if (!chosen || now === 'making') return;
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    file.value = '';
    if (await replace('opened', async () => ({ model: bytes }))) writer.write();
  }

  function tell() {
    setText(train, t(now === 'running' ? 'lm.pause' : now === 'paused' && (frame?.steps ?? 0) > 0 && !stale || now === 'finished' && !stale ? 'lm.continue' : 'lm.train'));
    train.dataset.t = now === 'running' ? 'lm.pause' : 'lm.train';
    train.disabled = now === 'making';
    reset.disabled = !model || now === 'making';
    open.disabled = now === 'making';
    save.disabled = !model;
    state.dataset.phase = MARKS[now];
    setText(/** @type {Element} */ (state.lastChild), t(`lm.phase.${now}`));
    setText(error, refused);
    show(error, refused !== '');
    setText(note, now === 'opened' ? t('lm.opened.note') : stale && model ? t('lm.fresh.live') : model ? t('lm.fresh') : '');
    show(note, note.textContent !== '');
    tellCounters();
  }

  function tellCounters() {
    const about = model?.about;
    const set = (/** @type {string} */ id, /** @type {string} */ text) => setText(/** @type {Element} */ (counters.querySelector(`#${id}`)), text);
    set('lm-steps', frame ? `${count(frame.steps)} / ${count(frame.maxSteps)}` : '0');
    set('lm-rate', frame && now === 'running' ? rate(Math.round(frame.tokensPerSecond / 100) * 100) : '–');
    set('lm-vocabulary', about ? count(about.model.vocabulary) : '–');
    set('lm-parameters', about ? rate(about.model.parameters) : '–');
  }

  on('language', tell);
  tell();
  return {
    root,
    pause() {
      left = now === 'making';
      // While another one is made, this one may still be running.
      if (now === 'running' || (left && frame?.running)) attempt(() => model?.pause());
    },
  };
}

/** @param {import('./worker.mjs').LanguageFrame} frame @returns {Phase} */
function phaseOf({ diverged, running, finished }) {
  if (diverged) return 'diverged';
  if (running) return 'running';
  return finished ? 'finished' : 'paused';
}
