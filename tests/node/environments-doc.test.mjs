// SPDX-License-Identifier: MIT
// The example of docs/environments.md is run as it stands, in JavaScript and on the command line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/environments.md'), 'utf8');
const run = promisify(execFile);

/** A folder inside the package, so that it finds 'bellhop'. @param {(folder: string) => Promise<void>} use */
async function inFolder(use) {
  mkdirSync(join(root, 'build/out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/out/environments-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the environment of docs/environments.md passes checkEnv, is learned, and leaves nothing in memory', async () => {
  const [, snippet] = /^```js\n([^]*?)^```$/m.exec(page) ?? [];
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'tank.mjs'), `${snippet}
const again = bh.loadModel(model.save());
[env, model, again].forEach((each) => each.dispose());
console.log(bh.liveBytes());\n`);
    const { stdout } = await run(process.execPath, [join(folder, 'tank.mjs')]);
    const [mean, live] = stdout.trim().split('\n').map((line) => Number(line.split(' ').at(-1)));
    assert.ok(mean > 80, `mean ${mean}, random play has 57`);
    assert.equal(live, 0);
  });
});

test('its example of spaces prints what it says', async () => {
  const [, code] = /^```js\n(\/\/ spaces\.mjs\n[^]*?)^```$/m.exec(page) ?? [];
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'spaces.mjs'), `${code}console.log(bh.liveBytes());\n`);
    const { stdout } = await run(process.execPath, [join(folder, 'spaces.mjs')]);
    const [action, length, flat, isElement, live] = stdout.trim().replace(/\[\n([^\]]*)\n\]/g, (_, inner) => `[ ${inner.trim()} ]`).split('\n');
    assert.equal(action, 'Int32Array(2) [ 2, 1 ]');
    assert.equal(length, '1');
    assert.equal(flat.replace(/\s+/g, ' '), 'Float32Array(5) [ 0.5, -0.5, 0, 0, 1 ]');
    assert.deepEqual([isElement, live], ['true', '0']);
  });
});

test('its two scripts train it in a worker', async () => {
  const [, tank] = /^(class Tank \{$[^]*?^\}$)/m.exec(page) ?? [];
  const [, worker] = /^```js\n\/\/ tank-worker.mjs\n([^]*?)^```$/m.exec(page) ?? [];
  const [, main] = /^```js\n\/\/ the page's script\n([^]*?)^```$/m.exec(page) ?? [];
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'tank.mjs'), `export ${tank}\n`);
    writeFileSync(join(folder, 'tank-worker.mjs'), worker);
    writeFileSync(join(folder, 'main.mjs'), `import { Worker } from 'node:worker_threads';\n${main}`);
    const { stdout } = await run(process.execPath, [join(folder, 'main.mjs')]);
    const [, steps, mean] = /(\d+) steps, mean return (\S+)\s*$/.exec(stdout) ?? [];
    assert.equal(steps, '10000');
    assert.ok(Number(mean) > 80, stdout);
  });
});

test('its commands run on the class in a file', async () => {
  const [, tank] = /^(class Tank \{$[^]*?^\}$)/m.exec(page) ?? [];
  const [, commands] = /^```sh\n([^]*?)^```$/m.exec(page) ?? [];
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'tank.mjs'), `export default ${tank}\n`);
    for (const command of commands.trim().split('\n')) {
      const [, , name, ...rest] = command.split(' ');
      const short = name === 'eval' ? [] : ['--total-timesteps', '300', '--eval-freq', '0', '--final-eval-episodes', '2'];
      const { stdout } = await run(process.execPath, [join(root, 'web/cli/cli.mjs'), name, ...rest, ...short], { cwd: folder });
      assert.match(stdout, /Tank-v0|algo=dqn/, command);
    }
  });
});
