// SPDX-License-Identifier: MIT
// The reader plays: by keys or by the buttons below the world, which shows their episode in place of the agent's, with what the
// agent thinks of it beside. Episodes that end are kept, per environment, until the page is closed: they can be saved, others
// loaded, and an algorithm that takes demonstrations can learn from them. The agent's run waits meanwhile; whatever sets it
// going again (Play, Step, Reset, another tab) ends this.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { attempt, lab } from './app.mjs';
import { bindKeys } from './keys.mjs';
import { buttonById, byId, el, selectById, setAttribute, setText, show } from './dom.mjs';
import { count, loadLater, t, tMaybe, value } from './i18n.mjs';
import { emit, on } from './events.mjs';
import { asText, same } from './fields.mjs';
import { episodesOf, flatten, formatDemonstrations, parseDemonstrations, returnsOf } from '../lib/demonstrations.mjs';
import { notice } from './status.mjs';
import { actionName, stateInWords } from './telling.mjs';
import { seat, strangeAction, strangeState } from './player.mjs';

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {import('../bellhop.js').DemonstrationEpisode} Episode */

/** Parts of the natural pace one can play at; 0 is step by step. */
const PACES = [0, 1, 0.5, 0.25];
/** Between two frames no more time than this has passed, whatever the clock says. */
const LONGEST_MS = 100;
/** A key held at the end of an episode does not begin the next one. */
const REST_MS = 400;
/** Updates of DQN on the demonstrations before its first step: a moment. */
const DEMO_UPDATES = 1000;
const MOST_RETURNS = 6;

/** @type {Map<string, Episode[]>} */
const kept = new Map();
/** @type {Player | null} */
let player = null;
/** The lab whose world is played in. @type {import('./lab.mjs').Lab | null} */
let host = null;
/** @type {ReturnType<typeof bindKeys>} */
let keys = bindKeys([]);
let wired = false;
/** Counts what was begun: a player who is seated after another one was asked for does not play. */
let turns = 0;
/** The pace chosen, by environment. @type {Map<string, number>} */
const paces = new Map();
/** Actions whose keys or buttons are held, the last one is taken; one that was only tapped; the last one taken. @type {number[]} */
let held = [];
let tapped = -1;
let latest = -1;
let runs = false;
let overAt = -Infinity;
/** Parts of a step that are due, and when that was counted. */
let due = 0;
let then = 0;
/** What the agent thinks of the state there is, and of the one before. @type {{ q: Float64Array, qTm1: Float64Array }} */
let beliefs = { q: new Float64Array(), qTm1: new Float64Array() };
let asking = false;
let askAgain = false;

/** Begins, or ends. */
export async function toggle() {
  if (player) {
    leave();
    return;
  }
  wire();
  const turn = ++turns;
  const current = lab();
  await Promise.all([loadLater(), current.pause()]);
  const { env, seed } = current.setup;
  const envOptions = { ...current.setup.envOptions };
  const about = { env, envOptions };
  const key = JSON.stringify(about);
  const episodes = kept.get(key) ?? [];
  kept.set(key, episodes);
  const seated = await seat(about, episodes, seed + episodes.length);
  if (turn !== turns || lab() !== current || current.phase === 'running' || !current.own) {
    seated.dispose();
    return;
  }
  [player, host] = [seated, current];
  keys = bindKeys(player.actions);
  beliefs = { q: current.own.q, qTm1: current.own.q };
  [held, tapped, latest, runs] = [[], -1, -1, false];
  build();
  display();
  byId('stage').tabIndex = -1;
  byId('stage').focus();
}

function leave() {
  turns++;
  if (!player) return;
  player.dispose();
  player = null;
  if (host?.guest) {
    host.guest = null;
    if (host === lab()) emit('frame');
  }
  host = null;
  byId('pad').replaceChildren();
  dress();
}

function wire() {
  if (wired) return;
  wired = true;
  on(['run', 'phase', 'frame'], () => {
    if (player && (lab() !== host || !host.guest || host.phase === 'running')) leave();
  });
  on('language', () => {
    if (player) build();
    dress();
  });
  document.addEventListener('keydown', onKey, { capture: true }); // before the keys of the page, some of which are the same
  document.addEventListener('keyup', (event) => release(keys.actionOf(event)));
  addEventListener('blur', () => (held = []));
  requestAnimationFrame(tick);
}

// ---- what is there ----

function dress() {
  show(byId('pad'), player !== null);
  setAttribute(byId('you'), 'aria-expanded', String(player !== null));
  setAttribute(byId('you'), 'data-t', player ? 'you.done' : 'you');
  setText(byId('you'), t(player ? 'you.done' : 'you'));
}

