// SPDX-License-Identifier: MIT
// The layer check itself: small trees with one violation each, which it has to find, and clean ones it has to pass.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkLayers } from '../../build/check-layers.mjs';

/** Check a tree made of these files. @param {Record<string, string>} files */
function check(files) {
  const root = mkdtempSync(join(tmpdir(), 'bellhop-layers-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return checkLayers(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What each file may not include. @type {[file: string, includes: string][]} */
const FORBIDDEN = [
  ['src/core/alloc.c', 'kernels/gemm.h'],
  ['src/kernels/gemm.c', 'nn/linear.h'],
  ['src/nn/linear.c', 'optim/adam.h'],
  ['src/nn/linear.c', 'io/checkpoint.h'],
  ['src/optim/adam.c', 'nn/params.h'],
  ['src/io/checkpoint.c', 'optim/adam.h'],
  ['src/rl/value.c', 'kernels/gemm.h'],
  ['src/rl/value.h', 'rl/policy.h'],
  ['src/rl/policy.c', 'rl/replay.h'],
  ['src/rl/gaussian.c', 'rl/value.h'],
  ['src/rl/sde.c', 'rl/rollout.h'],
  ['src/rl/env.h', 'rl/dqn.h'],
  ['src/rl/dqn.c', 'rl/env.h'],
  ['src/rl/dqn.c', 'rl/run.h'],
  ['src/rl/dqn.c', 'lm/tokenizer.h'],
  ['src/rl/run.c', 'lm/tokenizer.h'],
  ['src/rl/run.c', 'envs/registry.h'],
  ['src/lm/sampling.c', 'rl/replay.h'],
  ['src/wasm/ring.c', 'envs/registry.h'],
  ['src/bellhop.h', 'envs/registry.h'],
  ['envs/cartpole.c', 'rl/dqn.h'],
  ['envs/cartpole.c', 'kernels/gemm.h'],
  ['src/other/thing.c', 'core/status.h'],
];

for (const [file, include] of FORBIDDEN) {
  test(`${file} may not include ${include}`, () => {
    const found = check({ [file]: `// SPDX\n#include "${include}"\n` });
    assert.equal(found.length, 1);
    assert.match(found[0], new RegExp(`^${file}:\\d+: `));
  });
}

/** What each file may include. @type {[file: string, includes: string][]} */
const ALLOWED = [
  ['src/core/alloc.c', 'core/status.h'],
  ['src/kernels/gemm.c', 'kernels/simd.h'],
  ['src/nn/linear.c', 'kernels/gemm.h'],
  ['src/rl/value.c', 'rl/value.h'],
  ['src/rl/dqn.c', 'rl/value.h'],
  ['src/rl/dqn.c', 'io/checkpoint.h'],
  ['src/rl/run_eval.c', 'rl/env.h'],
  ['src/lm/sampling.c', 'nn/network.h'],
  ['src/wasm/exports.c', 'envs/registry.h'],
  ['envs/cartpole.c', 'rl/space.h'],
  ['envs/cartpole.c', 'envs/registry.h'],
  ['tests/c/test_dqn.c', 'envs/registry.h'],
];

for (const [file, include] of ALLOWED) {
  test(`${file} may include ${include}`, () => {
    const target = include.startsWith('envs/') ? include : `src/${include}`;
    assert.deepEqual(check({ [file]: `#include "${include}"\n`, [target]: '' }), []);
  });
}

test('an include of a file beside is held to the same rules', () => {
  assert.equal(check({ 'src/rl/dqn.c': '#include "env.h"\n', 'src/rl/env.h': '' }).length, 1);
});

test('an include is found beside the file first', () => {
  assert.deepEqual(check({ 'envs/cartpole.c': '#include "data/words.inc"\n', 'envs/data/words.inc': '' }), []);
});

test('the line of a violation is right, below comments and in spite of spaces', () => {
  const text = '/* one\n two */\n\n  #  include "rl/dqn.h"\n';
  assert.match(check({ 'src/nn/linear.c': text })[0], /^src\/nn\/linear\.c:4: /);
});

test('what stands in a comment is not code', () => {
  const text = '// #include "rl/dqn.h"\n/* free(p);\n#include <immintrin.h>\n*/\n// malloc(3)\n';
  assert.deepEqual(check({ 'src/nn/linear.c': text }), []);
});

for (const header of ['wasm_simd128.h', 'emmintrin.h', 'immintrin.h', 'arm_neon.h']) {
  test(`<${header}> belongs in src/kernels`, () => {
    const text = `#include <${header}>\n`;
    assert.deepEqual(check({ 'src/kernels/simd.h': text }), []);
    assert.match(check({ 'src/nn/linear.c': text })[0], /^src\/nn\/linear\.c:1: .*intrinsics/);
    assert.match(check({ 'tests/c/test_simd.c': text })[0], /intrinsics/);
  });
}

for (const call of ['malloc(8)', 'calloc(1, 8)', 'realloc(p, 8)', 'free(p)', 'free (p)']) {
  test(`${call} belongs in core/alloc.c`, () => {
    const text = `void f(void) {\n    ${call};\n}\n`;
    assert.deepEqual(check({ 'src/core/alloc.c': text, 'tests/c/test_a.c': text }), []);
    assert.match(check({ 'src/rl/replay.c': text })[0], /^src\/rl\/replay\.c:2: .*memory/);
    assert.match(check({ 'envs/maze.c': text })[0], /^envs\/maze\.c:2: /);
  });
}

test('functions and members that only sound like malloc are fine', () => {
  const text = 'bh_free(p); hook->free(p); hook.malloc(3); arena_realloc(a); int free_slots(void);\n';
  assert.deepEqual(check({ 'src/rl/replay.c': text }), []);
});

test('file names are unique in the C trees', () => {
  const found = check({ 'src/core/text.h': '', 'envs/text.h': '' });
  assert.deepEqual(found, ['envs/text.h:1: src/core/text.h has the same file name; names are unique']);
});

// ---- JavaScript ----

/** What each file may not import. @type {[file: string, code: string, why: RegExp][]} */
const BAD_IMPORTS = [
  ['web/lib/run.mjs', "import '../worker/trainer.mjs';", /lib is the library/],
  ['web/lib/run.mjs', "import { readFile } from 'node:fs/promises';", /no modules of Node/],
  ['web/lib/run.mjs', "import fs from 'fs';", /no modules of Node/],
  ['web/worker/trainer.mjs', "const lab = await import('../lab/define.mjs');", /worker stands on lib/],
  ['web/worker/trainer.mjs', "new Worker(new URL('../lab/define.mjs', import.meta.url));", /worker stands on lib/],
  ['web/cli/main.mjs', "import '../lab/words.mjs';", /never meets the lab/],
  ['web/lab/words.mjs', "import '../site/site.mjs';", /knows no page/],
  ['web/lab/worlds/maze.mjs', "import { t } from '../words.mjs';", /what it is handed/],
  ['web/lab/run-experiment.mjs', "import '../lab/panels/world.mjs';", /know no DOM/],
  ['web/lab/panels/world.mjs', "import '../bellhop-lab.mjs';", /is handed the experiment/],
  ['web/lab/panels/world.mjs', "import uPlot from 'uplot';", /is handed the experiment/],
  ['web/site/site.mjs', "import '../cli/main.mjs';", /around labs/],
  ['web/site/site.mjs', 'await import(name);', /around labs/],
];

for (const [file, code, why] of BAD_IMPORTS) {
  test(`${file} may not say ${code}`, () => {
    const found = check({ [file]: `// SPDX\n${code}\n` });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], new RegExp(`^${file}:2: imports `));
    assert.match(found[0], why);
  });
}

/** What each file may import. @type {[file: string, code: string][]} */
const GOOD_IMPORTS = [
  ['web/lib/run.mjs', "import { a } from './wasm.mjs';"],
  ['web/worker/trainer.mjs', "import '../lib/wasm.mjs';\nnew Worker(new URL('./worker.mjs', import.meta.url));"],
  ['web/node/node.mjs', "import fs from 'node:fs';\nexport * from '../bellhop.mjs';"],
  ['web/cli/env-file.mjs', 'await import(pathToFileURL(file).href);'],
  ['web/lab/bellhop-lab.mjs', "import { LitElement } from 'lit';\nawait import('./panels/text-panels.mjs');"],
  ['web/lab/charts/chart.mjs', "await import('uplot');"],
  ['web/lab/panels/world.mjs', "// import '../bellhop-lab.mjs'\n/** @typedef {import('../bellhop-lab.mjs').BellhopLab} Lab */"],
  ['web/site/site.mjs', "import '../lab/define.mjs';"],
];

for (const [file, code] of GOOD_IMPORTS) {
  test(`${file} may say ${code}`, () => assert.deepEqual(check({ [file]: code }), []));
}

test('a circle is found, also one by way of a dynamic import or a worker’s script', () => {
  for (const back of ["import './a.mjs';", "export * from './a.mjs';", "await import('./a.mjs');", "new URL('./a.mjs', import.meta.url);"]) {
    const found = check({ 'web/lib/a.mjs': "import './b.mjs';", 'web/lib/b.mjs': "import './c.mjs';", 'web/lib/c.mjs': back, 'web/lib/d.mjs': "import './a.mjs';" });
    assert.deepEqual(found, ['web/lib/a.mjs:1: imports itself by way of web/lib/b.mjs, web/lib/c.mjs, web/lib/a.mjs']);
  }
});

test('types are no imports', () => {
  assert.deepEqual(check({ 'web/lib/a.mjs': "/** @typedef {import('./b.mjs').B} B */", 'web/lib/b.mjs': "import './a.mjs';" }), []);
});

test('files of JavaScript are named in kebab-case, and each once', () => {
  assert.deepEqual(check({ 'web/lib/vec_env.mjs': '' }), ['web/lib/vec_env.mjs:1: files are named in kebab-case']);
  assert.deepEqual(check({ 'web/lib/run.mjs': '', 'web/lab/run.mjs': '' }).length, 1);
});

test('a file that belongs to no room is a violation', () => {
  assert.match(check({ 'web/other/x.mjs': "import './y.mjs';" })[0], /belongs to no layer/);
});

test('a lab has no variables of a module and looks for nothing in the document', () => {
  assert.match(check({ 'web/lab/experiment.mjs': 'const a = 1;\nlet shown = null;\n' })[0], /^web\/lab\/experiment\.mjs:2: let: no variables of a module/);
  assert.deepEqual(check({ 'web/lab/experiment.mjs': 'function f() {\n  let i = 0;\n  return i;\n}\n' }), []);
  for (const call of ['getElementById', 'querySelector', 'querySelectorAll']) {
    assert.match(check({ 'web/lab/panels/world.mjs': `document.${call}('x');` })[0], /shadow root/);
  }
});
