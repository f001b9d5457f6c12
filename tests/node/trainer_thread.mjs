// SPDX-License-Identifier: MIT
// What web/worker.mjs is in a browser, as a thread of Node: serves the port it is given.
import { workerData } from 'node:worker_threads';
import { loadWasm } from '../../web/node.mjs';
import { serve } from '../../web/service.mjs';

serve(workerData, loadWasm);
