// SPDX-License-Identifier: MIT
// The worker of the tab Text: the module with language models, which only this tab fetches. Its sessions are runs that may
// start from a language model, and language models that are being trained. See service.mjs for the messages.
import { loadWasm } from './load.mjs';
import { textSessions } from './text-sessions.mjs';
import { serve } from './service.mjs';

serve(/** @type {any} */ (globalThis), (options) => loadWasm({ ...options, text: true }), textSessions);
