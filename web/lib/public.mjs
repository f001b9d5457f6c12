// SPDX-License-Identifier: MIT
// What every entry offers beside load() and connect(): it needs no module.
export { checkEnv, checkEnvAsync } from './check-env.mjs';
export { formatDemonstrations, parseDemonstrations } from './demonstrations.mjs';
export { createRng } from './random.mjs';
export { Recorder } from './recorder.mjs';
export { evaluationSeed } from './run-values.mjs';
export { flatdim, flatten, makeSpace, unflatten } from './space-values.mjs';
export { TensorBoardWriter } from './tensorboard.mjs';
export { readText } from './text.mjs';
export { BellhopError } from './bellhop-error.mjs';
