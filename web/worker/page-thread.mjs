// SPDX-License-Identifier: MIT
// The service on the page's own thread, for pages whose policy refuses workers: as far as connect() knows a worker, this is one.
// It computes in slices of a few milliseconds, between which the page draws and answers. Fetched only then.
import { startModule } from '../lib/wasm.mjs';
import { serve } from './service.mjs';
import { calls, makeRun, pretrained } from './session-calls.mjs';
import { textSessions } from './text-sessions.mjs';

/** Short enough for a frame of the page to be drawn in time beside it. */
const SLICE_MS = 4;

/** @returns {Worker} */
export function startHere() {
  const { port1, port2 } = new MessageChannel();
  const end = serve(/** @type {any} */ (port2), (/** @type {any} */ { wasmBinary }) => startModule(wasmBinary), { later: { calls, makeRun, pretrained }, sliceMs: SLICE_MS, text: textSessions });
  const terminate = () => {
    end();
    port1.close();
  };
  return /** @type {any} */ (Object.assign(port1, { terminate }));
}
