// SPDX-License-Identifier: MIT
// What is shown: one lab per tab, made when its tab is first opened and kept, paused, when another one is. The hash
// follows the shown run, and a hash from elsewhere makes one.
import { Lab, Superseded } from './lab.mjs';
import { envsOf, worldOf } from './tabs.mjs';
import { emit, on } from './events.mjs';
import { fetchPart } from './parts.mjs';
import { fromHash, languageIn, plainSetup, textIn, toHash } from './link.mjs';
import { language, setLanguage } from './i18n.mjs';

/** @typedef {import('./tabs.mjs').TabId} TabId */

/** @type {Map<TabId, Lab>} */
const labs = new Map();
/** @type {Lab | null} */
let shown = null;
/** @type {import('../worker/trainer.mjs').Trainer} */
let trainer;
let written = '';
/** What links say of the decisions on the tab Text, which follow it and write it. */
export const ofText = { link: '' };
/** Counts what was opened: a tab whose part arrives after another one was asked for is not shown. */
let opened = 0;
/** The hash names a language only when it came with one or the reader chose one. */
let languageInLink = false;
/** @type {(error: unknown) => void} */
let onError = () => {};

/** The shown lab; only listeners ask, and they run when there is one. @returns {Lab} */
export function lab() {
  if (!shown) throw new Error('no run is shown yet');
  return shown;
}

export const hasLab = () => shown !== null;

/** @param {(error: unknown) => void} handler */
export function setErrorHandler(handler) {
  onError = handler;
}

/** Runs what a button asked for; a refusal of the library is shown, not thrown. @param {() => unknown} action */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof Superseded)) onError(error);
    return false;
  }
}

/** @param {import('../worker/trainer.mjs').Trainer} connected @param {(ignored: string[]) => void} tellIgnored  what of a hash was left out */
export async function begin(connected, tellIgnored) {
  trainer = connected;
  const follow = async () => {
    const ignored = await followHash();
    if (ignored.length > 0) tellIgnored(ignored);
  };
  on(['run', 'setup'], () => setTimeout(writeHash)); // costs 10 ms, for which nobody is to wait
  on('language', () => {
    languageInLink = true;
    writeHash();
  }, { early: true });
  addEventListener('hashchange', () => {
    if (location.hash !== written && location.hash.includes('=')) attempt(follow);
  });
  return follow();
}

async function followHash() {
  const catalog = /** @type {import('./fields.mjs').Catalog} */ (/** @type {unknown} */ (trainer.catalog));
  const { setup, ignored } = fromHash(catalog, location.hash, envsOf('grid')[0]);
  const wanted = languageIn(location.hash);
  ofText.link = textIn(location.hash) || ofText.link;
  languageInLink ||= wanted !== null;
  if ((wanted === 'zh' || wanted === 'en') && wanted !== language()) await setLanguage(wanted, false);
  await open(worldOf(setup.env).tab, setup);
  return ignored;
}

/** @param {TabId} id @param {import('./link.mjs').Setup} [setup] */
export async function open(id, setup) {
  const turn = ++opened;
  const wanted = setup ?? labs.get(id)?.setup ?? plainSetup(/** @type {any} */ (trainer.catalog), envsOf(id)[0]);
  await Promise.all([shown?.pause(), fetchPart(worldOf(wanted.env))]);
  if (turn !== opened) return;
  shown?.pause().catch(() => {}); // also where Play was pressed meanwhile
  let next = labs.get(id);
  if (!next) labs.set(id, next = new Lab(trainer, wanted));
  const isFirst = shown === null;
  shown = next;
  // First the worker gets its work, then the page says what it waits for; at the very first, index.html says it.
  const making = next.session === null || setup ? startOrFallBack(next, setup) : null;
  if (!isFirst) {
    emit('run');
    emit('phase');
  }
  await making;
}

/** A link the library refuses (a bad map) gives its sentence and the plain preset. @param {Lab} next @param {import('./link.mjs').Setup} [setup] */
async function startOrFallBack(next, setup) {
  try {
    await next.start(setup);
  } catch (error) {
    if (error instanceof Superseded) return;
    if (!next.session) await next.start(plainSetup(next.catalog, next.setup.env));
    onError(error);
  }
}

function writeHash() {
  if (!shown?.session) return;
  written = hashOf(languageInLink ? language() : '');
  if (location.hash !== written) history.replaceState(null, '', written);
}

/** The address of the shown run, with its language: the same experiment for whoever opens it. */
export function shareUrl() {
  const url = new URL(location.href);
  url.hash = hashOf(language());
  return url.href;
}

/** @param {string} language */
function hashOf(language) {
  const { catalog, setup, world } = lab();
  return toHash(catalog, setup, language) + (world.part === 'text' ? ofText.link : '');
}
