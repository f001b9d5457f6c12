// SPDX-License-Identifier: MIT
// Dark and light: the page follows the system until the reader uses the switch; the lab follows the page.
import { recall, remember } from './stored.mjs';

const STORED = 'bellhop.theme';

/** @param {HTMLElement} button */
export function wireTheme(button) {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const tell = () => button.setAttribute('aria-pressed', String(isDark()));
  const stored = recall(STORED);
  if (stored === 'dark' || stored === 'light') root.dataset.theme = stored;
  system.addEventListener('change', tell);
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember(STORED, root.dataset.theme);
    tell();
  });
  tell();
}
