// SPDX-License-Identifier: MIT
// Flags: those of a command and, where it takes hyperparameters, one per field of the catalogue's tables, in
// --kebab-case; an environment's options have the prefix --env-.
import { parseArgs } from 'node:util';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { suggestion } from '../lib/messages.mjs';
import { kebabCase } from '../lib/options.mjs';

/** @typedef {import('../bellhop.js').Catalog} Catalog */
/** @typedef {import('../bellhop.js').Field} Field */
/** @typedef {'boolean' | 'maybe' | 'string' | 'list'} Kind */
/** @typedef {{ flags: Map<string, string | true>, lists: Map<string, string[]>, positionals: string[] }} Arguments */

/** A command that was typed wrongly. */
export class UsageError extends Error {}

/** Flag of a field. @param {Field} field @param {string} [prefix] */
export function flagOf(field, prefix = '') {
  return `${prefix}${kebabCase(field.name)}`;
}

/** What people type for true and false; never an environment or a file. */
const BOOLEAN = /^(true|false|yes|no|on|off|y|n|t|f|1|0)$/i;

/**
 * Splits arguments into flags and the rest. `known` says which flags there are: 'boolean' ones take no value,
 * 'maybe' ones may be followed by true or false, 'string' ones need a value; 'list' ones too, and may come several times.
 * @param {string[]} argv
 * @param {Map<string, Kind>} known
 * @param {Catalog} [catalog]  of the hyperparameters among them
 * @returns {Arguments}
 */
export function readArguments(argv, known, catalog) {
  const options = Object.fromEntries([...known].map(([name, kind]) =>
    [name, { type: /** @type {'boolean' | 'string'} */ (kind === 'boolean' ? 'boolean' : 'string') }]));
  const { tokens } = parseArgs({ args: withValues(argv, known), options, strict: false, tokens: true });
  /** @type {Arguments} */
  const result = { flags: new Map(), lists: new Map(), positionals: [] };
  checkKnown(tokens, known, catalog);
  for (const token of tokens) {
    if (token.kind === 'positional') result.positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const value = checkedValue(token, known);
    if (known.get(token.name) === 'list') result.lists.set(token.name, [...result.lists.get(token.name) ?? [], String(value)]);
    else result.flags.set(token.name, value);
  }
  return result;
}

/** `--double-q` alone means `--double-q=true`. @param {string[]} argv @param {Map<string, string>} known */
function withValues(argv, known) {
  return argv.map((arg, i) => {
    const maybe = arg.startsWith('--') && known.get(arg.slice(2)) === 'maybe';
    return maybe && !BOOLEAN.test(argv[i + 1] ?? '') ? `${arg}=true` : arg;
  });
}

/** @typedef {{ kind: string, name?: string, rawName?: string, value?: string }} Token */
/** @typedef {Pick<Arguments, 'positionals'> & { flags: ReadonlyMap<string, string | true | undefined> }} Typed */

/** @param {readonly Token[]} tokens @param {Map<string, string>} known @param {Catalog} [catalog] */
function checkKnown(tokens, known, catalog) {
  const unknown = tokens.find(({ kind, name = '' }) => kind === 'option' && !known.has(name));
  if (unknown === undefined) return;
  const typed = {
    positionals: tokens.flatMap(({ kind, value }) => kind === 'positional' && value !== undefined ? [value] : []),
    flags: new Map(tokens.flatMap(({ kind, name, value }) => kind === 'option' && name !== undefined ? [[name, value]] : [])),
  };
  const names = catalog ? flagsHere(typed, known, catalog) : [...known.keys()];
  throw new UsageError(`unknown flag ${unknown.rawName}${flagSuggestion(String(unknown.name), names)}`);
}

/**
 * The known flags without those of other environments and algorithms than the ones that were typed.
 * @param {Typed} typed @param {ReadonlyMap<string, string>} known @param {Catalog} catalog
 */
