// SPDX-License-Identifier: MIT
// How a lab starts its workers where worker and modules are files beside its script.
import { compileBeside } from '../lib/beside.mjs';
import { compileUrl } from '../lib/load.mjs';
import { connectTo, startAt, startImporting } from './connect.mjs';

/** Starts workers of the script beside this one; each module is compiled once, for all of them. */
export function startBeside() {
  /** @type {Map<string, Promise<WebAssembly.Module>>} */
  const compiled = new Map();
  /** @param {import('../lib/load.mjs').ModuleName} name @param {AbortSignal} [signal] */
  const named = (name, signal) => {
    const known = compiled.get(name) ?? compileBeside(name, signal);
    compiled.set(name, known);
    known.catch(() => compiled.delete(name)); // so that it is fetched again when it is asked for again
    return known;
  };
  const here = async () => (await import('./page-thread.mjs')).startHere();
  return (/** @type {import('../bellhop.js').ConnectOptions} */ options) => {
    const url = options.text ? new URL('./worker.js', import.meta.url) : new URL('./plain-worker.js', import.meta.url); // as the build names them
    const workers = [() => startAt(url), () => startImporting(url)]; // a policy may allow blob: alone
    return connectTo(options, { modules: { named, at: compileUrl }, workers, here });
  };
}
