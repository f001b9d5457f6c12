// SPDX-License-Identifier: MIT
// Writes web/options.d.ts: TypeScript interfaces of all options, from the config tables of bellhop-text.wasm. There is one
// for every algorithm, for every environment with options, for runs and for pre-training, and some for what several
// tables share. The tables come from a scalar module: only those have help lines. Run `node build/option-types.mjs` after
// a table in C has changed; a test compares the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pretrainingFields } from '../web/lib/language.mjs';
import { CLASS_NAMES } from '../web/lib/library.mjs';
import { camelCase } from '../web/lib/options.mjs';
import { openLibrary } from '../web/lib/setup.mjs';
import { instantiate } from '../web/lib/instance.mjs';
import { Failure, OUT, isEntry, main } from './run.mjs';

/** @typedef {import('../web/bellhop.js').Catalog} Catalog */
/** @typedef {import('../web/bellhop.js').Field} Field */
/** @typedef {{ owner: string, name: string, about: string, fields: readonly Field[] }} Table  owner: an algorithm, an environment's id, 'run' or 'pretraining'; name: of the interface */

export const OPTION_TYPES_FILE = fileURLToPath(new URL('../web/options.d.ts', import.meta.url));

const WIDTH = 120;

/**
 * Interfaces of shared options: those that all tables in `all` have, and no table in `none`.
 * @type {{ name: string, about: string, all: string[], none?: string[] }[]}
 */
const SHARED = [
  { name: 'LearningRateOptions', about: 'A learning rate and its schedule', all: ['dqn', 'q-learning', 'pretraining'] },
  { name: 'OptimizerOptions', about: 'An optimizer and its learning rate', all: ['dqn', 'reinforce', 'clone', 'pretraining'] },
  { name: 'TransformerOptions', about: 'Sizes of a transformer', all: ['dqn', 'reinforce', 'pretraining'], none: ['clone'] },
  { name: 'ExplorationOptions', about: 'Exploration of DQN and the tabular methods; `exploration` decides which options matter', all: ['dqn', 'q-learning'], none: ['ppo'] },
  { name: 'PolicyHyperparameters', about: 'Options that PPO and REINFORCE share', all: ['ppo', 'reinforce'] },
];

/** Help lines name options as C does. @param {string} text */
const inCamelCase = (text) => text.replace(/\b[a-z]+(_[a-z0-9]+)+\b/g, camelCase);

/**
 * The interfaces of the tables, each with the fields it is made from.
 * @param {Catalog} catalog @param {readonly Field[]} pretraining
 * @returns {Table[]}
 */
export function optionTables({ run, algos, envs }, pretraining) {
  return [
    { owner: 'run', name: 'RunHyperparameters', about: 'Options of every run, whatever the algorithm', fields: run },
    ...algos.map(({ name, summary, options }) => ({ owner: name, name: `${CLASS_NAMES[name]}Hyperparameters`, about: summary, fields: options })),
    { owner: 'pretraining', name: 'PretrainingHyperparameters', about: 'Pre-training of a language model', fields: pretraining },
    ...envs.filter(({ options }) => options.length > 0)
      .map(({ id, summary, options }) => ({ owner: id, name: `${id.replace(/-v\d+$/, '').replaceAll('-', '')}EnvOptions`, about: `${id}: ${summary}`, fields: options })),
  ];
}

/** What web/options.d.ts should say. @returns {Promise<string>} */
export async function optionTypes() {
  const bytes = readFileSync(join(OUT, 'wasm-scalar', 'bellhop-text.wasm'));
  const { wasm, catalog } = openLibrary(await instantiate([() => WebAssembly.compile(bytes)]));
  const { algos, envs } = catalog;
  const pretraining = pretrainingFields(wasm);
  const tables = optionTables(catalog, pretraining);
  const names = [...tables, ...SHARED].map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new Failure(`two interfaces are called ${twice}`);
  const presets = new Set([...algos, ...envs].flatMap((each) => each.presets).flatMap(({ algo }) => algo.split('/').slice(1)));
  const ofEnvs = tables.filter(({ owner }) => envs.some(({ id }) => id === owner));
  return [
    `// SPDX-License-Identifier: MIT
// Options of runs, algorithms, environments and pre-training, from C's tables; written by build/option-types.mjs.
// Defaults are those of the tables; presets of environments may set others. Live options may change while a run or a
// training goes on.
`,
    comment('Names of the algorithms') + declared('export type AlgoName =', quoted(algos.map(({ name }) => name)), ' |', ';'),
    comment('Names of the presets of algorithms') + declared('export type PresetName =', quoted([...presets]), ' |', ';'),
    comment('Ids of the shipped environments') + declared('export type ShippedEnvId =', quoted(envs.map(({ id }) => id)), ' |', ';'),
    ...tables.map(({ name, about, fields }) => interfaceOf(name, about, fields.map((field) => property(field, facts(field))))),
    ...SHARED.map(({ name, about, all, none = [] }) => interfaceOf(name, about, sharedProperties(tables, all, none))),
    comment('Options of all shipped environments') + declared('export interface EnvOptions extends', ofEnvs.map(({ name }) => name), ',', ' {}'),
    comment('Live options of environments') + declared('export interface RewardWeights extends Pick<EnvOptions,', liveKeys(ofEnvs.flatMap(({ fields }) => fields)), ' |', '> {}'),
    comment('Live options of pre-training') + declared('export type LivePretrainingOptions = Pick<PretrainingHyperparameters,', liveKeys(pretraining), ' |', '>;'),
  ].join('\n');
}

