// SPDX-License-Identifier: MIT
// What the page says when something happened: the notice line, the message over the world, the spoken summary.
import { attempt, hasLab, lab, setErrorHandler, shareUrl } from './app.mjs';
import { buttonById, byId, setText, show } from './dom.mjs';
import { count, t, value } from './i18n.mjs';
import { on } from './events.mjs';

const SPEAK_MS = 12_000;
let spokenAt = 0;
/** What the button over the world does; at first what index.html says. @type {() => void} */
let overlayAction = () => location.reload();

export function wireStatus() {
  setErrorHandler((error) => notice(error instanceof Error ? error.message : String(error)));
  buttonById('notice-close').addEventListener('click', () => show(byId('notice'), false));
  buttonById('overlay-action').addEventListener('click', () => overlayAction());
  buttonById('share').addEventListener('click', share);
  on(['run', 'phase', 'language'], overPhase);
  on('phase', () => {
    speak(true);
    if (hasLab() && lab().phase === 'running') show(byId('notice'), false);
  });
  on('frame', () => speak(false));
  on(['run', 'setup'], () => show(byId('notice'), false));
}

/** @param {string} text @param {'bad' | 'good'} [kind] */
export function notice(text, kind = 'bad') {
  byId('notice').dataset.kind = kind;
  setText(byId('notice-text'), text);
  show(byId('notice'), true);
}

/** Nothing can run here: says why, over the empty world. @param {string} text @param {string} [action] @param {() => void} [run] */
export function overlay(text, action = '', run = () => {}) {
  setText(byId('overlay-text'), text);
  setText(byId('overlay-action'), action);
  show(byId('overlay-action'), action !== '');
  overlayAction = run;
  show(byId('overlay'), true);
}

function overPhase() {
  if (!hasLab()) return;
  if (lab().phase === 'diverged') overlay(t('diverged.help'), t('reset'), () => attempt(() => lab().reset()));
  else show(byId('overlay'), false);
}

async function share() {
  const url = shareUrl();
  try {
    await navigator.clipboard.writeText(url);
    notice(t(lab().setup.demonstrations ? 'shared.alone' : 'shared'), 'good');
  } catch {
    notice(t('share.by.hand', { url }), 'good');
  }
}

/** For screen readers: at once when the phase changes, else rarely. @param {boolean} now */
function speak(now) {
  if (!hasLab()) return;
  const { frame, phase, history, world } = lab();
  const time = performance.now();
  if (!frame || (!now && (phase !== 'running' || time - spokenAt < SPEAK_MS))) return;
  spokenAt = time;
  const parts = [t(`phase.${phase}`), t('spoken', {
    episode: count(frame.episodes), step: count(frame.timesteps), mean: value(history.meanReturn, world.digits || 1),
  })];
  if (frame.solvedAt !== null) parts.push(t('solved', { step: count(frame.solvedAt) }));
  setText(byId('live'), parts.join(' '));
}
