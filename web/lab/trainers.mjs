// SPDX-License-Identifier: MIT
// The workers of a document, which all its labs share.
import { TrainerPool } from '../worker/trainer-pool.mjs';

export const trainers = new TrainerPool();
