// SPDX-License-Identifier: MIT
// `npm run build:native`: bellhop-run, which `bellhop train --native` starts, into build/out/native/. It needs CMake and a C compiler, and no
// Emscripten; nothing else needs it.
import { join, relative } from 'node:path';
import { buildPreset } from './cmake.mjs';
import { FOR_C_TESTS, setup } from './setup.mjs';
import { OUT, ROOT, main, say, seconds } from './run.mjs';

await main(async () => {
  const since = performance.now();
  await setup(FOR_C_TESTS);
  await buildPreset('native');
  say(`Built in ${seconds(since)}: ${relative(ROOT, join(OUT, 'native/bellhop-run'))}, for bellhop train --native.`);
});
