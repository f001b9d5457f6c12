// SPDX-License-Identifier: MIT
// Messages to a worker that no trainer sends: whatever comes through the port is answered, with a sentence where it is refused.
import { MessageChannel } from 'node:worker_threads';
import { serve } from '../../../web/node/node.mjs';
import { HOSTILE } from './hostile-values.mjs';
import { Pad } from './receivers.mjs';

const METHODS = ['open', 'create', 'liveBytes', 'prepare', 'play', 'pause', 'step', 'requestFrame', 'set', 'watch', 'sha256', 'proceed', 'save', 'sample', 'next', 'place', 'evaluate', 'load', 'qValues', 'predictValues', 'logProbs', 'predict', 'learn', 'dispose', 'nothing', '__proto__', 'constructor', 'toString'];
const ENGINE = /is not a function|is not iterable|Cannot read|Cannot destructure|undefined is not|Invalid array length|Maximum call stack|Cannot convert|Spread syntax|BigInt/;
const RECIPE = Object.freeze({ env: 'CartPole-v1', algo: 'dqn', options: { netArch: [4], evalFreq: 0, totalTimesteps: 20 } });
const ANSWER_MS = 20_000;

/** @param {import('./attack.mjs').Attack} attack */
export async function run({ begin, fail }) {
  const { port1: port, port2 } = new MessageChannel();
  serve({ port: /** @type {any} */ (port2), envs: [Pad] });
  let count = 0;
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  port.on('message', (data) => {
    waiting.get(data?.id)?.(data);
    if (data?.frame) port.postMessage({ session: data.session, taken: true });
  });
  /** @param {any} message @returns {Promise<any>} */
  const ask = (message) => new Promise((resolve, reject) => {
    const id = ++count, timer = setTimeout(() => resolve({ error: { message: 'no answer' } }), ANSWER_MS);
    waiting.set(id, (answer) => {
      if (answer.progress) return;
      clearTimeout(timer);
      waiting.delete(id);
      resolve(answer);
    });
    try {
      port.postMessage({ id, ...message });
    } catch (error) {
      clearTimeout(timer);
      waiting.delete(id);
      reject(error); // it cannot be sent at all
    }
  });
  const open = await ask({ method: 'open', values: [{ text: true }] });
  if (open.error) throw new Error(open.error.message);
  const created = async (recipe = RECIPE) => (await ask({ method: 'create', values: [recipe] })).result.session;
  let key = await created();
  const before = async () => (await ask({ method: 'liveBytes', values: [] })).result;

  /** @param {string} name @param {any} message */
  const attempt = async (name, message) => {
    if (!begin(name)) return;
    /** @type {any} */
    let answer;
    try {
      answer = await ask(message);
    } catch {
      return;
    }
    const { status, message: text } = answer.error ?? {};
    if (answer.error && (typeof text !== 'string' || text.length < 8 || text === 'no answer' || !/^BH_ERR_/.test(status) || ENGINE.test(text))) fail(`${name}: ${status} ${text}`);
    if (message.method === 'create' && answer.result) await ask({ method: 'dispose', session: answer.result.session, values: [] });
    const alive = await ask({ method: 'sha256', session: key, values: [] });
    if (alive.error) key = await created();
  };
  for (const [what, value] of HOSTILE) {
    port.postMessage({ taken: true, session: cloned(value) });
    port.postMessage(cloned(value));
    const method = cloned(value);
    if (method) await attempt(`method ${what}`, { method, values: [] }); // without one it is for somebody else
    await attempt(`session ${what}`, { method: 'step', session: cloned(value), values: [1] });
    for (const each of METHODS) {
      if (each === 'open') continue; // a second one replaces the library, and is the trainer's own
      const session = ['create', 'liveBytes', 'prepare'].includes(each) ? undefined : key;
      await attempt(`${each}, values ${what}`, { method: each, session, values: cloned(value) });
      await attempt(`${each}(${what})`, { method: each, session, values: [cloned(value), cloned(value)] });
    }
    await attempt(`recipe.entry ${what}`, { method: 'create', values: [{ env: { entry: cloned(value), open: cloned(value) } }] });
  }
  await ask({ method: 'dispose', session: key, values: [] });
  const left = await before();
  if (left !== 0) fail(`${left} bytes were not given back`);
  port.close();
}

/** The value, where it can be sent; else a number. @param {(context: object) => any} make */
function cloned(make) {
  try {
    return structuredClone(make({}));
  } catch {
    return 7;
  }
}
