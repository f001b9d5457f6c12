// SPDX-License-Identifier: MIT
// The script of a lab's workers that have no language models: worker.mjs without what is for those, and with a part that the site has as
// a chunk, fetched when it is asked for.
import { startModule } from '../lib/wasm.mjs';
import { serve } from './service.mjs';

serve(/** @type {any} */ (globalThis), (/** @type {any} */ { wasmBinary }) => startModule(wasmBinary), { later: () => import('./session-calls.mjs') });
