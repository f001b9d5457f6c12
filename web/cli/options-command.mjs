// SPDX-License-Identifier: MIT
// `bellhop options`: every hyperparameter, from the library's tables, with its flag, value, range and help.
import { load } from '../node/node.mjs';
import { UsageError, flagOf, readArguments } from './args.mjs';
import { openEnv } from './env-file.mjs';
import { print, printTable } from './output.mjs';
import { suggestion } from '../lib/messages.mjs';

/** @typedef {import('../bellhop.js').Catalog} Catalog */
/** @typedef {import('../bellhop.js').Field} Field */

export const summary = 'List the hyperparameters, with defaults and ranges';
export const help = `Usage: bellhop options [ENV | ALGO]        ENV is an id, or a FILE.mjs as bellhop train takes it

Lists the flags that \`bellhop train\` takes: of every algorithm, of one, or those of an environment together with the
values of its preset; then what the algorithms' own presets (--preset NAME) change. Flags marked * can also change while a run goes on (in the page, with model.set, or with --resume).
`;

/** @param {string[]} argv */
export async function run(argv) {
  const { positionals } = readArguments(argv, new Map());
  if (positionals.length > 1) throw new UsageError(`options takes one environment or algorithm, but got '${positionals.join(' ')}'`);
  const bh = await load();
  const { id: name } = await openEnv(bh, positionals[0], { evalFreq: 0 });
  const { catalog } = bh;
  const env = catalog.envs.find(({ id }) => id === name);
  const algo = catalog.algos.find((each) => each.name === name);
  if (name !== undefined && !env && !algo) {
    const names = [...catalog.envs.map(({ id }) => id), ...catalog.algos.map((each) => each.name)];
    throw new UsageError(`unknown environment or algorithm '${name}'${suggestion(name, names) || `; known: ${names.join(', ')}`}`);
  }
  if (env) showEnv(catalog, env);
  if (!env || env.presets.length === 0) (algo ? [algo] : catalog.algos).forEach((each) => showAlgo(catalog, each));
  if (!env || env.presets.length === 0) section('every run', catalog.run);
  return 0;
}

/** @param {Catalog} catalog @param {import('../bellhop.js').AlgoEntry} algo */
function showAlgo(catalog, algo) {
  section(`${algo.name}: ${algo.summary}`, algo.options);
  namedPresets(algo).forEach((name) => showPreset(catalog, algo, name));
}

/** @param {import('../bellhop.js').AlgoEntry} algo @returns {string[]} */
function namedPresets({ name, presets }) {
  return [...new Set(presets.map((row) => row.algo))].filter((label) => label !== name).map((label) => label.slice(name.length + 1));
}

/** What it sets, here where an environment is given. @param {Catalog} catalog @param {import('../bellhop.js').AlgoEntry} algo @param {string} name @param {import('../bellhop.js').EnvEntry} [env] */
function showPreset(catalog, algo, name, env) {
  const rows = [...algo.presets, ...env?.presets ?? []].filter((row) => row.algo === `${algo.name}/${name}`);
  const preset = new Map(rows.map((row) => [row.name, row.value]));
  const fields = [...algo.options, ...catalog.run].filter((field) => preset.has(field.name));
  section(`${algo.name} --preset ${name}${env ? ` on ${env.id}: what it changes` : ': what it sets'}`, fields, { preset });
}

/** @param {Catalog} catalog @param {import('../bellhop.js').EnvEntry} env */
function showEnv(catalog, env) {
  if (env.presets.length === 0) print(`${env.id} has no preset: these are the algorithms' defaults.\n`);
  if (env.options.length > 0) section(`${env.id}: ${env.summary}`, env.options, { prefix: 'env-' });
  for (const algo of catalog.algos) {
    const preset = new Map(env.presets.filter((row) => row.algo === algo.name).map((row) => [row.name, row.value]));
    if (preset.size === 0) continue;
    section(`${algo.name} on ${env.id}`, [...algo.options, ...catalog.run], { preset });
    namedPresets(algo).forEach((name) => showPreset(catalog, algo, name, env));
  }
}

/** @param {string} title @param {readonly Field[]} fields @param {{ prefix?: string, preset?: Map<string, string> }} [how] */
function section(title, fields, { prefix = '', preset = new Map() } = {}) {
  print(`${title}\n`);
  printTable([
    ['  flag', preset.size > 0 ? 'preset' : 'default', 'range', ''],
    ...fields.map((field) => [
      `  --${flagOf(field, prefix)}${field.live ? '*' : ''}`, shown(preset.get(field.name) ?? field.default), range(field), field.help,
    ]),
  ]);
  print('');
}

/** @param {string} text */
function shown(text) {
  return text === '' ? "''" : text;
}

/** @param {Field} field */
function range(field) {
  if (field.type === 'bool') return 'true, false';
  if (field.choices !== undefined) return field.choices.replaceAll('|', ', ');
  return field.type === 'text' ? 'text' : `${field.min} to ${field.max}`;
}
