// SPDX-License-Identifier: MIT
// What hosts ask for that turn an address into a frame: `npm run build -- --url https://example.org/bellhop/` writes a page for each
// environment, env/ID.html, with what oEmbed and OpenGraph look for in its head, and oembed/ID.json. Both need the address the site will
// have; without it they are not written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import english from '../web/lab/strings/en.mjs';
import ofSite from '../web/lab/strings/en-site.mjs';
import texts from '../web/lab/strings/en-text.mjs';
import { TEXT_IDS } from '../web/lab/text-kind.mjs';
import { WORLDS } from '../web/lab/world-table.mjs';
import { Failure } from './run.mjs';

const USAGE = 'Usage: npm run build [-- --url https://example.org/bellhop/]';
const WIDTH = 720, HEIGHT = 1040;
/** @type {Record<string, string>} */
const WORDS = { ...english, ...texts, ...ofSite };

/** The address of the site from the command line, with a slash at its end; null where none is given. @param {string[]} args @returns {string | null} */
export function readUrl(args) {
  let given;
  try {
    given = parseArgs({ args, options: { url: { type: 'string' } } }).values.url;
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
  if (given === undefined) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:$/.test(url.protocol) || /[?#]/.test(given) || url.username || url.password) throw new Failure(`--url is ${given}; it must be the address of the site's folder, such as https://example.org/bellhop/.\n${USAGE}`);
  return url.href.replace(/\/*$/, '/');
}

/** @param {string} site  with embed.html and the pictures @param {string} address  with a slash at its end @returns {string[]} what was written, relative to the site */
export function writeSharePages(site, address) {
  const url = escapeText(address);
  const page = readFileSync(join(site, 'embed.html'), 'utf8');
  return [...WORLDS.map(({ id }) => id), ...TEXT_IDS].flatMap((env) => [
    write(site, `env/${env}.html`, pageOf(page, env, url, existsSync(join(site, picture(env))))),
    write(site, `oembed/${env}.json`, `${JSON.stringify(oembed(env, url), null, 2)}\n`),
  ]);
}

/** @param {string} env */
const titleOf = (env) => `${WORDS[`env.${env}`] ?? env} · Bellhop`;

/** @param {string} env */
const picture = (env) => `stills/${env}-light.webp`;

/** What a consumer of oEmbed is told (oembed.com, section 2.3.4.4). @param {string} env @param {string} url */
export function oembed(env, url) {
  const html = `<iframe src="${url}embed.html?env=${env}" title="${escapeText(titleOf(env))}" width="${WIDTH}" height="${HEIGHT}" loading="lazy" frameborder="0" sandbox="allow-scripts"></iframe>`;
  return { version: '1.0', type: 'rich', provider_name: 'Bellhop', provider_url: url, title: titleOf(env), width: WIDTH, height: HEIGHT, html };
}

/** The page of a frame, one folder down, for one environment. @param {string} page @param {string} env @param {string} url @param {boolean} hasPicture */
function pageOf(page, env, url, hasPicture) {
  const title = escapeText(titleOf(env)), description = escapeText(WORDS.tagline);
  const head = [
    `<meta name="description" content="${description}">`,
    `<meta property="og:type" content="website">`, `<meta property="og:site_name" content="Bellhop">`, `<meta property="og:title" content="${title}">`,
    `<meta property="og:description" content="${description}">`, `<meta property="og:url" content="${url}env/${env}.html">`,
    ...hasPicture ? [`<meta property="og:image" content="${url}${picture(env)}">`, `<meta property="og:image:alt" content="${title}">`] : [],
    `<link rel="alternate" type="application/json+oembed" href="${url}oembed/${env}.json" title="${title}">`,
  ];
  return page.replaceAll('="./', '="../').replace('<html lang="en">', () => `<html lang="en" data-env="${env}">`).replace(/<title>.*<\/title>/, () => `<title>${title}</title>\n${head.join('\n')}`);
}

/** @param {string} text */
const escapeText = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** @param {string} site @param {string} file @param {string} text */
function write(site, file, text) {
  mkdirSync(dirname(join(site, file)), { recursive: true });
  writeFileSync(join(site, file), text);
  return file;
}
