// SPDX-License-Identifier: MIT
// `npm run format` lays out C with clang-format and JavaScript with eslint --fix; with --check it only looks.
// clang-format is the system's, and not part of `npm test`: its releases differ in details.
import { filesIn } from './files.mjs';
import { Failure, ROOT, main, probe, run } from './run.mjs';
import { setup } from './setup.mjs';

const check = process.argv.includes('--check');

await main(async () => {
  await setup([]);
  await run(['node_modules/.bin/eslint', ...(check ? [] : ['--fix']), '.']);
  if (probe(['clang-format', '--version']) === null) {
    throw new Failure('clang-format is not here. Debian and Ubuntu: apt-get install clang-format');
  }
  const files = filesIn(ROOT, ['src', 'envs', 'tests'], /\.[ch]$/);
  await run(['clang-format', ...(check ? ['--dry-run', '--Werror'] : ['-i']), ...files]);
});
