// SPDX-License-Identifier: MIT
// What an attack must notice, for the test of the attacks themselves.

/** @param {import('./attack.mjs').Attack} attack */
export async function run({ begin, fail }) {
  if (begin('it works')) await Promise.resolve();
  if (begin('it hangs')) for (;;);
  if (begin('it throws')) fail('it throws: a TypeError');
  if (begin('it ends')) process.exit(3);
  if (begin('it works, too')) await Promise.resolve();
}
