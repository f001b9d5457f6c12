// SPDX-License-Identifier: MIT
// The short form of `npm run test:soak`, in a process of its own, whose memory it is about.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOAK = fileURLToPath(new URL('../bench/soak.mjs', import.meta.url));

test('300,000 steps and models of 20 sizes in one process: memory is flat', (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SOAK, '--steps', '300000', '--models', '20'], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^300,000 steps, [\d,]+ episodes: live bytes unchanged, /m);
  assert.match(stdout, /^20 models of as many sizes, [\d,]+ parameters, made twice: live bytes 0 after each, /m);
  assert.match(stdout, /^memory is flat, in \d+ s\n$/m);
  for (const line of stdout.split('\n').filter((each) => /live bytes/.test(each))) t.diagnostic(line);
});
