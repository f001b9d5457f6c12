// SPDX-License-Identifier: MIT
// Runs around `npm pack` and `npm publish`: puts the WebAssembly modules beside web/lib/load.mjs, where the published
// library looks for them, and with --clean takes them away again. In a checkout they are in build/out/ only.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES, SITE, build } from './build.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { ROOT, main } from './run.mjs';

const places = Object.values(MODULES).map((file) => ({ from: join(SITE, file), to: join(ROOT, 'web/lib', file) }));

await main(async () => {
  if (process.argv.includes('--clean')) {
    for (const { to } of places) rmSync(to, { force: true });
    return;
  }
  await setup(FOR_BUILD);
  await build();
  for (const { from, to } of places) cpSync(from, to);
});
