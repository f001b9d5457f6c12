// SPDX-License-Identifier: MIT
// The script of a lab's workers that have no language models: worker.mjs without what is for those.
import { startModule } from '../lib/wasm.mjs';
import { serve } from './service.mjs';

serve(/** @type {any} */ (globalThis), (/** @type {any} */ { wasmBinary }) => startModule(wasmBinary));
