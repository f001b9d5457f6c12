// SPDX-License-Identifier: MIT
// What just happened: the last transition in words and numbers, left to right as the loop goes: state, action,
// reward, next state, and the target the update pulls Q(s, a) towards. The values are those of the network as it is
// now, after the update; the target network of DQN, which lags behind, may say something else, and the note says so.
import { chosenHow } from './action-words.mjs';
import { actionName, observationInWords, stateInWords } from './telling.mjs';
import { byId, el, setText } from './dom.mjs';
import { lab } from './app.mjs';
import { on, paced } from './events.mjs';
import { figure, language, t, value } from './i18n.mjs';

/** What the values are, by algorithm: note.*; value iteration and whatever is not here has note.planning. @type {Record<string, 'dqn' | 'tabular' | 'double' | 'sarsa' | 'expected' | 'improving' | 'evaluation'>} */
const NOTES = {
  'dqn': 'dqn', 'q-learning': 'tabular', 'double-q-learning': 'double', 'sarsa': 'sarsa', 'expected-sarsa': 'expected',
  'policy-iteration': 'improving', 'policy-evaluation': 'evaluation',
};
/** Whose target is not r + γ max Q(s′, a′): the note says what it is; nor has a policy one. */
const OWN_TARGETS = ['sarsa', 'expected-sarsa', 'policy-evaluation'];
const MATHS = 'http://www.w3.org/1998/Math/MathML';

/** @type {Record<'state' | 'action' | 'reward' | 'next' | 'before', HTMLElement>} */
let cells;
/** The state before the step, for environments whose observations the page cannot read back; '' when a step was not seen. */
let textBefore = '';
let textNow = '';
let stepNow = -1;

export function wireHappened() {
  on(['run', 'language'], build);
  on('frame', remember);
  on(['run', 'language', 'phase', 'setup'], update);
  on('frame', paced(200, () => lab().isBlur, update));
  build();
  remember();
  update();
}

function build() {
  /** @param {string} text */
  const cell = (text) => {
    const words = el('dd', { class: 'words' });
    byId('happened-body').append(el('div', {}, el('dt', { text }), words));
    return words;
  };
  byId('happened-body').replaceChildren();
  cells = {
    state: cell(t('loop.state')), action: cell(t('loop.action')), reward: cell(t('loop.reward')), next: cell(t('loop.next')), before: cell(t(lab().isPolicy ? 'loop.p' : 'loop.q')),
  };
}

function remember() {
  const { frame } = lab();
  if (!frame || frame.timesteps === stepNow) return;
  [textBefore, textNow, stepNow] = [frame.timesteps === stepNow + 1 ? textNow : '', stateInWords(frame.view, frame.text), frame.timesteps];
}

function update() {
  const { frame, session, phase } = lab();
  if (!frame || !session) return;
  const { action, explored, reward: r, terminated, truncated } = frame.last;
  if (action < 0) {
    for (const cell of Object.values(cells)) setText(cell, '–');
    byId('formula').replaceChildren();
    setText(byId('happened-note'), t('happened.none'));
    return;
  }
  setText(cells.state, observationInWords(frame.obsTm1, phase === 'running' || textBefore === '' || lab().guest ? t('happened.before') : textBefore));
  setText(cells.action, `${actionName(action)} ${explored ? '◆' : '●'} ${chosenHow(explored)}`);
  setText(cells.reward, reward(r));
  setText(cells.next, stateInWords(frame.view, frame.text) + (terminated ? ` · ${t('terminated')}` : truncated ? ` · ${t('truncated')}` : ''));
  setText(cells.before, value(frame.qTm1[action], 3));
  tellTarget(frame, Number(session.info.options.gamma));
}

/** Whole ones as they are, others to two decimals, or to what there is of them. @param {number} r */
const reward = (r) => (Math.abs(r) < 0.01 && r !== 0 ? figure(r) : value(r, Number.isInteger(r) ? 0 : 2));

/** @param {import('./lab.mjs').Frame} frame @param {number} gamma */
function tellTarget(frame, gamma) {
  const { algo } = lab().setup;
  const note = t(`note.${lab().guest ? 'yours' : algo === 'clone' ? 'clone' : lab().isPolicy ? 'policy' : NOTES[algo] ?? 'planning'}`);
  if (OWN_TARGETS.includes(algo) || lab().isPolicy) {
    byId('formula').replaceChildren();
    setText(byId('happened-note'), note);
    return;
  }
  const { action, reward: r, terminated } = frame.last;
  const next = Math.max(...frame.q);
  const target = terminated ? r : r + gamma * next;
  const error = target - frame.qTm1[action];
  byId('formula').replaceChildren(terminated ? mathEnd(r) : mathTarget(r, gamma, next, target));
  const way = Math.abs(error) < 5e-4 ? t('pull.none') : t(error > 0 ? 'pull.up' : 'pull.down', { error: value(Math.abs(error), 3) });
  const n = Number(lab().session?.info.options.nSteps ?? 1);
  const several = n > 1 ? t('note.n_steps', { n }) : '';
  setText(byId('happened-note'), [way, note, lab().guest ? '' : several].filter(Boolean).join(language() === 'zh' ? '' : ' '));
}

/** @param {string} tag @param {...(Node | string)} children */
function m(tag, ...children) {
  const node = document.createElementNS(MATHS, tag);
  node.append(...children);
  return node;
}

const mo = (/** @type {string} */ text) => m('mo', text);
const mi = (/** @type {string} */ text) => m('mi', text);
const mn = (/** @type {string} */ text) => m('mn', text);

/** As high as the letters, whatever the font. @param {string} text */
function paren(text) {
  const node = mo(text);
  node.setAttribute('stretchy', 'false');
  return node;
}

/** One letter with a prime, slanted like the others. @param {string} letter */
const prime = (letter) => m('mrow', mi(letter), mi('′'));

/** A number that is multiplied with: in parentheses where it has a sign. @param {number} n */
const factor = (n) => (n < 0 ? [paren('('), mn(value(n, 3)), paren(')')] : [mn(value(n, 3))]);

/** y = r + γ max Q(s′, a′) = 0 + 0.9 × 0.81 = 0.73 @param {number} r @param {number} gamma @param {number} next @param {number} target */
function mathTarget(r, gamma, next, target) {
  const max = m('munder', mo('max'), prime('a'));
  const q = m('mrow', mi('Q'), paren('('), prime('s'), mo(','), prime('a'), paren(')'));
  return m('math', m('mrow',
    mi('y'), mo('='), mi('r'), mo('+'), mi('γ'), max, q,
    mo('='), mn(reward(r)), mo('+'), mn(String(gamma)), mo('×'), ...factor(next), mo('='), mn(value(target, 3))));
}

/** y = r, where nothing follows @param {number} r */
function mathEnd(r) {
  return m('math', m('mrow', mi('y'), mo('='), mi('r'), mo('='), mn(value(r, 3))));
}
