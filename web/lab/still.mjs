// SPDX-License-Identifier: MIT
// What stands in a lab's place until there is a run to show: a picture of the environment's recorded first run, or why the lab could not
// be loaded, in both languages as there are no words yet. Few bytes: it is there long before the lab.
import { css } from '@lit/reactive-element';
import { RETRY } from './unloaded.mjs';

/** Environments that have a picture, stills/ID-light.webp and stills/ID-dark.webp: made by `node build/stills.mjs`. */
export const STILLS = Object.freeze([
  'GridWorld-v0', 'FrozenLake-v1', 'FrozenLake8x8-v1', 'CliffWalking-v1', 'DeepSea-v0', 'Bandit-v0', 'CartPole-v1', 'MountainCar-v0', 'Acrobot-v1', 'Catch-v0', 'Breakout-MinAtar', 'TextGen-v0',
]);

export const stillStyles = css`
.still { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px; padding: 16px; pointer-events: none; overflow: hidden; }
.still img { max-width: min(100%, 480px); max-height: 100%; object-fit: contain; opacity: .8; }
.still p { margin: 0; max-width: 40ch; text-align: center; }
.still button { min-height: 40px; padding: 0 16px; font: inherit; color: inherit; background: none; border: 1px solid; border-radius: 8px; pointer-events: auto; cursor: pointer; }
`;

/** The picture of an environment, or nothing. @param {HTMLElement} lab @param {URL | null} url @param {string} alt */
export function still(lab, url, alt) {
  const box = boxIn(lab);
  if (!url) return box;
  const picture = Object.assign(lab.ownerDocument.createElement('img'), { alt, decoding: 'async', src: url.href });
  picture.addEventListener('error', () => picture.remove());
  box.append(picture);
  return box;
}

/** Why there is no lab, and a way to try again. @param {HTMLElement} lab @param {string} why @param {() => void} retry */
export function unloaded(lab, why, retry) {
  const text = Object.assign(lab.ownerDocument.createElement('p'), { id: 'overlay-text', textContent: why });
  const button = Object.assign(lab.ownerDocument.createElement('button'), { id: 'overlay-action', type: 'button', textContent: RETRY });
  button.addEventListener('click', retry);
  const box = boxIn(lab);
  box.append(text, button);
  return box;
}

/** Whether a lab is dark: by its own theme, its host's `color-scheme`, the reader's. @param {Element} lab */
export function isDark(lab) {
  const { colorScheme } = getComputedStyle(lab);
  return colorScheme.includes('dark') && (!colorScheme.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches);
}

/** @param {HTMLElement} lab */
function boxIn(lab) {
  const root = /** @type {ShadowRoot} */ (lab.shadowRoot);
  root.querySelector('.still')?.remove();
  const box = Object.assign(lab.ownerDocument.createElement('div'), { className: 'still' });
  root.prepend(box);
  return box;
}