function build() {
  if (!player) return;
  const { catalog, world } = lab();
  const actions = player.actions.map((_, action) => actionButton(action));
  const pace = el('select', { id: 'you-pace', change: () => {
    paces.set(world.id, Number(selectById('you-pace').value));
    due = 0;
    say();
  } }, ...PACES.map((part) => el('option', { value: part, text: part === 0 ? t('you.pace.step') : t('you.pace.rate', { n: value(world.pace * part, Number.isInteger(world.pace * part) ? 0 : 1) }) })));
  pace.value = String(paceNow());
  const file = el('input', { type: 'file', accept: '.jsonl', hidden: true, id: 'you-file', change: () => attempt(loadFile) });
  const learners = catalog.algos.filter(({ options }) => options.some(({ name }) => name === 'demo_capacity'));
  const algo = el('select', { id: 'you-algo' }, ...learners.map(({ name }) => el('option', { value: name, text: tMaybe(`algo.${name}`, name) })));
  algo.value = learners.some(({ name }) => name === 'clone') ? 'clone' : algo.value;
  byId('pad').replaceChildren(
    el('p', { id: 'you-say' }),
    el('div', { 'class': 'actions', 'role': 'group', 'aria-label': t('you.keys') }, ...actions),
    el('div', { class: 'map-tools' },
      el('label', { class: 'choice' }, el('span', { text: t('you.pace') }), pace),
      button('you-end', t('you.end'), () => player?.cut()), button('you-discard', t('you.discard'), discard)),
    el('p', { id: 'you-count', class: 'map-tools' }),
    el('div', { class: 'map-tools' },
      el('button', { type: 'button', id: 'you-save', text: t('you.save'), click: save }),
      el('button', { type: 'button', id: 'you-load', text: t('you.load'), click: () => file.click() }), file),
    el('div', { class: 'map-tools' },
      el('label', { class: 'choice' }, el('span', { text: t('you.with') }), algo),
      el('button', { type: 'button', id: 'you-learn', text: t('you.learn'), click: () => attempt(learn) })));
  dress();
  say();
}

/** A button that changes what is recorded. @param {string} id @param {string} text @param {() => void} action */
function button(id, text, action) {
  return el('button', { type: 'button', id, text, click: () => {
    action();
    [held, tapped, runs] = [[], -1, false];
    overAt = performance.now();
    display();
  } });
}

/** Held like a key by a finger or the mouse; pressed by a key of its own it is tapped. @param {number} action */
function actionButton(action) {
  const key = keys.keyOf(action);
  const node = el('button', { type: 'button' }, key ? el('kbd', { 'text': key, 'aria-hidden': 'true' }) : null, ` ${actionName(action)}`);
  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    press(action);
  });
  for (const name of ['pointerup', 'pointercancel']) node.addEventListener(name, () => release(action));
  node.addEventListener('click', (event) => {
    if (event.detail !== 0) return; // of a pointer, which has pressed already
    press(action);
    release(action);
  });
  node.addEventListener('contextmenu', (event) => event.preventDefault());
  return node;
}

/** 0 for step by step. */
function paceNow() {
  const { world } = lab();
  return paces.get(world.id) ?? (world.tab === 'control' || world.tab === 'pixels' ? 1 : 0);
}

// ---- playing ----

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!player || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest('input, select, textarea, [role=tablist], [role=grid], #charts')) return;
  const action = keys.actionOf(event);
  const isOfThePage = /^[sr]$/i.test(event.key) || (event.key === ' ' && !target.closest('button, summary'));
  if (action < 0 && !isOfThePage) return;
  event.preventDefault(); // nobody who plays wants to reset the run, or to scroll
  if (action >= 0) press(action, event.repeat);
}

/** @param {number} action @param {boolean} [repeats] */
function press(action, repeats = false) {
  if (!player || (repeats && held.includes(action) && paceNow() > 0)) return;
  if (player.isOver) {
    if (repeats || performance.now() - overAt < REST_MS) return;
    const wasShort = player.last.episodeLength === 1;
    player.reset();
    beliefs.q = beliefs.qTm1;
    if (paceNow() === 0 && !wasShort) { // first one looks where it begins
      display();
      return;
    }
  }
  if (paceNow() === 0) {
    take(action);
    return;
  }
  held = [...held.filter((other) => other !== action), action];
  tapped = action;
  if (!runs) [runs, due, then] = [true, 1, performance.now()];
}

/** @param {number} action */
function release(action) {
  held = held.filter((other) => other !== action);
}

/** @param {number} now */
function tick(now) {
  requestAnimationFrame(tick);
  if (!player || !runs || paceNow() === 0) return;
  due += Math.max(0, Math.min(now - then, LONGEST_MS)) / 1000 * lab().world.pace * paceNow();
  then = now;
  for (; due >= 1 && runs; due--) {
    const idle = keys.idle >= 0 ? keys.idle : latest;
    const action = tapped >= 0 ? tapped : held.at(-1) ?? idle;
    tapped = -1;
    take(action);
  }
}

/** @param {number} action */
function take(action) {
  if (!player) return;
  latest = action;
  player.step(action);
  beliefs = { q: beliefs.q, qTm1: beliefs.q };
  if (player.isOver) {
    runs = false;
    overAt = performance.now();
  }
  display();
}

// ---- what it shows ----

/** Puts the player's state in the place of the agent's. */
function display() {
  if (!player || !host?.own) return;
  host.guest = { ...host.own, ...player.scene(), ...beliefs };
  emit('frame');
  say();
  ask();
}

