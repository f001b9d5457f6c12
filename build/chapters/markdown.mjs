// SPDX-License-Identifier: MIT
// Chapters are Markdown (markdown-it) with formulas ($…$ and $$…$$, MathML by Temml), claims (claims.mjs), live figures and questions:
//
//     ::: figure maze
//     The caption.
//     :::
//
//     ::: question What if it sees only tomorrow?
//     The answer, which the reader opens.
//     :::
import markdownIt from 'markdown-it';
// @ts-expect-error: it has no types
import container from 'markdown-it-container';
import math from 'markdown-it-math/no-default-renderer';
import temml from 'temml';
import { Failure } from '../run.mjs';
import { CLAIM_HERE, shownNumber } from './claims.mjs';
import { attributesOf, queryText } from './figures.mjs';

/** @typedef {ReturnType<typeof markdownIt>} MarkdownIt */
/** @typedef {import('./figures.mjs').Setup} Setup */
/** @typedef {import('./claims.mjs').Claim} Claim */
/** @typedef {{ setups: Map<string, Setup>, claims: Map<string, Claim>, styles: Styles, words: (key: string) => string, file: string }} Context */
/** A second heading, for the contents of a page. @typedef {{ id: string, text: string }} Section */

const PUNCTUATION = /^[\p{Pe}\p{Pf},.;:!?。，；：、！？]+/u;
const PACE = /** @type {const} */ (['show', 'controls', 'speed']);

/** Style attributes as classes, as the policy of the site refuses the former. */
export class Styles {
  /** @type {Map<string, string>} */
  #names = new Map();

