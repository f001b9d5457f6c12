// SPDX-License-Identifier: MIT
// The page of a chapter around its text: where it is among the others, the other language, its contents.
import { LOCALES } from '../../web/lab/words.mjs';
import { NUMBERED } from '../../web/site/chapters/pages.mjs';

/** @typedef {import('./markdown.mjs').Section} Section */
/** @typedef {'en' | 'zh'} Language */
/**
 * @typedef {object} Page
 * @property {string} slug @property {Language} language @property {string} title @property {string} html @property {Section[]} sections
 */

const POLICY = 'default-src \'none\'; script-src \'self\' \'wasm-unsafe-eval\'; style-src \'self\'; img-src \'self\' data:; connect-src \'self\'; worker-src \'self\' blob:; base-uri \'none\'; form-action \'none\'';
const LOGO = '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><path d="M5 23a11 11 0 0 1 22 0z"/><circle cx="16" cy="8.5" r="2.5"/><rect x="3" y="25" width="26" height="3" rx="1.5"/></svg>';
const MOON = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"/></svg>';

/** @param {Page} page @param {{ pages: Page[], words: (key: string, values?: Record<string, string>) => string, description: string }} of  `pages`: those of its language, in order; titles are escaped */
export function pageHtml({ slug, language, title, html, sections }, { pages, words, description }) {
  const other = language === 'en' ? 'zh' : 'en';
  const at = pages.findIndex((page) => page.slug === slug), before = pages[at - 1], after = pages[at + 1];
  const isIndex = slug === 'index';
  const numberOf = (/** @type {string} */ of) => NUMBERED.indexOf(of) + 1;
  const named = (/** @type {Page} */ page) => `${numberOf(page.slug) ? `${numberOf(page.slug)}. ` : ''}${page.title}`;
  const chapters = pages.map((page) => `<li><a href="${page.slug}.html"${page.slug === slug ? ' aria-current="page"' : ''}>${named(page)}</a></li>`).join('\n');
  const number = numberOf(slug) ? `<p class="number">${words('chapter.number').replace('{n}', String(numberOf(slug)))}</p>\n` : '';
  const said = ['shown', 'shown.seeds', 'back', 'restore'].map((key) => ` data-${key.replace('.', '-')}="${words(`chapter.${key}`)}"`).join('');
  return `<!doctype html>
<html lang="${LOCALES[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<title>${isIndex ? title : `${title} · ${words('chapters')}`}</title>
<link rel="icon" href="../../static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../../chapter.css">
<link rel="stylesheet" href="../figures.css">
<link rel="alternate" hreflang="${other}" href="../${other}/${slug}.html">
${html.includes('<bellhop-lab') ? '<script type="module" src="../../bellhop-lab.js"></script>\n' : ''}<script type="module" src="../../chapter.js"></script>
</head>
<body${said}>
<a class="skip" href="#text">${words('chapter.skip')}</a>
<header class="top">
  <a class="brand" href="../../index.html">${LOGO}<span>Bellhop</span></a>
  <nav aria-label="${words('chapters')}"><details class="all"><summary>${words('chapters')}</summary><ol>
${chapters}
</ol></details></nav>
  <div class="tools">
    <a class="language" href="../${other}/${slug}.html" lang="${LOCALES[other]}" hreflang="${other}">${other === 'zh' ? '中文' : 'English'}</a>
    <button type="button" id="theme" aria-pressed="false" aria-label="${words('theme')}" title="${words('theme')}">${MOON}</button>
  </div>
</header>
<main id="text">
<article>
${number}${withContents(html, sections, words)}
</article>
<nav class="turn" aria-label="${words('chapter.turn')}">
${before ? `<a rel="prev" href="${before.slug}.html"><span>${words('chapter.previous')}</span> ${named(before)}</a>` : '<span></span>'}
${after ? `<a rel="next" href="${after.slug}.html"><span>${words('chapter.next')}</span> ${named(after)}</a>` : ''}
</nav>
</main>
<footer class="bottom"><p>${words('chapter.claims')}</p></footer>
</body>
</html>
`;
}

/** The contents stand below the title. @param {string} html @param {Section[]} sections @param {(key: string) => string} words */
function withContents(html, sections, words) {
  if (sections.length < 3) return html;
  const list = sections.map(({ id, text }) => `<li><a href="#${id}">${text}</a></li>`).join('\n');
  return html.replace('</h1>', `</h1>\n<nav class="contents" aria-label="${words('chapter.contents')}"><ol>\n${list}\n</ol></nav>`);
}
