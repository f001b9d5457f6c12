// SPDX-License-Identifier: MIT
// The workers of a document, which all its labs share: worker and modules are files beside the script. A build with everything inside
// has web/embed/inside-trainers.mjs in place of this file.
import { startBeside } from '../worker/start-beside.mjs';
import { TrainerPool } from '../worker/trainer-pool.mjs';

export { PolicyError, underPolicy } from '../lib/policy.mjs';

export const trainers = new TrainerPool({ start: startBeside() });
