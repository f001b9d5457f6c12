// SPDX-License-Identifier: MIT
// The peers of `npm run bench:peers`: what they need, and their processes, which take the orders described in child.mjs.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { probe } from '../run.mjs';
import { FOLDER } from './install.mjs';
/** @import { Subject } from '../bench/measure.mjs' */

/** @typedef {'same' | 'momentum'} Rule  how it learns: as Bellhop does, or as ConvNetJS */
/** @typedef {{ name: string, label: string, rule: Rule, packages: string[] }} Kind */
/** @typedef {Kind & { version: string, note: string, subject: Subject, ask: (order: object) => Promise<any>, end: () => void }} Peer */
/** @typedef {{ name: string, label: string, absent: string }} Absent */

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** Programs and their arguments. */
const TORCH = { 'torch': ['torch_dqn.py'], 'torch-control': ['torch_control.py'], 'torch-control-tuned': ['torch_control.py', 'tuned'] };
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'];
const TFJS = '@tensorflow/tfjs';

/** @type {Kind[]} */
const KINDS = [
  { name: 'plain', label: 'plain JavaScript', rule: 'same', packages: [] },
  { name: 'plain-blocked', label: 'plain JavaScript, blocked', rule: 'same', packages: [] },
  { name: 'tfjs-cpu', label: 'TensorFlow.js, cpu', rule: 'same', packages: [TFJS] },
  { name: 'tfjs-wasm', label: 'TensorFlow.js, wasm', rule: 'same', packages: [TFJS, '@tensorflow/tfjs-backend-wasm'] },
  { name: 'convnetjs', label: 'ConvNetJS', rule: 'momentum', packages: ['convnetjs'] },
  { name: 'torch', label: 'PyTorch', rule: 'same', packages: [] },
];

/** Of DDPG, TD3 and SAC. @type {Kind[]} */
export const CONTROL_KINDS = [
  { name: 'torch-control', label: 'PyTorch', rule: 'same', packages: [] },
  { name: 'torch-control-tuned', label: 'PyTorch, tuned', rule: 'same', packages: [] },
];

/**
 * All that can run, and the others with the reason.
 * @param {Map<string, string>} missing packages @param {Kind[]} [kinds]
 */
export async function openPeers(missing, kinds = KINDS) {
  /** @type {Peer[]} */
  const peers = [];
  /** @type {Absent[]} */
  const absent = [];
  for (const kind of kinds) {
    const { name, label, packages } = kind;
    const lacks = packages.find((one) => missing.has(one));
    try {
      if (lacks !== undefined) throw new Error(missing.get(lacks));
      peers.push(await openPeer(kind));
    } catch (error) {
      absent.push({ name, label, absent: /** @type {Error} */ (error).message });
    }
  }
  return { peers, absent };
}

/** @param {string} name of a peer */
function commandOf(name) {
  if (!isTorch(name)) return [process.execPath, CHILD, name, FOLDER];
  const python = PYTHONS.find((one) => one && probe([one, '-c', 'import torch']) !== null);
  if (!python) throw new Error('no python3 here has torch; $PYTHON may name one');
  const [program, ...args] = TORCH[name];
  return [python, '-B', fileURLToPath(new URL(program, import.meta.url)), ...args]; // -B: no __pycache__ among the sources
}

/** @param {string} name @returns {name is keyof typeof TORCH} */
function isTorch(name) {
  return name in TORCH;
}

/** @param {Kind} kind @returns {Promise<Peer>} */
async function openPeer(kind) {
  const { ask, end } = startProcess(commandOf(kind.name));
  try {
    const { version, note } = await ask({ order: 'hello' });
    return { ...kind, version, note, ask, end, subject: {
      open: (what, hidden, batch) => ask({ order: 'open', kind: what, hidden, batch }),
      time: (handle, n) => ask({ order: 'time', handle, n }),
      close: (handle) => ask({ order: 'close', handle }),
    } };
  } catch (error) {
    end();
    throw error;
  }
}

/** One thread, whatever a BLAS would like. @param {string[]} command */
function startProcess([file, ...args]) {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.on('error', (error) => { complaint = error.message; });
  child.stdin.on('error', () => {}); // it ended: the answer that does not come says so
  child.stderr.setEncoding('utf8').on('data', (text) => { complaint = `${complaint}${text}`.slice(-2000); });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** @param {object} order */
  const ask = async (order) => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const { value: line } = await answers.next();
    if (line === undefined) throw new Error(`its process ended: ${complaint.trim().split('\n').at(-1)}`);
    const { value, error } = JSON.parse(line);
    if (error !== undefined) throw new Error(error);
    return value;
  };
  return { ask, end: () => child.stdin.end() };
}
