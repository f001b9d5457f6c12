// SPDX-License-Identifier: MIT
// The worker's script: training off the main thread, driven by trainer.mjs. See service.mjs for the messages.
import { loadWasm } from '../lib/load.mjs';
import { serve } from './service.mjs';

serve(/** @type {any} */ (globalThis), loadWasm);
