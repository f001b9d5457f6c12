// SPDX-License-Identifier: MIT
// The script of a chapter: the theme, and claims, which show the run they were read off in the figure beside them. Its labs have bellhop-lab.js.
import { wireTheme } from '../theme-switch.mjs';

/** @typedef {import('../../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */

/** @param {HTMLButtonElement} claim */
async function show(claim) {
  const { figure = '', lab: given = '{}', stop = '' } = claim.dataset;
  const lab = /** @type {BellhopLab | null} */ (document.getElementById(figure));
  if (!lab) return;
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  lab.scrollIntoView({ block: 'center', behavior: isStill ? 'auto' : 'smooth' });
  const { settings, ...setup } = JSON.parse(given);
  Object.assign(lab, setup, { settings: JSON.parse(settings || '{}'), stopAt: stop, speed: 'max' }); // other settings, if only by identity: a run made anew, whatever the reader has changed
  await lab.updateComplete;
  if (!lab.autoplay) await lab.play(); // it would go on from where the other has stopped
}

for (const claim of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button.claim'))) {
  claim.addEventListener('click', () => show(claim).catch(() => {})); // which the lab shows
}
const theme = document.getElementById('theme');
if (theme) wireTheme(theme);
