// SPDX-License-Identifier: MIT
// What the agent weighs up: for each of the best allowed actions its value (of a policy, its probability) and beside it what the
// language model alone would do. The action it took is outlined, and in words below.
import { el, setAttribute, setText, show } from '../dom.mjs';
import { language, t, tMaybe, value } from '../i18n.mjs';
import { on } from '../events.mjs';
import { theme } from '../theme.mjs';
import { say } from './widgets.mjs';

/** @typedef {import('./worker.mjs').TextFrame} TextFrame */

const MOST = 8;
const FORBIDDEN = -1e29;

export function makeChoices() {
  /** @type {{ frame: TextFrame, layout: any, isPolicy: boolean } | null} */
  let last = null;
  const heads = el('div', { class: 'choice-heads caption' }, el('span'), el('span', { class: 'agent-head' }), say('span', 'rl.choices.lm', { class: 'lm-head' }));
  const list = el('ol', { class: 'choices', id: 'rl-choices' });
  const caption = el('p', { class: 'caption', id: 'rl-choices-caption' });
  const took = el('p', { class: 'caption', id: 'rl-took' });
  const root = el('div', { class: 'column' }, el('div', { class: 'head' }, say('h3', 'rl.choices')), heads, list, took, caption);

  function tell() {
    show(heads, last !== null);
    if (!last) {
      list.replaceChildren();
      setText(took, '');
      setText(caption, t('rl.choices.none'));
      return;
    }
    const { frame, layout, isPolicy } = last;
    const { action, explored } = frame.last;
    const raw = action < 0 ? frame.q : frame.qTm1;
    const allowed = Array.from(raw, (_, a) => a).filter((a) => raw[a] > FORBIDDEN);
    const own = (/** @type {number} */ a) => (isPolicy ? Math.exp(raw[a]) : raw[a]);
    const best = [...allowed].sort((a, b) => raw[b] - raw[a]).slice(0, MOST);
    if (action >= 0 && !best.includes(action) && raw[action] > FORBIDDEN) best[best.length - 1] = action;
    const prior = frame.prior;
    const likeliest = Math.max(1e-9, ...best.map((a) => Math.max(isPolicy ? own(a) : 0, prior?.[a] ?? 0))); // one scale for all chances
    const reach = isPolicy ? likeliest : Math.max(1e-9, ...best.map((a) => Math.abs(raw[a])));
    setText(/** @type {Element} */ (heads.children[1]), t(isPolicy ? 'rl.choices.pi' : 'rl.choices.q'));
    for (const node of [heads, list]) node.classList.toggle('alone', !layout.tokens); // there is no language model
    const negative = !isPolicy && best.some((a) => raw[a] < -0.02 * reach);
    list.replaceChildren(...best.map((a) => row({
      name: nameOf(layout, a), title: layout[language() === 'zh' ? 'replies_zh' : 'replies']?.[a] ?? '', own: own(a), part: own(a) / reach, negative,
      digits: isPolicy ? 2 : reach < 0.1 ? 3 : 2, prior: prior?.[a] ?? null, likeliest, taken: a === action,
    })));
    const word = action < 0 ? '' : t(isPolicy ? 'rl.took.drawn' : explored ? 'rl.took.random' : 'rl.took.greedy', { action: nameOf(layout, action) });
    setText(took, word);
    setText(caption, `${t('rl.choices.best', { shown: best.length, n: allowed.length })}${frame.prior || !layout.tokens ? '' : ` · ${t('rl.choices.nolm')}`}`);
  }
  on(['language', 'theme'], tell);
  tell();

  return {
    root,
    /** @param {TextFrame | null} frame @param {any} [layout] @param {boolean} [isPolicy] */
    show(frame, layout, isPolicy = false) {
      last = frame && { frame, layout, isPolicy };
      tell();
    },
  };
}

/** An action with its gloss, where the reader's language has one. @param {any} layout @param {number} a */
function nameOf(layout, a) {
  const token = layout.actions[a];
  if (!layout.tokens) return tMaybe(`lr.${token}`, token.replace('x', '×').replace('/', '÷'));
  const glosses = language() === 'zh' ? layout.actions_zh : layout.tokens_en?.slice(layout.action_tokens[0]);
  const gloss = glosses?.[a];
  return gloss && gloss !== token ? `${token} ${gloss}` : token;
}

/** @param {{ name: string, title: string, own: number, part: number, negative: boolean, digits: number, prior: number | null, likeliest: number, taken: boolean }} how */
function row({ name, title, own, part, negative, digits, prior, likeliest, taken }) {
  const zero = negative ? 0.5 : 0;
  const share = part * (1 - zero);
  const [mine, theirs] = [el('span', { class: 'fill' }), el('span', { class: 'fill lm' })];
  mine.style.transform = `translateX(${(zero + Math.min(0, share)) * 100}%) scaleX(${Math.min(1, Math.abs(share))})`;
  mine.style.backgroundColor = theme().scale.css(part * 0.85);
  theirs.style.transform = `scaleX(${(prior ?? 0) / likeliest})`;
  const item = el('li', { title: title || name }, el('span', { class: 'name', text: name }),
    el('span', { 'class': 'track', 'aria-hidden': 'true' }, mine), el('span', { class: 'number', text: value(own, digits) }),
    el('span', { 'class': 'track lm-cell', 'aria-hidden': 'true' }, theirs), el('span', { class: 'number lm-cell', text: prior === null ? '–' : value(prior, 2) }));
  setAttribute(item, 'data-taken', taken ? '' : null);
  if (taken) item.setAttribute('aria-current', 'true');
  return item;
}
