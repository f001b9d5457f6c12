// SPDX-License-Identifier: MIT
// `bellhop options`: every hyperparameter, from the library's tables, with its flag, value, range and help.
import { load } from '../node.mjs';
import { UsageError, flagOf, readArguments } from './args.mjs';
import { print, printTable } from './output.mjs';
import { suggestion } from '../options.mjs';

/** @typedef {import('../bellhop.js').Catalog} Catalog */
/** @typedef {import('../bellhop.js').Field} Field */

export const summary = 'List the hyperparameters, with defaults and ranges';
export const help = `Usage: bellhop options [ENV | ALGO]

Lists the flags that \`bellhop train\` takes: of every algorithm, of one, or those of an environment together with the
values of its preset. Flags marked * can also change while a run goes on (in the page, or with model.set).
`;

/** @param {string[]} argv */
export async function run(argv) {
  const { positionals } = readArguments(argv, new Map());
  if (positionals.length > 1) throw new UsageError(`options takes one environment or algorithm, but got '${positionals.join(' ')}'`);
  const { catalog } = await load();
  const [name] = positionals;
  const env = catalog.envs.find(({ id }) => id === name);
  const algo = catalog.algos.find((each) => each.name === name);
  if (name !== undefined && !env && !algo) {
    const names = [...catalog.envs.map(({ id }) => id), ...catalog.algos.map((each) => each.name)];
    throw new UsageError(`there is no environment or algorithm '${name}'${suggestion(name, names) || `; there are ${names.join(', ')}`}`);
  }
  if (env) showEnv(catalog, env);
  else (algo ? [algo] : catalog.algos).forEach((each) => section(`${each.name}: ${each.summary}`, each.options));
  if (!env) section('every run', catalog.run);
  return 0;
}

/** @param {Catalog} catalog @param {import('../bellhop.js').EnvEntry} env */
function showEnv(catalog, env) {
  if (env.options.length > 0) section(`${env.id}: ${env.summary}`, env.options, { prefix: 'env-' });
  for (const algo of catalog.algos) {
    const preset = new Map(env.presets.filter((row) => row.algo === algo.name).map((row) => [row.name, row.value]));
    if (preset.size > 0) section(`${algo.name} on ${env.id}`, [...algo.options, ...catalog.run], { preset });
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
