// SPDX-License-Identifier: MIT
// `npm run check`: the layer rules of the sources (docs/architecture.md), checked over #include lines, static and dynamic
// imports, and calls. LAYERS is the whole rule book: a file belongs to the first row whose `of` matches, and may include or
// import what its row says. In JavaScript no circle of imports is allowed either, dynamic ones and workers' scripts counted.
// Prints every violation as file:line: text and exits with 1 if there is one.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { findCircles, importsOf } from './imports.mjs';
import { filesIn } from './files.mjs';
import { ROOT, isEntry, say } from './run.mjs';

/** Where C is, and where the JavaScript is that has layers. */
const TREES = ['src', 'envs', 'tests'];
const WEB = 'web';

const CORE = /^src\/core\//;
const BELOW_AGENTS = /^src\/(core|kernels|nn|optim|io)\//;
const ANYTHING = /./;
const LIB = /^web\/lib\//;
const WORKER = /^web\/worker\//;
const NODE = /^node:/;
const LAB = /^web\/lab\//;
const LIT = /^npm:(lit|@lit\/reactive-element)\b/;
const SNIPPETS = /^web\/embed\/snippets\.mjs$/;
const NOWHERE = /(?!)/;

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
  { of: /^src\/rl\/(policy|policy_loss|gaussian|sde)\.[ch]$/, may: [CORE, /^src\/rl\/(policy|policy_loss|gaussian|sde)\.h$/], why: 'policies are pure maths: they see only core' },
  { of: /^src\/rl\/(env|vec_env|vec_env_state|space|frames|mdp|text_task)\.[ch]$/, may: [CORE, /^src\/rl\/(env|vec_env|vec_env_state|space|frames|mdp|text_task|agent_class)\.h$/], why: 'the environment interface stands on core, and knows what a class of agents is' },
  { of: /^src\/rl\/(run\w*|setup)\.[ch]$/, may: [BELOW_AGENTS, /^src\/rl\//], why: 'rl stands on core, kernels, nn, optim and io' },
  {
    of: /^src\/rl\//, may: [BELOW_AGENTS, /^src\/rl\//], but: /^src\/rl\/(env|vec_env\w*|run\w*|setup)\.h$/,
    why: 'agents know neither environments nor lm; only run and setup meet environments',
  },
  { of: /^src\/lm\//, may: [BELOW_AGENTS, /^src\/lm\//], why: 'lm stands on core, kernels, nn, optim and io, never on rl' },
  { of: /^src\/wasm\/exports\w*\.c$/, may: [ANYTHING], why: 'exports is the top' },
  { of: /^src\/wasm\//, may: [/^src\//], why: 'only exports*.c know the environments' },
  { of: /^src\/native\//, may: [/^src\/bellhop\.h$/, /^envs\/registry\.h$/], why: 'bellhop-run is a program over the public interface, as anybody could write one' },
  { of: /^src\/\w+\.h$/, may: [/^src\//], why: 'the library never includes environments; the registry is handed in' },
  { of: /^envs\/registry\w*\.c$/, may: [/^src\/rl\/agent_list\.h$/, /^envs\/registry\.h$/], why: 'a registry lists environments and agents' },
  {
    of: /^envs\/learning_rate\.c$/, may: [CORE, /^src\/(kernels|nn|optim|lm)\//, /^src\/rl\/(env|space|mdp|text_task)\.h$/, /^envs\//],
    why: 'this environment is the training of a language model',
  },
  {
    of: /^envs\//, may: [CORE, /^src\/rl\/(env|space|mdp|text_task)\.h$/, /^envs\//],
    why: 'environments stand on the environment interface and core',
  },
  { of: /^tests\//, may: [ANYTHING], why: 'tests see everything' },

  // JavaScript; packages are npm:NAME, modules of Node node:NAME.
  { of: /^web\/lib\//, may: [LIB], why: 'lib is the library for every engine: no DOM, no modules of Node, nothing above it' },
  { of: /^web\/worker\//, may: [LIB, WORKER], why: 'worker stands on lib' },
  { of: /^web\/inline\//, may: [], why: 'a module or the worker as text stands on nothing' },
  { of: /^web\/(inside|inline)\.mjs$/, may: [LIB, WORKER, /^web\/inline\//], why: 'modules and worker as text are for lib and worker' },
  { of: /^web\/bellhop\.mjs$/, may: [LIB, WORKER, /^web\/inside\.mjs$/], why: 'the entry offers what lib and worker have' },
  { of: /^web\/bellhop-studies\.mjs$/, may: [LIB], why: 'the entry of studies offers what lib has' },
  { of: /^web\/node\//, may: [LIB, WORKER, /^web\/(node\/|bellhop\.mjs$)/, NODE], why: 'node stands on lib, worker and their entry' },
  { of: /^web\/cli\/queue-redis\.mjs$/, may: [LIB, /^web\/(node|cli)\//, NODE, /^npm:(bullmq|ioredis)$/], why: 'only queue-redis.mjs meets the packages of the queue' },
  { of: /^web\/cli\//, may: [LIB, /^web\/(node|cli)\//, NODE, /^npm:yaml$/, /^unknown$/], why: 'the command line stands on node and lib, and never meets the lab' },
  { of: /^web\/lab\/(canvas|strings)\//, may: [/^web\/lab\/(canvas|strings)\//], why: 'drawing helpers and words stand on nothing' },
  { of: /^web\/lab\/worlds\//, may: [/^web\/lab\/canvas\//], why: 'a world draws and describes what it is handed' },
  { of: /^web\/lab\/charts\//, may: [/^web\/lab\/(charts|canvas)\//, /^npm:(uplot|lit)$/], why: 'charts are one component over uPlot' },
  {
    of: /^web\/lab\/(\w+-)?experiment\.mjs$/, may: [LIB, WORKER, LAB], but: /^web\/lab\/(panels|charts|canvas|bellhop-lab|lab-view|lab-host|define)\b/,
    why: 'experiments know no DOM and nobody who shows them',
  },
  {
    of: /^web\/lab\/panels\//, may: [LIB, WORKER, LAB, LIT], but: /^web\/lab\/(bellhop-lab|lab-view|define|trainers|create-\w+)\b/,
    why: 'a panel is handed the experiment and what shows it',
  },
  { of: /^web\/lab\/[^/]+$/, may: [LIB, WORKER, LAB, LIT], why: 'lab stands on worker and lib, and knows no page' },
  { of: SNIPPETS, may: [], why: 'snippets are text made of values' },
  { of: /^web\/embed\/(classic|embed)\.mjs$/, may: [LAB, /^web\/embed\//, /^unknown$/], why: 'a classic script finds the element beside itself' },
  { of: /^web\/embed\//, may: [LIB, WORKER, LAB, /^web\/(embed|inline)\//], why: 'embed puts labs into other people\'s pages, and knows nothing of ours' },
  { of: /^web\/site\//, may: [LIB, LAB, SNIPPETS, /^web\/site\//, LIT, /^npm:idb-keyval$/], why: 'site is the page around labs' },
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
    what: /^[ \t]*#[ \t]*include[ \t]*("kernels\/simd\.h")|\b(BH_SCALAR)\b/gm,
    in: /^(src|envs)\//, only: /^src\/(kernels\/(\w+\.c|simd\.h)|wasm\/exports\.c)$/, text: 'lanes are for the .c files of kernels: what stands on them is the same for all kinds',
  },
  {
    what: /(?<![\w.>"])(malloc|calloc|realloc|free|aligned_alloc|posix_memalign|strdup|alloca)\s*\(/g,
    in: /^(src|envs)\//, only: /^src\/core\/alloc\.c$/, text: 'memory comes from core/alloc.h alone',
  },
  {
    what: /\b(document\.(?:getElementById|querySelector(?:All)?))\(/g,
    in: LAB, only: NOWHERE, text: 'a lab looks for elements in its own shadow root only',
  },
  { what: /^(let) /gm, in: LAB, only: NOWHERE, text: 'no variables of a module: state belongs to an experiment or an element' },
];

/**
 * Check the C trees and the web tree below a folder.
 * @param {string} root
 * @returns {string[]} violations, as file:line: text
 */
export function checkLayers(root) {
  return [...checkC(root), ...checkJavaScript(root)];
}

/** @param {string} root @returns {string[]} */
function checkJavaScript(root) {
  const files = filesIn(root, [WEB], /\.m?js$/);
  const imports = new Map(files.map((file) => [file, importsOf(root, file)]));
  return [
    ...sameNames(files),
    ...files.filter((file) => !/^[a-z0-9-]+(\.min)?\.m?js$/.test(basename(file))).map((file) => `${file}:1: files are named in kebab-case`),
    ...[...imports].flatMap(([file, list]) => list.flatMap(({ target, text, line }) => badArrow(file, target, `imports ${text}`, line))),
    ...findCircles(imports).map((circle) => `${circle[0]}:1: imports itself by way of ${circle.slice(1).join(', ')}`),
    ...files.flatMap((file) => badUses(file, withoutComments(readFileSync(join(root, file), 'utf8')))),
  ];
}

/** @param {string} root @returns {string[]} */
function checkC(root) {
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
  return [...code.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)].flatMap((match) =>
    badArrow(file, resolveInclude(root, file, match[1]), `includes "${match[1]}"`, lineOf(code, match.index)));
}

/** @param {string} file @param {string} target @param {string} what @param {number} line @returns {string[]} */
function badArrow(file, target, what, line) {
  const layer = LAYERS.find(({ of }) => of.test(file));
  if (!layer) return [`${file}:1: belongs to no layer; the table in build/check-layers.mjs names them`];
  const allowed = layer.may.some((pattern) => pattern.test(target)) && !layer.but?.test(target);
  return allowed ? [] : [`${file}:${line}: ${what}, but ${layer.why}`];
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
