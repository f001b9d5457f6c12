// SPDX-License-Identifier: MIT
// The worker's script: training off the main thread, driven by trainer.mjs, which sends the compiled module. See service.mjs
// for the messages. Everything it needs is imported statically and no file is looked for, so that a bundler makes one file of it.
import { startModule } from '../lib/wasm.mjs';
import { serve } from './service.mjs';
import * as later from './session-calls.mjs';
import { textSessions } from './text-sessions.mjs';

serve(/** @type {any} */ (globalThis), (/** @type {any} */ { wasmBinary }) => startModule(wasmBinary), { later, text: textSessions });
