// SPDX-License-Identifier: MIT
// Words that drawings share: the step of the episode, what was done, how it ended.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { lab } from './app.mjs';
import { count, t } from './i18n.mjs';
import { actionName } from './telling.mjs';

/** How the last action was chosen, in a word. @param {boolean} explored */
export function chosenHow(explored) {
  if (lab().guest) return t('yours');
  if (lab().isPolicy) return t(explored ? 'less.likely' : 'likeliest');
  return t(!explored ? 'greedy' : lab().isUcb ? 'bonus' : 'random');
}

export function actionWords() {
  const took = (/** @type {number} */ action, /** @type {boolean} */ explored) => `${actionName(action)} · ${chosenHow(explored)}`;
  return { step: t('draw.step', { n: count(lab().frame?.last.episodeLength ?? 0) }), arrived: t('draw.arrived'), late: t('draw.late'), took, push: took };
}
