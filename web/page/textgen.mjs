// SPDX-License-Identifier: MIT
// The tab Text generation: its drawing and the list of sentences.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/textgen.mjs';
import { language, t } from './i18n.mjs';
import { wireSentences } from './sentences.mjs';

export const wire = wireSentences;

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
