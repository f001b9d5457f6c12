// SPDX-License-Identifier: MIT
// The two parts below the worlds of the tab Text: a language model, and decisions by reinforcement learning. With their words,
// their style sheet and the second worker they are fetched when the tab is opened; they are there only while it is.
import '../../page.mjs'; // is there already: what both use stays in one file with it
import { byId, el, show } from '../dom.mjs';
import { attempt, lab, ofText } from '../app.mjs';
import { loadLater, loadMore } from '../i18n.mjs';
import { on } from '../events.mjs';
import { named, say } from './widgets.mjs';
import { makeLanguage } from './language.mjs';
import { makeDecisions } from './decisions.mjs';

/** @type {Record<import('../../start.mjs').Language, () => Promise<{ default: Record<string, string> }>>} */
const WORDS = { en: () => import('../../strings/en-text.mjs'), zh: () => import('../../strings/zh-text.mjs') };

export async function wireSections() {
  await Promise.all([loadLater(), loadMore(async (language) => (await WORDS[language]()).default), styles()]);
  const decisions = makeDecisions();
  const parts = [makeLanguage(), decisions];
  const roots = [nav(), ...parts.map(({ root }) => root)];
  byId('settings').after(...roots.slice(1));
  byId('controls').before(roots[0]);
  // Space, S and R are the keys of the run above: in here they are not meant for it.
  for (const { root } of parts) root.addEventListener('keydown', (event) => event.stopPropagation());
  const follow = () => {
    const here = lab().world.part === 'text';
    roots.forEach((root) => show(root, here));
    if (here) attempt(() => decisions.follow(ofText.link));
    else parts.forEach((part) => part.pause());
  };
  on('run', follow);
  follow();
  if (ofText.link) decisions.root.scrollIntoView(); // who has a link to them wants to see them
}

/** Where the style sheet stands; resolves when it applies, or cannot. @returns {Promise<void>} */
function styles() {
  return new Promise((done) => {
    const link = el('link', { rel: 'stylesheet', href: new URL('./text.css', import.meta.url).href, load: () => done(), error: () => done() });
    document.head.append(link);
  });
}

/** Ways to the parts of the tab; the hash is the experiment's, so they are buttons. */
function nav() {
  const to = (/** @type {string} */ id) => () => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    byId(id).scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
    byId(id).focus({ preventScroll: true });
  };
  return el('nav', { class: 'parts-nav', ...named('text.nav') },
    say('button', 'text.nav.words', { type: 'button', class: 'quiet', click: to('controls') }),
    say('button', 'lm.title', { type: 'button', class: 'quiet', click: to('language-part') }),
    say('button', 'rl.title', { type: 'button', class: 'quiet', click: to('decisions-part') }));
}
