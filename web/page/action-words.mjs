// SPDX-License-Identifier: MIT
// Words that drawings share: the step of the episode, what was done, how it ended.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { lab } from './app.mjs';
import { count, t } from './i18n.mjs';
import { actionName } from './telling.mjs';

export function actionWords() {
  const took = (/** @type {number} */ action, /** @type {boolean} */ explored) => t(explored ? 'draw.taken.random' : 'draw.taken.greedy', { action: actionName(action) });
  return { step: t('draw.step', { n: count(lab().frame?.last.episodeLength ?? 0) }), arrived: t('draw.arrived'), late: t('draw.late'), took, push: took };
}
