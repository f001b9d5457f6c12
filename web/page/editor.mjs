// SPDX-License-Identifier: MIT
// Editing the map, as the rest of the page sees it: the button, the draft that is drawn in place of the run's own map, and
// what the library says of it. The editor itself is fetched when the button is first pressed.
import { attempt, lab } from './app.mjs';
import { buttonById, byId, setText, show } from './dom.mjs';
import { on } from './events.mjs';
import { loadLater, t } from './i18n.mjs';

/** @type {typeof import('./map-editor.mjs') | null} */
let editor = null;
let open = false;
/** Rows that differ from the run's map: a change in progress or one that was refused. @type {string[] | null} */
let draft = null;

/** What the drawing shows instead of the run's own map. */
export const draftRows = () => draft;

export function wireEditor() {
  buttonById('edit').addEventListener('click', () => attempt(async () => {
    [editor] = await Promise.all([import('./map-editor.mjs'), loadLater()]);
    editor.wire();
    open = !open;
    arrange();
  }));
  on('run', () => {
    draft = null;
    setError('');
    arrange();
  });
  on('language', () => {
    editor?.forget();
    arrange();
  });
}

function editable() {
  const { setup, session } = lab();
  return setup.env === 'GridWorld-v0' && session !== null;
}

/** Shows what belongs to the editor, or hides it. */
export function arrange() {
  const possible = editable();
  show(buttonById('edit'), possible);
  buttonById('edit').disabled = !possible;
  buttonById('edit').setAttribute('aria-pressed', String(open && possible));
  setText(buttonById('edit'), t(open && possible ? 'edit.done' : 'edit'));
  show(byId('editor'), open && possible);
  show(byId('map-tools'), open && possible);
  if (open && possible) editor?.build();
}

/** A map of which a run is being made: the next change builds on it. @param {string[]} rows */
export function propose(rows) {
  draft = rows;
}

/** A map the library refused stays on screen, with its sentence. @param {string[] | null} rows null leaves the last draft @param {string} why */
export function refuse(rows, why) {
  draft = rows ?? draft;
  setError(why);
}

/** @param {string} text */
function setError(text) {
  setText(byId('map-error'), text && `${text}. ${t('map.kept')}`);
  show(byId('map-error'), text !== '');
}
