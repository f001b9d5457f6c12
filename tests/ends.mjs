// SPDX-License-Identifier: MIT
// Loaded before each file of tests (`--import`, build/test.mjs): when its tests have ended and it does not end by itself, since one that failed has
// left something open, it is ended. Node's --test-force-exit ends files at once, and may lose what they have not yet told: in 4 of 40 runs of three
// files up to 20 of 91 tests were missing, and nothing had failed.
import process from 'node:process';
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** Time to tell what there is to tell. */
const GRACE_MS = 2000;

if (isMainThread && process.env.NODE_TEST_CONTEXT) after(() => void setTimeout(() => process.exit(), GRACE_MS).unref());
