// SPDX-License-Identifier: MIT
// Builds what `npm run bench` measures: the modules, the page, and the target `benchmarks` of the presets that are named
// on the command line; with --browser, gets Chromium too. A script of its own, so that its output can be kept off the standard output.
import { build } from '../build.mjs';
import { MODULES } from '../bundles.mjs';
import { main, run } from '../run.mjs';
import { FOR_BROWSER_TESTS, FOR_BUILD, FOR_C_TESTS, setup } from '../setup.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const presets = args.filter((arg) => arg !== '--browser');
  const browser = presets.length < args.length;
  const native = presets.filter((preset) => !(preset in MODULES));
  await setup([...FOR_BUILD, ...(native.length > 0 ? FOR_C_TESTS : []), ...(browser ? FOR_BROWSER_TESTS : [])]);
  await build();
  for (const preset of native) await run(['cmake', '--preset', preset]);
  for (const preset of presets) await run(['cmake', '--build', '--preset', preset, '--target', 'benchmarks']);
});