/** @param {readonly string[]} words */
const quoted = (words) => words.map((word) => `'${word}'`);

/** @param {readonly Field[]} fields */
const liveKeys = (fields) => quoted(fields.filter(({ live }) => live).map(({ key }) => key));

/**
 * A declaration that lists words, in one line where they fit.
 * @param {string} start @param {readonly string[]} words @param {string} separator @param {string} end
 */
function declared(start, words, separator, end) {
  const line = `${start} ${words.join(`${separator} `)}${end}`;
  return line.length <= WIDTH ? `${line}\n` : `${start}\n${fill(words.map((word, i) => word + (i + 1 < words.length ? separator : end)), '  ')}`;
}

/** @param {string} name @param {string} about @param {readonly string[]} properties */
const interfaceOf = (name, about, properties) => `${comment(about)}export interface ${name} {\n${properties.join('')}}\n`;

/** @param {Field} field @param {readonly string[]} sentences */
const property = (field, sentences) => `${comment(sentences.join('. '), '  ')}  ${field.key}?: ${typeOf(field)};\n`;

/**
 * The options that all tables of some owners have, with the facts that hold in all of them; the help line is that of the first.
 * @param {readonly Table[]} tables @param {readonly string[]} all @param {readonly string[]} none
 */
function sharedProperties(tables, all, none) {
  const fieldsOf = (/** @type {string} */ owner) => tables.find((table) => table.owner === owner)?.fields ?? [];
  const [first, ...rest] = all;
  return fieldsOf(first).flatMap((field) => {
    const same = (/** @type {readonly string[]} */ owners) => owners.flatMap((owner) => fieldsOf(owner).filter(({ key }) => key === field.key));
    const others = same(rest);
    if (others.length < rest.length || same(none).length > 0) return [];
    if (others.some((other) => typeOf(other) !== typeOf(field))) throw new Failure(`${field.key} has another type in ${rest.join(', ')} than in ${first}`);
    const [help, ...more] = facts(field);
    return [property(field, [help, ...more.filter((fact) => others.every((other) => facts(other).includes(fact)))])];
  });
}

/** @param {Field} field */
function typeOf({ type, choices = '' }) {
  switch (type) {
    case 'bool': return 'boolean';
    case 'choice': return quoted(choices.split('|')).join(' | ');
    case 'sizes': return 'number[]';
    case 'text': return 'string | string[]';
    default: return 'number';
  }
}

/** The help line of an option, then its default, its range and whether it is live. @param {Field} field @returns {string[]} */
function facts({ type, help, default: text, min, max, live }) {
  const literal = type === 'choice' || type === 'text' ? `'${text}'` : type === 'sizes' ? `[${text.replaceAll(',', ', ')}]` : text;
  return [
    inCamelCase(help[0].toUpperCase() + help.slice(1)), `Default: ${literal}`,
    ...min === undefined || max === undefined ? [] : [`${type === 'sizes' ? 'Each' : 'Range'}: ${numeral(min)} to ${numeral(max)}`], ...live ? ['Live'] : [],
  ];
}

/** @param {number} value */
function numeral(value) {
  if (value === Number.MAX_SAFE_INTEGER) return '2^53 - 1';
  return Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
}

/** A doc comment; the full stop at its end is added. @param {string} text @param {string} [indent] */
function comment(text, indent = '') {
  const sentence = `${text.replaceAll('*/', '* /')}.`;
  const line = `${indent}/** ${sentence} */`;
  return line.length <= WIDTH ? `${line}\n` : `${indent}/**\n${fill(sentence.split(' '), `${indent} * `)}${indent} */\n`;
}

/** Words in lines that begin with `indent`. @param {readonly string[]} words @param {string} indent */
function fill(words, indent) {
  const [first, ...rest] = words;
  const lines = [indent + first];
  for (const word of rest) {
    const longer = `${lines[lines.length - 1]} ${word}`;
    if (longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines.map((line) => `${line}\n`).join('');
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    writeFileSync(OPTION_TYPES_FILE, await optionTypes());
  });
}