/** Asks the worker what the agent thinks of it, one question at a time. */
async function ask() {
  if (asking) {
    askAgain = true;
    return;
  }
  const [asked, session] = [player, host?.session];
  if (!asked || !session || !host) return;
  asking = true;
  const at = asked.last.episodeLength;
  try {
    const values = /** @type {Float64Array} */ (await session.qValues(asked.observation));
    const q = host?.isPolicy ? values.map(Math.exp) : values;
    if (asked === player && host?.guest) {
      beliefs = at === asked.last.episodeLength && at > 0 ? { ...beliefs, q } : { q, qTm1: at === 0 ? q : beliefs.qTm1 };
      Object.assign(host.guest, beliefs);
      emit('frame');
    }
  } catch {
    // the run was replaced meanwhile: nothing to show beside
  } finally {
    asking = false;
    if (askAgain) {
      askAgain = false;
      void ask();
    }
  }
}

/** Where the episode stands, and what was recorded. */
function say() {
  if (!player || !host) return;
  const { episodeLength: n, episodeReturn } = player.last;
  const { episodes } = player;
  const { digits } = host.world;
  const told = { n: count(n), sum: value(episodeReturn, digits) };
  const words = player.isOver ? t('you.over', told) : n > 0 ? t('you.playing', told) : t(paceNow() === 0 ? 'you.ready' : 'you.ready.paced');
  setText(byId('you-say'), words);
  // Aloud where nothing else happens before the next key.
  if (player.isOver || !runs) setText(byId('live'), `${host.frame ? stateInWords(host.frame.view, host.frame.text) : ''}. ${words}`);
  const returns = returnsOf(episodes).slice(-MOST_RETURNS).map((sum) => value(sum, digits)).join(t('comma'));
  const steps = episodes.reduce((sum, { actions }) => sum + actions.length, 0);
  setText(byId('you-count'), episodes.length === 0 ? t('you.none')
    : t('you.count', { n: count(episodes.length), steps: count(steps), returns: (episodes.length > MOST_RETURNS ? '… ' : '') + returns }));
  buttonById('you-end').disabled = n === 0 || player.isOver;
  buttonById('you-discard').disabled = episodes.length === 0 && n === 0;
  for (const id of ['you-save', 'you-learn']) buttonById(id).disabled = episodes.length === 0;
}

// ---- what becomes of it ----

/** The episode under way; where there is none, the last one that was recorded. */
function discard() {
  if (!player) return;
  if (player.isOver || player.last.episodeLength === 0) player.episodes.pop();
  player.reset();
}

/** @returns {import('../bellhop.js').Demonstrations} */
function demonstrations() {
  const { env, envOptions } = lab().setup;
  return { env, envOptions, policy: 'a person', episodes: [...player?.episodes ?? []] };
}

function save() {
  const url = URL.createObjectURL(new Blob([formatDemonstrations(demonstrations())], { type: 'application/jsonl' }));
  el('a', { href: url, download: `${lab().setup.env}.jsonl` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function loadFile() {
  const input = /** @type {HTMLInputElement} */ (byId('you-file'));
  const file = input.files?.[0];
  if (!file || !player) return;
  const text = await file.arrayBuffer();
  input.value = ''; // the same one can be chosen again
  const given = parseDemonstrations(text);
  const episodes = episodesOf(given, lab().setup.env);
  const [nActions, nObs] = [player.actions.length, player.scene().obs.length];
  flatten(episodes, nObs, nActions); // throws where they are of another size
  const strange = strangeAction(episodes, nActions);
  if (strange >= 0) throw new RangeError(t('you.misfit', { action: strange, most: nActions - 1 }));
  const space = lab().session?.info.observationSpace;
  const nStates = space?.type === 'Discrete' ? space.n : Infinity;
  const state = strangeState(episodes, nStates);
  if (state >= 0) throw new RangeError(t('you.misfit.state', { state, most: nStates - 1 }));
  player.episodes.push(...episodes);
  say();
  const n = count(episodes.length), list = otherSettings(given.envOptions ?? {}).join(', ');
  notice(list ? t('you.elsewhere', { n, list }) : t('you.loaded', { n }), list ? 'bad' : 'good');
}

/** Options of the environment that are not what they are here, as far as a file says. @param {Record<string, any>} envOptions */
function otherSettings(envOptions) {
  return lab().settings.filter((setting) => setting.scope === 'envOptions' && setting.key in envOptions && !same(envOptions[setting.key], lab().valueOf(setting)))
    .map(({ key }) => `${key}=${asText(envOptions[key])}`.slice(0, 60));
}

/** A new run with them, which begins at once. */
async function learn() {
  const current = lab();
  const { env, seed, envOptions } = current.setup;
  const algo = selectById('you-algo').value;
  /** @type {Record<string, import('./fields.mjs').Value>} */
  const options = algo === 'dqn' ? { demoUpdates: DEMO_UPDATES } : {};
  const given = demonstrations();
  leave();
  await current.start({ env, algo, preset: '', seed, options, envOptions, demonstrations: given });
  emit('setup');
  current.play();
  byId('play').focus();
}
