// SPDX-License-Identifier: MIT
// The script of a chapter: the theme, and claims, which show the run they were read off in the figure beside them. Its labs have bellhop-lab.js.
import { wireTheme } from '../theme-switch.mjs';

/** @typedef {import('../../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */

/** What a figure had before a claim was pressed, and its line that says whose run it shows. @typedef {{ attributes: Record<string, any>, line: HTMLElement }} Kept */

const ATTRIBUTES = Object.freeze(/** @type {const} */ (['env', 'algo', 'preset', 'seed', 'settings', 'stopAt', 'speed']));
/** @type {Map<BellhopLab, Kept>} */
const kept = new Map();

/** @param {Element} element */
function bringIntoView(element) {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'center', behavior: isStill ? 'auto' : 'smooth' });
}

/** Gives a lab attributes, and with them a run made anew, whatever the reader has changed. @param {BellhopLab} lab @param {Record<string, any>} attributes */
async function remake(lab, { settings, ...others }) {
  Object.assign(lab, others, { settings: typeof settings === 'string' ? JSON.parse(settings || '{}') : settings }); // other settings, if only by identity
  await lab.updateComplete;
}

/** @param {HTMLButtonElement} claim */
async function show(claim) {
  const { figure = '', lab: given = '{}', stop = '' } = claim.dataset;
  const lab = /** @type {BellhopLab | null} */ (document.getElementById(figure));
  if (!lab) return;
  tell(lab, claim);
  bringIntoView(lab);
  await remake(lab, { ...JSON.parse(given), stopAt: stop, speed: 'max' });
  if (!lab.autoplay) await lab.play(); // it would go on from where the other has stopped
}

/** Says below a figure whose run it shows, with the ways back. @param {BellhopLab} lab @param {HTMLButtonElement} claim */
function tell(lab, claim) {
  const words = document.body.dataset, { seeds, seed = '' } = claim.dataset;
  const known = kept.get(lab) ?? { attributes: Object.fromEntries(ATTRIBUTES.map((name) => [name, lab[name]])), line: Object.assign(document.createElement('p'), { className: 'of-claim' }) };
  kept.set(lab, known);
  const text = (seeds ? words.shownSeeds : words.shown) ?? '';
  known.line.setAttribute('role', 'status');
  known.line.replaceChildren(
    text.replace('{number}', claim.textContent ?? '').replace('{n}', seeds ?? '').replace('{seed}', seed),
    button(words.back, () => {
      bringIntoView(claim);
      claim.focus({ preventScroll: true });
    }),
    button(words.restore, () => {
      known.line.remove();
      kept.delete(lab);
      void remake(lab, known.attributes);
    }),
  );
  lab.after(known.line);
}

/** @param {string | undefined} text @param {() => void} act */
function button(text, act) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text ?? '' });
  made.addEventListener('click', act);
  return made;
}

for (const claim of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button.claim'))) {
  claim.addEventListener('click', () => show(claim).catch(() => {})); // which the lab shows
}
const other = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a.language'));
other?.addEventListener('click', () => {
  other.hash = location.hash; // sections have the same names in both languages
});
const theme = document.getElementById('theme');
if (theme) wireTheme(theme);
