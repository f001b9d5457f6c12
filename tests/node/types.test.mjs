// SPDX-License-Identifier: MIT
// The types of the package in a strict project that knows Node and no DOM.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the types need no DOM, and take ports and modules of Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-types-'));
  try {
    writeFileSync(join(folder, 'use.mts'), `
      import { readFileSync } from 'node:fs';
      import { MessageChannel } from 'node:worker_threads';
      import { connect, load, serve, type CustomEnv } from '${ROOT}web/bellhop.js';
      const { port1, port2 } = new MessageChannel();
      serve(port2);
      const trainer = await connect({ port: port1, wasmBinary: readFileSync('x.wasm') });
      trainer.terminate();
      const env: CustomEnv = {
        observationSpace: { type: 'Discrete', n: 2 }, actionSpace: { type: 'Discrete', n: 2 },
        reset: ({ seed }) => [0, { seed }], step: (action) => [action, 0, true, false, {}],
      };
      const bh = await load();
      const n: number = new bh.DQN(env).timesteps;
      // @ts-expect-error: no such option
      new bh.DQN(env, { gama: n });
    `);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { noEmit: true, strict: true, skipLibCheck: false, target: 'es2023', lib: ['es2023'], module: 'nodenext', types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
      files: ['use.mts'],
    }));
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
