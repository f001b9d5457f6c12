// SPDX-License-Identifier: MIT
// In place of web/lab/trainers.mjs where everything is inside one file (build/inside.mjs): the worker's script as text.
// @ts-ignore: made by build/inside.mjs
import worker from '../inline/worker-source.mjs';
import { connectTo, startSource } from '../worker/connect.mjs';
import { startHere } from '../worker/page-thread.mjs';
import { TrainerPool } from '../worker/trainer-pool.mjs';
import { BESIDE } from './inside-beside.mjs';

export { PolicyError, underPolicy } from '../lib/policy.mjs';

export const trainers = new TrainerPool({ start: (options) => connectTo(options, { modules: BESIDE, workers: [() => startSource(worker)], here: startHere }) });
