// SPDX-License-Identifier: MIT
// What the worker is in a browser, as a thread of Node: serves the port it is given.
import { workerData } from 'node:worker_threads';
import { serve } from '../../web/node/node.mjs';

serve({ port: workerData });
