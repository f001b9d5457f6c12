// SPDX-License-Identifier: MIT
// What panels of text experiments call things: a text in one line, an action, a part of the reward.
import { repliesOf } from './talk.mjs';

/** @typedef {import('../words.mjs').Words} Words */
/** @typedef {import('../text-experiment.mjs').TextExperiment} TextExperiment */

/** The words of a text; of tasks with tokens. @param {TextExperiment} experiment @param {ArrayLike<number>} view @param {string} language */
function tokens({ worldModule, layout }, view, language) {
  const { wordsOf } = /** @type {Partial<typeof import('../worlds/token-text.mjs')>} */ (worldModule ?? {});
  return wordsOf?.(layout, view, language) ?? [];
}

/**
 * What the agent wrote of a text, after its topic where it has one; of a talk what it said.
 * @param {TextExperiment} experiment @param {{ view: ArrayLike<number>, envInfo: Record<string, any> }} written @param {Words} words
 */
export function lineOf(experiment, { view, envInfo }, words) {
  if (envInfo.talk) return repliesOf(envInfo.talk, words);
  const { language } = words;
  const all = tokens(experiment, view, language);
  const own = all.filter(({ role }) => role === 'written').map(({ text }) => text).join(' ');
  const isTopic = all[0]?.role === 'marker' && all.every(({ role }) => role !== 'given');
  const topic = isTopic ? `${(language === 'zh' && all[0].gloss) || all[0].text}: ` : '';
  return topic + (own || '–');
}

/** An action with its gloss, where the reader's language has one; of a talk, whose words stand beside it, the gloss alone. @param {any} layout @param {number} action @param {Words} words */
export function actionOf(layout, action, words) {
  const token = layout.actions[action];
  if (!layout.tokens) return words.tMaybe(`lr.${token}`, token.replace('x', '×').replace('/', '÷'));
  const glosses = words.language === 'zh' ? layout.actions_zh : layout.tokens_en?.slice(layout.action_tokens[0]);
  const gloss = glosses?.[action];
  if (!gloss || gloss === token) return token;
  return layout.replies ? gloss : `${token} ${gloss}`;
}

/** What an action means as a sentence, where the environment has one. @param {any} layout @param {number} action @param {Words} words */
export const replyOf = (layout, action, { language }) => (language === 'zh' ? layout.replies_zh : layout.replies)?.[action] ?? '';

/** @param {import('../text-experiment.mjs').RewardPart} part @param {Words} words */
export const partName = ({ name, nameZh }, words) => words.tMaybe(`part.${name}`, words.language === 'zh' ? nameZh : name);
