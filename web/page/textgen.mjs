// SPDX-License-Identifier: MIT
// Text generation: its drawing, its words and the list of sentences; and below it, fetched when the tab is there,
// the parts on language models.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/textgen.mjs';
import { attempt, lab } from './app.mjs';
import { language, t } from './i18n.mjs';
import { wireSentences } from './sentences.mjs';

export function wire() {
  wireSentences();
  attempt(async () => (await import('./text/section.mjs')).wireSections()); // nobody waits for it
}

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, gloss: language() === 'zh', words: words() });
}

function words() {
  return {
    topic: t('draw.topic'), parts: [t('draw.grammar'), t('draw.relevance'), t('draw.distinct')], total: t('draw.reward'),
    kinds: [t('draw.kind.on'), t('draw.kind.off'), t('draw.kind.none')],
  };
}

/** @param {ArrayLike<number>} view */
export function tell(view) {
  const { actions, topics_zh: topics } = /** @type {any} */ (lab().session?.info.layout ?? {});
  const words = Array.from({ length: view[1] }, (_, i) => actions[view[3 + i]]).join(' ');
  return t('state.text', { topic: topics[view[0]], words: words || '…', end: view[2] > 0 ? '.' : '…' });
}
