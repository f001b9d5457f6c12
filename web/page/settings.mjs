// SPDX-License-Identifier: MIT
// The fold with the settings: what it says when it is closed, the changes that wait for a reset, and the panel, which is
// fetched when the fold is first opened.
import { asText, presetAlgos } from './fields.mjs';
import { attempt, hasLab, lab } from './app.mjs';
import { buttonById, byId, setText, show } from './dom.mjs';
import { on } from './events.mjs';
import { exact, t, tMaybe } from './i18n.mjs';

/** @type {typeof import('./settings-panel.mjs') | null} */
let panel = null;

export function wireSettings() {
  const fold = /** @type {HTMLDetailsElement} */ (byId('settings'));
  const open = async () => {
    if (!fold.open || !hasLab() || !lab().session) return;
    panel ??= await import('./settings-panel.mjs');
    await panel.build();
  };
  fold.addEventListener('toggle', () => attempt(open));
  on(['run', 'language'], () => {
    tellChanges();
    attempt(open);
  });
  on('setup', () => {
    tellChanges();
    panel?.refresh();
  });
  buttonById('staged-reset').addEventListener('click', () => attempt(() => lab().reset()));
}

/** What a setting is called; algorithms may call theirs otherwise. @param {string} name */
export const fieldName = (name) => tMaybe(`field.${lab().setup.algo}.${name}`, tMaybe(`field.${name}`, name.replaceAll('_', ' ')));

/** A value as the page writes it. @param {import('./fields.mjs').Value} value */
export function shown(value) {
  if (typeof value === 'boolean') return t(value ? 'on' : 'off');
  if (typeof value === 'number') return exact(value);
  return asText(value).replaceAll(',', ' × ') || '–';
}

/** What the fold says when it is closed, and the changes that wait. */
function tellChanges() {
  const { setup, staged, catalog } = lab();
  const names = [...Object.keys(setup.options), ...Object.keys(setup.envOptions)].filter((key) => key !== 'map');
  const all = lab().settings;
  const words = names.map((key) => {
    const setting = all.find((s) => s.key === key);
    return setting ? `${fieldName(setting.field.name)} ${shown(lab().valueOf(setting))}` : key;
  });
  setText(byId('settings-note'), words.length > 0 ? t('changed', { list: words.join(t('comma')) })
    : t(setup.preset ? 'unchanged.named' : presetAlgos(catalog, setup.env).includes(setup.algo) ? 'unchanged' : 'unchanged.defaults'));
  show(byId('staged'), staged.size > 0);
  setText(byId('staged-text'), t('staged', { n: staged.size }));
  setText(byId('staged-reset'), t('staged.reset'));
}
