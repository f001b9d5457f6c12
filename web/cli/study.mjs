// SPDX-License-Identifier: MIT
// `bellhop study`: what the folder of a sweep holds, and one folder of several.
import { join } from 'node:path';
import { load } from '../node/node.mjs';
import { UsageError, readArguments, wholeNumberFlag } from './args.mjs';
import { number, print, printJson } from './output.mjs';
import { reopenStudy } from './study-file.mjs';
import { STUDY, StudyFolder, TABLES, checkSame, evaluationsOf, readResults, readStudyFile, tellResults, warnOfUnmatched } from './study-folder.mjs';
import { printStudy, studyJson } from './study-text.mjs';
import { viewOf } from './study-view.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('./study-folder.mjs').Content} Content */

export const summary = 'Show the results of a sweep, or merge its parts';
export const help = `Usage: bellhop study DIR [--top N] [--markdown | --json] [--env FILE.mjs]
       bellhop study merge DIR... --out DIR [--json] [--env FILE.mjs]

Shows the study in DIR, which bellhop sweep wrote: the best trials with the interquartile mean over their seeds and its 95 % bootstrap
interval (2,000 resamples; Agarwal et al. 2021), the importance of each parameter (PED-ANOVA, Watanabe et al. 2023), and the command that
reproduces the best trial. report.html in DIR has charts.

merge combines folders of the same study, such as the parts of --shard, into one: its tables are those of a sweep on one machine, byte for
byte. It says which runs are missing; bellhop sweep STUDY --out DIR runs them.

  --top N     trials in the table (default: 10)
  --markdown  the table in Markdown
  --json      one JSON object
  --env FILE  the environment's file, if it is your own and was moved

  bellhop study cartpole
  bellhop study merge parts/* --out cartpole
`;

/** @param {string[]} argv @returns {Promise<number>} exit code */
export async function run(argv) {
  const { flags, positionals } = readArguments(argv, new Map([['top', 'string'], ['markdown', 'boolean'], ['json', 'boolean'], ['env', 'string'], ['out', 'string']]));
  const env = flags.has('env') ? String(flags.get('env')) : undefined;
  if (flags.has('json') && flags.has('markdown')) throw new UsageError('--json and --markdown exclude each other');
  const bh = await load();
  if (positionals[0] === 'merge') return merge(bh, positionals.slice(1), { out: flags.get('out'), env, json: flags.has('json') });
  if (positionals.length !== 1) throw new UsageError('study takes one folder: bellhop study DIR; or several to merge: bellhop study merge DIR... --out DIR');
  if (flags.has('out')) throw new UsageError('--out is for bellhop study merge DIR... --out DIR');
  const [path] = positionals;
  const { study, name } = await open(bh, path, env);
  tellResults(study, [path], { failed: true });
  warnOfUnmatched(study, path);
  const view = viewOf(study, name, (ids) => evaluationsOf([path], ids));
  if (flags.has('json')) printJson(studyJson(view));
  else printStudy(view, { path, rows: wholeNumberFlag('top', flags.get('top'), 1, 1_000_000), markdown: flags.has('markdown') });
  return 0;
}

/** @param {Bellhop} bh @param {string} path @param {string} [env] */
async function open(bh, path, env) {
  return { ...await reopenStudy(bh, contentOf(bh, path).definition, join(path, STUDY), env) };
}

/** The study of a folder, which must be of this version: job ids are. @param {Bellhop} bh @param {string} path @returns {Content} */
function contentOf({ version }, path) {
  const content = readStudyFile(path);
  if (content === undefined) throw new UsageError(`${path} has no ${STUDY}; give the folder that bellhop sweep wrote, its --out`);
  if (content.version !== version) throw new Error(`${path} has a study of bellhop ${content.version}, and this is ${version}: npx bellhop@${content.version} study ${path}; its tables, ${TABLES.join(', ')}, can be read by anything`);
  return content;
}

/** @param {Bellhop} bh @param {string[]} paths @param {{ out?: string | true, env?: string, json: boolean }} how @returns {Promise<number>} exit code */
async function merge(bh, paths, { out, env, json }) {
  if (out === undefined) throw new UsageError('study merge needs --out DIR, the folder to write');
  if (paths.length === 0) throw new UsageError('study merge needs folders: bellhop study merge DIR... --out DIR');
  const to = String(out);
  const [first, ...others] = paths.map((path) => ({ path, content: contentOf(bh, path) }));
  others.forEach(({ path, content }) => checkSame(path, content, first.path, first.content, 'only parts of one study can be merged'));
  const { study, name, definition } = await open(bh, first.path, env);
  const folder = new StudyFolder(to, { version: bh.version, definition }, first.path);
  try {
    const sources = [to, ...paths.filter((path) => path !== to)];
    tellResults(study, sources, { failed: true });
    copyResults(folder, to, sources);
    warnOfUnmatched(study, to);
    const view = viewOf(study, name, (ids) => evaluationsOf([to], ids));
    folder.write(view);
    conclude(view, { paths, to, json });
  } finally {
    folder.close();
  }
  return 0;
}

/** Lines of results that are not there yet. @param {StudyFolder} folder @param {string} to @param {readonly string[]} sources */
function copyResults(folder, to, sources) {
  const keyOf = (/** @type {import('../bellhop.js').JobResult} */ { id, outcome }) => `${id}${outcome === 'failed' ? ' failed' : ''}`;
  const there = new Set();
  readResults(to, (result) => there.add(keyOf(result)));
  for (const path of sources.filter((each) => each !== to)) {
    readResults(path, (result) => {
      if (there.has(keyOf(result))) return;
      there.add(keyOf(result));
      folder.add(result);
    });
  }
}

/** @param {import('./study-view.mjs').View} view @param {{ paths: string[], to: string, json: boolean }} how */
function conclude(view, { paths, to, json }) {
  if (json) return printJson(studyJson(view));
  printStudy(view, { path: to });
  print(`written     ${TABLES.join(', ')} of ${number(paths.length)} folders in ${to}`);
  const missing = view.counts.incomplete + view.size - view.trials.length;
  if (missing > 0) print(`missing     runs of ${number(missing)} ${missing === 1 ? 'trial' : 'trials'} are in none of the folders; bellhop sweep STUDY --out ${to} runs them`);
}
