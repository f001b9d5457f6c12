// SPDX-License-Identifier: MIT
// `npm run docs:api`: the API reference, from the declarations that the package ships, into build/out/site/api/. TypeDoc makes it; here
// its pages are made to hold the site's Content-Security-Policy, and what is not documented is an error. TypeDoc needs TypeScript's
// JavaScript API, which TypeScript 7 does not have: the package `typescript` is 6 for it (npm:@typescript/typescript6), `tsc` is 7.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { filesBelow } from './files.mjs';
import { setup } from './setup.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

export const API = join(OUT, 'site/api');
const TSCONFIG = 'docs/api/tsconfig.json';
const CSS = 'docs/api/api.css';
const ICON = 'web/site/static/icon.svg';
const README = 'docs/api/README.md';
/** The declarations of everything that can be imported. @type {string[]} */
const ENTRIES = Object.values(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports).flatMap(({ types }) => types ?? []);
const SOURCES = [...ENTRIES, 'web/options.d.ts', 'build/api.mjs', 'package.json', TSCONFIG, CSS, ICON, README];

/** The comment that begins a section of a declaration file: the category of what follows. */
const SECTION = /^\/\/ ---- (.*) ----$/gm;
/** The category of files without sections. */
const OTHERS = 'Options';
/** What TypeDoc writes into every page, so that light or dark is decided before anything is shown. */
const INLINE_SCRIPT = /<script>([^<]+)<\/script>/g;
/** What its script puts into every page, empty or not. */
const STYLE_ELEMENT = /document\.head\.appendChild\((document\.createElement\("style"\))\)/g;

/** Writes the reference into the site, unless what is there is newer than everything it is made from. */
export async function writeApi() {
  if (!isCurrent()) await makeReference({ entryPoints: ENTRIES.map((file) => join(ROOT, file)), tsconfig: join(ROOT, TSCONFIG), folder: API });
}

function isCurrent() {
  const index = join(API, 'index.html');
  return existsSync(index) && SOURCES.every((file) => statSync(join(ROOT, file)).mtimeMs < statSync(index).mtimeMs);
}

/**
 * A reference of what some declaration files export. Throws a Failure that lists what is not documented, and links that lead nowhere.
 * @param {{ entryPoints: string[], tsconfig: string, folder: string }} what
 */
export async function makeReference({ entryPoints, tsconfig, folder }) {
  const { Application, CommentTag, Converter, LogLevel, ReflectionKind } = await import('typedoc');
  const app = await Application.bootstrap({
    name: 'Bellhop', entryPoints, tsconfig, readme: join(ROOT, README), customCss: join(ROOT, CSS), favicon: join(ROOT, ICON),
    disableSources: true, excludeExternals: true, includeVersion: true, hideGenerator: true, excludeReferences: true, githubPages: false, router: 'structure',
    categorizeByGroup: false, categoryOrder: sections(entryPoints[0]), navigation: { includeCategories: true, includeGroups: false },
    // Filters by visibility would fill a style element, which the policy refuses; there is nothing to hide.
    visibilityFilters: {},
    validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true },
    logLevel: 'Warn',
  });
  /** @type {string[]} */
  const problems = [];
  app.logger.log = (message, level) => void (level >= LogLevel.Warn && problems.push(stripVTControlCharacters(message)));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const [declaration, comment] of exportsOf(context, ReflectionKind.Module)) {
      comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: sectionOf(declaration) }]));
    }
  });
  const project = await app.convert();
  if (project) app.validate(project);
  if (!project || problems.length > 0) throw new Failure(`The API reference is not complete:\n${problems.join('\n')}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await app.generateDocs(project, folder);
  holdPolicy(folder);
}

/** The names of the sections of a file, in order, then what other files have. @param {string} file */
function sections(file) {
  return [...[...readFileSync(file, 'utf8').matchAll(SECTION)].map(([, name]) => capitalized(name)), OTHERS];
}

/**
 * Every export of every entry: where it is declared, and what is said of it.
 * @param {import('typedoc').Context} context @param {import('typedoc').ReflectionKind} kind  that of modules
 */
function exportsOf(context, kind) {
  // Of one entry alone TypeDoc makes no module.
  const exported = (context.project.children ?? []).flatMap((child) => (child.isDeclaration() && child.kindOf(kind) ? child.children ?? [] : [child]));
  return exported.flatMap((reflection) => {
    const declaration = context.getSymbolFromReflection(reflection)?.declarations?.[0];
    const comment = reflection.comment ?? reflection.signatures?.[0].comment;
    return declaration && comment ? [/** @type {const} */ ([declaration, comment])] : [];
  });
}

/** The section a declaration stands in. @param {import('typescript').Declaration} declaration */
function sectionOf(declaration) {
  const before = declaration.getSourceFile().text.slice(0, declaration.getStart());
  const name = [...before.matchAll(SECTION)].at(-1)?.[1];
  return name ? capitalized(name) : OTHERS;
}

/** @param {string} name */
const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * Makes pages hold the policy: the inline script becomes a file with the same text, and the style element of the filters, which are off, is
 * made outside the document. @param {string} folder
 */
function holdPolicy(folder) {
  const theme = join(folder, 'assets/theme.js');
  for (const file of filesBelow(folder).filter((name) => name.endsWith('.html'))) {
    const path = join(folder, file);
    rewrite(path, INLINE_SCRIPT, ([, text]) => {
      writeFileSync(theme, `${text}\n`);
      return `<script src="${relative(dirname(path), theme).split(sep).join('/')}"></script>`;
    });
  }
  rewrite(join(folder, 'assets/main.js'), STYLE_ELEMENT, ([, made]) => made);
}

/** Replaces what is there once. @param {string} file @param {RegExp} pattern @param {(found: RegExpMatchArray) => string} by */
function rewrite(file, pattern, by) {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(pattern)];
  if (found.length !== 1) throw new Failure(`${file} has ${pattern} ${found.length} times: TypeDoc's pages are not what build/api.mjs knows.`);
  writeFileSync(file, text.replace(found[0][0], () => by(found[0])));
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    const since = performance.now();
    await setup([]);
    await writeApi();
    say(`Made in ${seconds(since)}: ${relative(ROOT, API)}/, part of the site.`);
  });
}
