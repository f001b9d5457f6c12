// SPDX-License-Identifier: MIT
// #include "bellhop.h" is the public API of C, all of it and only it: which headers it may reach, what they declare, and
// that nothing is declared for the public elsewhere. The C compiler says what is reached.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { filesBelow } from '../../build/files.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cc = process.env.CC || 'cc';
const STRICT = ['-std=c17', '-Wall', '-Wextra', '-Werror', '-pedantic-errors', `-I${join(root, 'src')}`, `-I${root}`, '-x', 'c'];

/** What bellhop.h may reach. A header of a bhi_ name does not belong here. */
const PUBLIC = [
  'core/alloc.h', 'core/config.h', 'core/fmath.h', 'core/interrupt.h', 'core/real.h', 'core/rng.h', 'core/status.h', 'core/text.h', 'core/utf8.h',
  'io/checkpoint.h', 'io/sha256.h', 'kernels/choice.h',
  'lm/corpus.h', 'lm/language_model.h', 'lm/ngram.h', 'lm/pretraining.h', 'lm/tokenizer.h',
  'nn/language_weights.h', 'optim/optimizer_config.h',
  'rl/agent_class.h', 'rl/agent_config.h', 'rl/agent_list.h', 'rl/clone.h', 'rl/dqn.h', 'rl/env.h', 'rl/gaussian.h', 'rl/mdp.h', 'rl/off_policy_config.h', 'rl/planning.h', 'rl/policy.h', 'rl/ppo.h', 'rl/pqn.h',
  'rl/reinforce.h', 'rl/run.h', 'rl/sac.h', 'rl/sde.h', 'rl/space.h', 'rl/tabular.h', 'rl/td3.h', 'rl/td_table.h', 'rl/text_task.h', 'rl/value.h', 'rl/vec_env.h',
];

/** Structs of the inside that the public may point to, and no more. */
const OPAQUE = ['bhi_agent_functions', 'bhi_state_field', 'bhi_transformer'];

/** Text of a header without comments. @param {string} name */
const code = (name) => readFileSync(join(root, 'src', name), 'utf8').replace(/\/\/.*/g, '');

/** @type {string | undefined} what keeps the compiler from answering */
let reason;
/** @type {Map<string, string>} headers of src/ that bellhop.h reaches, with their text after the preprocessor */
const reached = new Map();
before(() => {
  /** @type {string} */
  let text;
  try {
    text = execFileSync(cc, [...STRICT, '-E', '-'], { input: '#include "bellhop.h"\n', encoding: 'utf8', maxBuffer: 1 << 26 });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    reason = `no ${cc}`;
    return;
  }
  let file = '';
  for (const line of text.split('\n')) {
    const marker = /^# \d+ "([^"]*)"/.exec(line);
    if (marker) file = relative(join(root, 'src'), marker[1]);
    else if (file.endsWith('.h') && !file.startsWith('..')) reached.set(file, `${reached.get(file) ?? ''}${line}\n`);
  }
});

test('bellhop.h reaches the public headers and no others, and names each itself', (t) => {
  if (reason) return t.skip(reason);
  assert.deepEqual([...reached.keys()].filter((name) => name !== 'bellhop.h').sort(), [...PUBLIC].sort());
  const named = [...code('bellhop.h').matchAll(/#include "([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(named.sort(), [...PUBLIC].sort());
});

test('each public header, and that of the environments, is strict C17 by itself', (t) => {
  if (reason) return t.skip(reason);
  for (const name of ['bellhop.h', 'envs/registry.h', ...PUBLIC]) execFileSync(cc, [...STRICT, '-fsyntax-only', '-'], { input: `#include "${name}"\nint main(void) { return 0; }\n`, stdio: 'pipe' });
});

test('public headers declare bh_ names, and of the inside only pointers to opaque structs', (t) => {
  if (reason) return t.skip(reason);
  const macros = PUBLIC.flatMap((name) => [...code(name).matchAll(/#define (\w+)/g)].map(([, macro]) => macro));
  assert.deepEqual(macros.filter((macro) => !macro.startsWith('BH_')), []);
  for (const [name, text] of reached) {
    const inside = text.replace(/\bstruct (bhi_\w+)(?=;| \*)/g, (all, struct) => (OPAQUE.includes(struct) ? '' : all)).match(/\bbhi_\w+/gi) ?? [];
    assert.deepEqual(inside, [], name);
    const functions = [...text.matchAll(/^(?!static|typedef|extern)[\w *]*?(\w+)\(/gm)].map(([, called]) => called);
    assert.deepEqual(functions.filter((called) => !called.startsWith('bh_') && called !== '__attribute__'), [], name);
  }
});

test('nothing is declared for the public elsewhere', () => {
  const others = filesBelow(join(root, 'src')).filter((file) => file.endsWith('.h') && file !== 'bellhop.h' && !PUBLIC.includes(file));
  assert.ok(others.length > 30);
  for (const file of others) {
    const text = code(file);
    assert.doesNotMatch(text, /\bBH_API\b/, file);
    assert.deepEqual(text.match(/^\} bh_\w+;|^typedef [^{]*\bbh_\w+;$|^(?!static)[\w *]*\bbh_\w+\(/gm) ?? [], [], file);
  }
});
