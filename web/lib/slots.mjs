// SPDX-License-Identifier: MIT
// Environments of one's own that a module holds, and what their reset and step said last. custom-env.mjs fills this in; it stands
// apart, so that a worker that serves none does without that file.

/** @typedef {import('./wasm.mjs').Wasm} Wasm */

/** The other side of the import, by module; nRestored: how often one took its state over. @type {WeakMap<Wasm, { nRestored: number, ask: (use: () => number, waits?: number) => { status: number, answer: Promise<unknown> | null }, slots: { rows: readonly ({ info: any, describe: () => string | undefined, paint: (look: import('../bellhop.js').Look) => any } | undefined)[] } }>} */
export const hosts = new WeakMap();

/** What reset and step of the environment said last, for people. @param {Wasm} wasm @param {number} env of the module */
export function slotOf(wasm, env) {
  const handle = wasm.call.bhx_env_script(env);
  return handle < 0 ? undefined : hosts.get(wasm)?.slots.rows[handle];
}