  /** @param {string} html  of MathML */
  classesFor(html) {
    return html.replace(/<(\w+)([^>]*?) style="([^"]*)"([^>]*)>/g, (_, tag, before, style, after) => {
      const name = this.#nameOf(style), rest = `${before}${after}`;
      return / class="/.test(rest) ? `<${tag}${rest.replace(/ class="/, ` class="${name} `)}>` : `<${tag}${rest} class="${name}">`;
    });
  }

  /** @param {string} style */
  #nameOf(style) {
    if (!this.#names.has(style)) this.#names.set(style, `m${this.#names.size}`);
    return /** @type {string} */ (this.#names.get(style));
  }

  /** What a style sheet has to say. */
  get css() {
    return [...this.#names].map(([style, name]) => `.${name} { ${style} }`).join('\n');
  }
}

/** @param {string} text @param {Context} context @returns {{ html: string, title: string, sections: Section[] }} */
export function render(text, context) {
  const md = markdownIt({ html: false, typographer: false });
  const formula = (/** @type {string} */ tex, /** @type {boolean} */ displayMode) => {
    try {
      return context.styles.classesFor(temml.renderToString(tex, { displayMode, throwOnError: true, wrap: displayMode ? 'none' : 'tex' }));
    } catch (error) {
      throw new Failure(`${context.file}: the formula ${tex}: ${/** @type {Error} */ (error).message}`);
    }
  };
  md.use(math, { inlineRenderer: (/** @type {string} */ tex) => formula(tex, false), blockRenderer: (/** @type {string} */ tex) => `${scrolled('formula', context)}${formula(tex, true)}</div>\n` });
  md.use(container, 'figure', { render: (/** @type {any[]} */ tokens, /** @type {number} */ i) => figure(md, tokens[i], context) });
  md.use(container, 'question', { render: (/** @type {any[]} */ tokens, /** @type {number} */ i) => question(md, tokens[i], context) });
  md.inline.ruler.before('text', 'claim', (state, silent) => claimRule(md, state, silent, context));
  const { math_inline: inline } = md.renderer.rules;
  md.renderer.rules.math_inline = (tokens, i, ...rest) => joined(inline?.(tokens, i, ...rest) ?? '', tokens[i + 1]);
  md.renderer.rules.claim = (tokens, i) => joined(tokens[i].content, tokens[i + 1]);
  md.renderer.rules.table_open = () => `${scrolled('table', context)}<table>\n`;
  md.renderer.rules.table_close = () => '</table></div>\n';
  const env = {}, tokens = md.parse(text, env);
  const { title, sections } = withIds(md, tokens);
  const html = md.renderer.render(tokens, md.options, env).replace(/<th([^>]*)><\/th>/g, '<td$1></td>'); // an empty cell heads nothing
  return { html, title, sections };
}

/** What scrolls sideways where it is wider than the page, by keyboard too. @param {'formula' | 'table'} kind @param {Context} context */
const scrolled = (kind, { words }) => `<div class="${kind}" role="group" tabindex="0" aria-label="${words(kind === 'formula' ? 'chapter.formula' : 'chapter.table')}">`;

/** A button or a formula would be parted from the full stop after it: it takes it along. @param {string} html @param {{ type: string, content: string } | undefined} next */
function joined(html, next) {
  const [punctuation = ''] = next?.type === 'text' ? PUNCTUATION.exec(next.content) ?? [] : [];
  if (!next || punctuation === '') return html;
  next.content = next.content.slice(punctuation.length);
  return `<span class="joined">${html}${punctuation}</span>`;
}

/** Names the second headings, so that they can be linked to: by their number, the same in every language. @param {MarkdownIt} md @param {any[]} tokens */
function withIds(md, tokens) {
  /** @type {Section[]} */
  const sections = [];
  let title = '';
  tokens.forEach((token, i) => {
    if (token.type !== 'heading_open') return;
    const text = md.utils.escapeHtml(tokens[i + 1].children.filter((/** @type {any} */ each) => ['text', 'code_inline'].includes(each.type)).map((/** @type {any} */ each) => each.content).join(''));
    if (token.tag === 'h1') title = text;
    if (token.tag !== 'h2') return;
    sections.push({ id: `s${sections.length + 1}`, text });
    token.attrSet('id', sections[sections.length - 1].id);
  });
  return { title, sections };
}

/** @param {MarkdownIt} md @param {any} token @param {Context} context */
function figure(md, token, { setups, words, file }) {
  if (token.nesting < 0) return '</figcaption></figure>\n';
  const id = token.info.trim().replace(/^figure\s*/, ''), setup = setups.get(id);
  if (!setup || setup.figure !== id) throw new Failure(`${file}: the figure ${id} needs a setup of that name, which is like no other one, or has isFigure.`);
  const escape = md.utils.escapeHtml;
  const { autoplay = true, stopAt } = setup;
  const given = { ...attributesOf(setup), ...Object.fromEntries(PACE.map((name) => [name, setup[name] ?? ''])), 'stop-at': stopAt ? String(stopAt) : '' };
  const attributes = Object.entries(given).filter(([, value]) => value !== '').map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
  return `<figure class="live"><bellhop-lab id="${escape(id)}"${attributes}${autoplay ? ' autoplay' : ''}></bellhop-lab>
<p class="open"><a href="../../index.html#${escape(queryText(setup))}">${escape(words('chapter.open'))}</a></p>
<figcaption>`;
}

/** @param {MarkdownIt} md @param {any} token @param {Context} context */
function question(md, token, { words }) {
  if (token.nesting < 0) return '</div></details>\n';
  const asked = token.info.trim().replace(/^question\s*/, '');
  return `<details class="question"><summary><span class="kind">${md.utils.escapeHtml(words('chapter.question'))}</span> ${md.renderInline(asked, { isPlain: true })}</summary><div>\n`;
}

/** @param {MarkdownIt} md @param {import('markdown-it').StateInline} state @param {boolean} silent @param {Context} context */
function claimRule(md, state, silent, context) {
  if (state.src[state.pos] !== '{') return false;
  const match = CLAIM_HERE.exec(state.src.slice(state.pos));
  if (!match) return false;
  // What opens a question is a control itself: a claim in it is only a number.
  if (!silent) state.push('claim', '', 0).content = state.env.isPlain ? shownNumber(match[3]) : claimButton(md, context.claims.get(match[0]), context);
  state.pos += match[0].length;
  return true;
}

/** @param {MarkdownIt} md @param {Claim | undefined} claim @param {Context} context */
function claimButton(md, claim, { setups, words }) {
  const setup = claim && setups.get(claim.id);
  if (!claim || !setup) return '';
  const data = { figure: setup.figure, lab: JSON.stringify(attributesOf(setup)), stop: stepOf(claim, setup), ...setup.seeds && { seeds: String(setup.seeds), seed: String(setup.seed) } };
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${md.utils.escapeHtml(value)}"`).join('');
  const title = setup.seeds ? words('chapter.claim.seeds').replace('{n}', String(setup.seeds)).replace('{seed}', String(setup.seed)) : words('chapter.claim');
  return `<button type="button" class="claim"${attributes} title="${md.utils.escapeHtml(title)}">${shownNumber(claim.written)}</button>`;
}

/** Where the figure is to stop; '' at the end of the run. @param {Claim} claim @param {Setup} setup */
function stepOf({ at }, { stopAt = Infinity }) {
  const step = Math.min(at, stopAt);
  return Number.isFinite(step) ? String(step) : '';
}
