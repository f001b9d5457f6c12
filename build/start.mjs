// SPDX-License-Identifier: MIT
// `npm start [-- --port N]`: get what is missing, build what changed, serve the page on this machine.
import { parseArgs } from 'node:util';
import { SITE, build } from './build.mjs';
import { serve } from './serve.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { Failure, main, say, seconds } from './run.mjs';

/** @returns {{ port?: number, exact?: boolean }} */
function readArguments() {
  let values;
  try {
    ({ values } = parseArgs({ options: { port: { type: 'string' } } }));
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\nUsage: npm start [-- --port N]`);
  }
  if (values.port === undefined) return {};
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) {
    throw new Failure(`--port is ${values.port}; it must be a whole number from 0 (any free port) to 65535.`);
  }
  return { port, exact: true };
}

await main(async () => {
  const since = performance.now();
  const options = readArguments();
  await setup(FOR_BUILD);
  await build();
  const { url, close } = await serve({ root: SITE, ...options });
  say(`\nReady in ${seconds(since)}. Bellhop is at\n\n  ${url}\n\nPress Ctrl-C to stop.`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.removeAllListeners(signal);
    process.once(signal, () => close().then(() => process.exit(0)));
  }
});
