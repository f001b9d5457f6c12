// SPDX-License-Identifier: MIT
// The example of docs/environments.md is run as it stands.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the environment of docs/environments.md passes checkEnv, is learned, and leaves nothing in memory', async () => {
  const [, snippet] = /^```js\n([^]*?)^```$/m.exec(readFileSync(join(root, 'docs/environments.md'), 'utf8')) ?? [];
  mkdirSync(join(root, 'build/out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/out/environments-')); // inside the package, so that it finds 'bellhop'
  try {
    writeFileSync(join(folder, 'tank.mjs'), `${snippet}
const again = bh.loadModel(model.save());
[env, model, again].forEach((each) => each.dispose());
console.log(bh.liveBytes());\n`);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'tank.mjs')]);
    const [mean, live] = stdout.trim().split('\n').map((line) => Number(line.split(' ').at(-1)));
    assert.ok(mean > 80, `mean ${mean}, random play has 57`);
    assert.equal(live, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
