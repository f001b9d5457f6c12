// SPDX-License-Identifier: MIT
// The chapters of the site, from Markdown in web/site/chapters/ to static pages with live labs. Every number that a chapter claims is read
// off a run, which the build makes (build/chapters/claims.mjs); a claim that does not hold fails it.
//
//     node build/chapters.mjs                      the pages, into build/out/site/chapters/
//     node build/chapters.mjs --write              takes the numbers of the runs into the sources first
//     node build/chapters.mjs --only exploring     one chapter, in both languages, its claims and its page
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import english from '../web/lab/strings/en.mjs';
import englishSite from '../web/lab/strings/en-site.mjs';
import englishChapters from '../web/lab/strings/en-chapters.mjs';
import chinese from '../web/lab/strings/zh.mjs';
import chineseSite from '../web/lab/strings/zh-site.mjs';
import chineseChapters from '../web/lab/strings/zh-chapters.mjs';
import { PAGES } from '../web/site/chapters/pages.mjs';
import { checkedClaims, withNumbers } from './chapters/claims.mjs';
import { setupsOf } from './chapters/figures.mjs';
import { heightRules } from './chapters/heights.mjs';
import { Styles, render } from './chapters/markdown.mjs';
import { pageHtml } from './chapters/page.mjs';
import { Runs } from './chapters/runs.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

/** @typedef {import('./chapters/page.mjs').Page} Page */
/** @typedef {import('./chapters/page.mjs').Language} Language */
/** A text with its setups. @typedef {{ slug: string, language: Language, file: string, text: string, setups: Map<string, import('./chapters/figures.mjs').Setup> }} Source */

const SOURCES = join(ROOT, 'web/site/chapters');
const LANGUAGES = /** @type {Language[]} */ (['en', 'zh']);
/** @type {Record<Language, Record<string, string>>} */
const WORDS = { en: { ...english, ...englishSite, ...englishChapters }, zh: { ...chinese, ...chineseSite, ...chineseChapters } };
const USAGE = 'Usage: node build/chapters.mjs [--write] [--only CHAPTER]';
/** A description for search engines. */
const LONG = 200;

/** Writes the pages and their style sheet. @param {string} site @param {string[]} [only]  slugs: these pages alone, which then know of no others @returns {Promise<string[]>} what was written, relative to it */
export async function writeChapters(site, only) {
  const sources = await readSources(only), styles = new Styles(), runs = new Runs();
  try {
    /** @type {Page[]} */
    const pages = [];
    const checked = await Promise.all(sources.map((source) => checkedClaims({ ...source, runs })));
    for (const [i, source] of sources.entries()) {
      const claims = checked[i];
      const { html, title, sections } = render(source.text, { ...source, claims, styles, words: (key) => wordOf(source.language, key) });
      if (title === '') throw new Failure(`${source.file} has no title: a line "# …" at its beginning.`);
      pages.push({ slug: source.slug, language: source.language, title, html, sections });
    }
    return [...pages.map((page) => writePage(site, page, pages)), writeStyles(site, sources, styles)];
  } finally {
    await runs.end();
  }
}

/** The sources, in the order of the pages. @param {readonly string[]} [slugs] @returns {Promise<Source[]>} */
async function readSources(slugs = PAGES) {
  /** @type {Source[]} */
  const sources = [];
  for (const slug of PAGES.filter((each) => slugs.includes(each))) {
    const table = join(SOURCES, 'figures', `${slug}.mjs`);
    const setups = existsSync(table) ? setupsOf((await import(table)).default) : new Map();
    for (const language of LANGUAGES) {
      const file = join(SOURCES, language, `${slug}.md`);
      if (!existsSync(file)) throw new Failure(`${relative(ROOT, file)} is missing: ${slug} is in pages.mjs.`);
      sources.push({ slug, language, file: relative(ROOT, file), text: readFileSync(file, 'utf8'), setups });
    }
  }
  return sources;
}

/** @param {string} site @param {Page} page @param {Page[]} pages */
function writePage(site, page, pages) {
  const file = `chapters/${page.language}/${page.slug}.html`;
  mkdirSync(dirname(join(site, file)), { recursive: true });
  const first = /<p>(.*?)<\/p>/s.exec(page.html)?.[1].replace(/<[^>]*>/g, '').replace(/\s+/g, ' ') ?? '';
  const description = first.length > LONG ? `${first.slice(0, LONG)}…` : first;
  const html = pageHtml(page, { pages: pages.filter(({ language }) => language === page.language), words: (key) => wordOf(page.language, key), description });
  writeFileSync(join(site, file), html);
  return file;
}

/** @param {Language} language @param {string} key */
function wordOf(language, key) {
  const word = WORDS[language][key];
  if (word === undefined) throw new Failure(`There is no word ${key} in ${language}.`);
  return word;
}

/** Each figure's height, so that nothing moves when it comes, and styles of formulas. @param {string} site @param {Source[]} sources @param {Styles} styles */
function writeStyles(site, sources, styles) {
  const figures = new Set(sources.flatMap(({ setups }) => [...setups.values()].map(({ figure }) => figure)));
  const file = 'chapters/figures.css';
  mkdirSync(dirname(join(site, file)), { recursive: true });
  writeFileSync(join(site, file), `${styles.css}\n${heightRules([...figures])}\n`);
  return file;
}

/** Takes the numbers of the runs into the sources. @param {string[]} [only] */
async function writeNumbers(only) {
  const runs = new Runs();
  try {
    for (const { file, text, setups } of await readSources(only)) {
      const since = performance.now();
      const written = await withNumbers({ text, setups, runs });
      if (written !== text) writeFileSync(join(ROOT, file), written);
      say(`${file}: ${seconds(since)}${written === text ? '' : ', numbers written'}`);
    }
  } finally {
    await runs.end();
  }
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    let given;
    try {
      given = parseArgs({ options: { write: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } } }).values;
    } catch (error) {
      throw new Failure(`${/** @type {Error} */ (error).message}\n${USAGE}`);
    }
    const { write, only } = given, unknown = (only ?? []).filter((slug) => !PAGES.includes(slug));
    if (unknown.length > 0) throw new Failure(`--only does not know ${unknown.join(', ')}; there are ${PAGES.join(', ')}.`);
    const since = performance.now(), site = join(OUT, 'site');
    if (write) await writeNumbers(only);
    await writeChapters(site, only);
    say(`Chapters in ${seconds(since)}: ${relative(ROOT, join(site, 'chapters'))}/`);
  });
}
