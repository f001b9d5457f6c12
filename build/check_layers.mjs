// SPDX-License-Identifier: MIT
// `npm run check`: the layer rules of the C sources (docs/architecture.md), checked over #include lines and calls.
// LAYERS is the whole rule book: a file belongs to the first row whose `of` matches, and may include what its row says.
// Prints every violation as file:line: text and exits with 1 if there is one.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { filesIn } from './files.mjs';
import { ROOT, isEntry, say } from './run.mjs';

/** Where C is. */
const TREES = ['src', 'envs', 'tests'];

const CORE = /^src\/core\//;
const BELOW_AGENTS = /^src\/(core|kernels|nn|optim|io)\//;
const ANYTHING = /./;

/**
 * Which files (`of`) may include which (`may`), and which not even so (`but`).
 * @type {{ of: RegExp, may: RegExp[], but?: RegExp, why: string }[]}
 */
const LAYERS = [
  { of: /^src\/core\//, may: [CORE], why: 'core stands on nothing' },
  { of: /^src\/kernels\//, may: [CORE, /^src\/kernels\//], why: 'kernels stand on core' },
  { of: /^src\/nn\//, may: [CORE, /^src\/(kernels|nn)\//], why: 'nn stands on kernels and core' },
  { of: /^src\/optim\//, may: [CORE, /^src\/(kernels|optim)\//], why: 'optim stands on kernels and core' },
  { of: /^src\/io\//, may: [CORE, /^src\/(nn|io)\//], why: 'io stands on core, and knows the networks whose parameters it names' },
  { of: /^src\/rl\/value\.[ch]$/, may: [CORE, /^src\/rl\/value\.h$/], why: 'value is pure maths: it sees only core' },
  { of: /^src\/rl\/policy\.[ch]$/, may: [CORE, /^src\/rl\/policy\.h$/], why: 'policy is pure maths: it sees only core' },
  { of: /^src\/rl\/(env|vec_env|space|mdp|text_task)\.[ch]$/, may: [CORE, /^src\/rl\/(env|vec_env|space|mdp|text_task)\.h$/], why: 'the environment interface stands on core' },
  { of: /^src\/rl\/(run\w*|setup)\.[ch]$/, may: [BELOW_AGENTS, /^src\/rl\//], why: 'rl stands on core, kernels, nn, optim and io' },
  {
    of: /^src\/rl\//, may: [BELOW_AGENTS, /^src\/rl\//], but: /^src\/rl\/(env|vec_env|run\w*|setup)\.h$/,
    why: 'agents know neither environments nor lm; only run and setup meet environments',
  },
  { of: /^src\/lm\//, may: [BELOW_AGENTS, /^src\/lm\//], why: 'lm stands on core, kernels, nn, optim and io, never on rl' },
  { of: /^src\/wasm\/exports\w*\.c$/, may: [ANYTHING], why: 'exports is the top' },
  { of: /^src\/wasm\//, may: [/^src\//], why: 'only exports*.c know the environments' },
  { of: /^src\/\w+\.h$/, may: [/^src\//], why: 'the library never includes environments; the registry is handed in' },
  {
    of: /^envs\/learning_rate\.c$/, may: [CORE, /^src\/(kernels|nn|optim|lm)\//, /^src\/rl\/(env|space|mdp|text_task)\.h$/, /^envs\//],
    why: 'this environment is the training of a language model',
  },
  {
    of: /^envs\//, may: [CORE, /^src\/rl\/(env|space|mdp|text_task)\.h$/, /^envs\//],
    why: 'environments stand on the environment interface and core',
  },
  { of: /^tests\//, may: [ANYTHING], why: 'tests see everything' },
];

/**
 * Things only some files may do: `what` is found in the code without comments.
 * @type {{ what: RegExp, in: RegExp, only: RegExp, text: string }[]}
 */
const RESERVED = [
  {
    what: /^[ \t]*#[ \t]*include[ \t]*<((?:\w*mmintrin|x86intrin|wasm_simd128|arm_\w+)\.h)>/gm,
    in: ANYTHING, only: /^src\/kernels\//, text: 'intrinsics belong in src/kernels',
  },
  {
    what: /(?<![\w.>"])(malloc|calloc|realloc|free|aligned_alloc|posix_memalign|strdup|alloca)\s*\(/g,
    in: /^(src|envs)\//, only: /^src\/core\/alloc\.c$/, text: 'memory comes from core/alloc.h alone',
  },
];

/**
 * Check the C trees below a folder.
 * @param {string} root
 * @returns {string[]} violations, as file:line: text
 */
export function checkLayers(root) {
  const files = filesIn(root, TREES, /\.(c|h|inc|def)$/);
  return [
    // Golden headers are data, named after what they are the truth of, and included by their full path.
    ...sameNames(files.filter((file) => /\.[ch]$/.test(file) && !file.startsWith('tests/golden/'))),
    ...files.flatMap((file) => {
      const code = withoutComments(readFileSync(join(root, file), 'utf8'));
      return [...badIncludes(root, file, code), ...badUses(file, code)];
    }),
  ];
}

/** @param {string[]} files @returns {string[]} */
function sameNames(files) {
  const first = new Map();
  return files.flatMap((file) => {
    const other = first.get(basename(file));
    if (other === undefined) first.set(basename(file), file);
    return other === undefined ? [] : [`${file}:1: ${other} has the same file name; names are unique`];
  });
}

/** @param {string} root @param {string} file @param {string} code @returns {string[]} */
function badIncludes(root, file, code) {
  const layer = LAYERS.find(({ of }) => of.test(file));
  if (!layer) return [`${file}:1: belongs to no layer; the table in build/check_layers.mjs names them`];
  return [...code.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)].flatMap((match) => {
    const target = resolveInclude(root, file, match[1]);
    const allowed = layer.may.some((pattern) => pattern.test(target)) && !layer.but?.test(target);
    return allowed ? [] : [`${file}:${lineOf(code, match.index)}: includes "${match[1]}", but ${layer.why}`];
  });
}

/** @param {string} file @param {string} code @returns {string[]} */
function badUses(file, code) {
  return RESERVED.filter((rule) => rule.in.test(file) && !rule.only.test(file)).flatMap((rule) =>
    [...code.matchAll(rule.what)].map((match) =>
      `${file}:${lineOf(code, match.index)}: ${match[1]}: ${rule.text}`));
}

/**
 * The file an include line means, found as the compiler does: beside the file, then in src, then in the repository.
 * @param {string} root @param {string} file @param {string} name
 */
function resolveInclude(root, file, name) {
  const places = [posix.dirname(file), 'src', '.', 'tests/c'].map((folder) => posix.normalize(posix.join(folder, name)));
  const guess = TREES.includes(name.split('/')[0]) ? name : `src/${name}`;
  return places.find((place) => existsSync(join(root, place))) ?? posix.normalize(guess);
}

/** C without its comments, every line where it was. @param {string} text */
function withoutComments(text) {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));
}

/** @param {string} text @param {number} index */
function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}

if (isEntry(import.meta.url)) {
  const violations = checkLayers(ROOT);
  for (const violation of violations) console.error(violation);
  say(violations.length === 0 ? 'The layer rules hold.' : `${violations.length} violations of the layer rules.`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
