// SPDX-License-Identifier: MIT
// web/lib/help.mjs: the lines of help of C's config tables by the option's name, and by "owner.name" where it means
// something else there, of all that bellhop-text.wasm has. The scalar modules have them, the SIMD ones are built without. `node build/help.mjs` writes the file
// anew after a line in C has changed; a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { instantiate } from '../web/lib/instance.mjs';
import { OUT, isEntry, main } from './run.mjs';
import { join } from 'node:path';

export const HELP_FILE = fileURLToPath(new URL('../web/lib/help.mjs', import.meta.url));

/** What the file should say. @returns {Promise<string>} */
export async function helpText() {
  const bytes = readFileSync(join(OUT, 'wasm-scalar', 'bellhop-text.wasm'));
  const wasm = await instantiate([() => WebAssembly.compile(bytes)]);
  const { run, algos, envs } = wasm.json(wasm.call.bhx_catalog());
  const pretraining = wasm.json(wasm.call.bhx_pretraining_fields());
  /** @type {Record<string, string>} */
  const help = {};
  const owners = [{ name: 'run', options: run }, ...algos, ...envs.map((/** @type {any} */ { id, options }) => ({ name: id, options })),
    { name: 'pretraining', options: pretraining }];
  for (const { name: owner, options } of owners) {
    for (const { name, help: line } of options) {
      if (help[name] === undefined) help[name] = line;
      else if (help[name] !== line) help[`${owner}.${name}`] = line;
    }
  }
  for (const { name, id = name, summary } of [...algos, ...envs]) help[`${id}.summary`] = summary;
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const keys = (/** @type {string} */ key) => (/^\w+$/.test(key) ? key : quoted(key));
  const rows = Object.entries(help).map(([key, line]) => `  ${keys(key)}: ${quoted(line)},\n`);
  return `// SPDX-License-Identifier: MIT\n// Lines of help and summaries, from C's tables; written by build/help.mjs.\n/** @type {Record<string, string>} */\nexport default {\n${rows.join('')}};\n`;
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    writeFileSync(HELP_FILE, await helpText());
  });
}