export function flagsHere({ positionals, flags }, known, catalog) {
  const words = [...positionals, flags.get('env')];
  const env = catalog.envs.find(({ id }) => words.includes(id));
  const isOwn = !env && words.some((word) => /\.[cm]?[jt]sx?(#|$)/.test(String(word)));
  // What compare varies may be the algorithm, and other commands have no choice of it.
  const algo = known.has('algo') && !known.has('vary') ? algoHere(catalog, env ?? (isOwn ? null : undefined), flags) : undefined;
  const envFlags = new Set((env?.options ?? []).map((field) => flagOf(field, 'env-')));
  const algoFlags = new Set([...catalog.run, ...algo?.options ?? []].map((field) => flagOf(field)));
  const others = [...hyperparameterFlags(catalog).keys()].filter((flag) =>
    flag.startsWith('env-') ? (env || isOwn) && !envFlags.has(flag) : algo && !algoFlags.has(flag));
  return [...known.keys()].filter((flag) => !others.includes(flag));
}

/**
 * The algorithm that will run, as far as arguments alone say so.
 * @param {Catalog} catalog
 * @param {import('../bellhop.js').EnvEntry | null | undefined} env  null: one of the caller's
 * @param {Typed['flags']} flags
 */
function algoHere(catalog, env, flags) {
  const name = flags.get('algo') ?? (env === undefined || flags.has('config') ? undefined : env?.presets[0]?.algo ?? catalog.algos[0].name);
  return catalog.algos.find((algo) => algo.name === name);
}

/** @param {{ name: string, rawName: string, value?: string }} token @param {Map<string, string>} known */
function checkedValue({ name, rawName, value }, known) {
  if (known.get(name) === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return true;
  }
  if (value === undefined || value === '' || value.startsWith('--')) throw new UsageError(`${rawName} needs a value`);
  return value;
}

/** @param {string} name @param {string[]} names */
export function flagSuggestion(name, names) {
  return suggestion(name, names).replace("'", "'--");
}

/**
 * Every hyperparameter there is, as known flags.
 * @param {Catalog} catalog
 * @returns {Map<string, 'maybe' | 'string'>}
 */
export function hyperparameterFlags(catalog) {
  const kind = (/** @type {Field} */ field) => field.type === 'bool' ? 'maybe' : 'string';
  const fields = [...catalog.run, ...catalog.algos.flatMap((algo) => algo.options)];
  return new Map([
    ...fields.map((field) => /** @type {[string, 'maybe' | 'string']} */ ([flagOf(field), kind(field)])),
    ...catalog.envs.flatMap((env) => env.options).map((field) =>
      /** @type {[string, 'maybe' | 'string']} */ ([flagOf(field, 'env-'), kind(field)])),
  ]);
}

/**
 * Flags for the options of an environment in a file, which is not read yet: what it does not have is told of when it is.
 * @param {string[]} argv @param {(arg: string) => boolean} isFile @returns {[string, Kind][]}
 */
export function ownEnvFlags(argv, isFile) {
  if (!argv.some(isFile)) return [];
  return argv.flatMap((arg, i) => {
    const [, name] = /^--(env-[^=]+)$/.exec(arg.split('=')[0]) ?? [];
    if (name === undefined) return [];
    const next = argv[i + 1] ?? '--';
    const isAlone = !arg.includes('=') && (next.startsWith('--') || isFile(next));
    return [/** @type {[string, Kind]} */ ([name, isAlone ? 'maybe' : 'string'])];
  });
}

/** The value of a flag's text; text that is none stays text, for the library to say so. @param {Field} field @param {string} flag @param {string} text */
function valueOf(field, flag, text) {
  switch (field.type) {
    case 'bool': return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice': case 'text': return text;
    case 'sizes': return sizesOf(flag, text);
    default: return Number.isNaN(Number(text)) && text !== 'NaN' ? text : Number(text);
  }
}

/** A comma alone is no size at all. @param {string} flag @param {string} text */
function sizesOf(flag, text) {
  const words = text.split(',').map((word) => word.trim());
  if (text.trim() === ',') return [];
  if (words.includes('')) throw new UsageError(`--${flag} is '${text}', but a size is missing: give whole numbers with commas between, such as 64,64, or a comma alone for none`);
  const sizes = words.map(Number);
  return sizes.some(Number.isNaN) ? text : sizes;
}

/**
 * The options that flags set, camelCase and typed.
 * @param {ReadonlyMap<string, string | true>} flags
 * @param {readonly Field[]} fields
 * @param {string} [prefix]
 */
export function optionsFrom(flags, fields, prefix = '') {
  return Object.fromEntries(fields.filter((field) => flags.has(flagOf(field, prefix)))
    .map((field) => [field.key, valueOf(field, flagOf(field, prefix), String(flags.get(flagOf(field, prefix))))]));
}

/**
 * Runs `use`; its errors call options as they were typed on the command line.
 * @template T
 * @param {readonly Field[]} fields
 * @param {string} prefix
 * @param {() => T} use
 * @returns {T}
 */
export function inFlags(fields, prefix, use) {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof BellhopError)) throw error;
    // A key of one plain word ("loss") is only surely an option where messages begin with it.
    const pattern = (/** @type {Field} */ { key }) => /[A-Z]/.test(key) ? `\\b${key}\\b` : `(?<=^[^:]*: )${key}(?= )`;
    const message = fields.reduce((text, field) =>
      text.replace(new RegExp(pattern(field), 'g'), `--${flagOf(field, prefix)}`), error.message);
    throw new BellhopError(error.status, message);
  }
}

/** @param {string} flag @param {string | true | undefined} text @param {number} low @param {number} high */
export function numberFlag(flag, text, low, high) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value >= low && value <= high) return value;
  throw new UsageError(`--${flag} is '${text}', but must be a number between ${low} and ${high}`);
}

/** @param {string} flag @param {string | true | undefined} text @param {number} low @param {number} high */
export function wholeNumberFlag(flag, text, low, high) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new UsageError(`--${flag} is '${text}', but must be a whole number between ${low} and ${high}`);
}
