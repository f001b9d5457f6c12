// SPDX-License-Identifier: MIT
// The peers of `npm run bench:peers`: what they need, and their processes, which take the orders described in child.mjs.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { probe } from '../run.mjs';
import { FOLDER } from './install.mjs';
/** @import { Subject } from '../bench/measure.mjs' */

/** @typedef {'same' | 'momentum'} Rule  how it learns: as Bellhop does, or as ConvNetJS */
/** @typedef {{ name: string, label: string, rule: Rule, packages: string[], torch?: string[] }} Kind  torch: the program in Python and its arguments */
/** @typedef {Kind & { version: string, note: string, subject: Subject, ask: (order: object) => Promise<any>, end: () => void }} Peer */
/** @typedef {{ name: string, label: string, absent: string }} Absent */

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'];
const TFJS = '@tensorflow/tfjs';
/**
 * What OpenBLAS may be told the processor is, tried in this order: nothing, so that it looks itself, then what older releases do not
 * find in processors newer than they are.
 */
const CORE_TYPES = ['', 'SkylakeX', 'Haswell'];
/** What would force OpenBLAS to the kernels, or blocks, of another processor. */
const FORCED = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];
/** Another core type is taken where its products are this much faster, and right. */
const FASTER = 1.05;
const PRODUCT_TOLERANCE = 1e-3;

/** Both rows of a program for PyTorch: as people write it, and with less work (torch_common.py). @param {string} program @returns {Kind[]} */
const torch = (program) => [
  { name: `torch-${program}`, label: 'PyTorch', rule: 'same', packages: [], torch: [`torch_${program}.py`] },
  { name: `torch-${program}-tuned`, label: 'PyTorch, tuned', rule: 'same', packages: [], torch: [`torch_${program}.py`, 'tuned'] },
];

/** @type {Kind[]} */
const JAVASCRIPT = [
  { name: 'plain', label: 'plain JavaScript', rule: 'same', packages: [] },
  { name: 'plain-blocked', label: 'plain JavaScript, blocked', rule: 'same', packages: [] },
  { name: 'tfjs-cpu', label: 'TensorFlow.js, cpu', rule: 'same', packages: [TFJS] },
  { name: 'tfjs-wasm', label: 'TensorFlow.js, wasm', rule: 'same', packages: [TFJS, '@tensorflow/tfjs-backend-wasm'] },
  { name: 'convnetjs', label: 'ConvNetJS', rule: 'momentum', packages: ['convnetjs'] },
];

/** Of DQN over numbers; over images; of DDPG, TD3 and SAC; of PPO; of a language model. JavaScript peers have the first alone. */
export const KINDS = {
  dqn: [...JAVASCRIPT, ...torch('dqn')], images: torch('dqn'), control: torch('control'), ppo: torch('ppo'), language: torch('lm'),
};

/** @typedef {{ command: string, coreType: string }} Python  the one that has torch, and what its OpenBLAS is told */

/**
 * All that can run, and the others with the reason.
 * @param {Map<string, string>} missing packages @param {Kind[]} kinds @param {Python | null} python
 */
export async function openPeers(missing, kinds, python) {
  /** @type {Peer[]} */
  const peers = [];
  /** @type {Absent[]} */
  const absent = [];
  for (const kind of kinds) {
    const { name, label, packages } = kind;
    const lacks = packages.find((one) => missing.has(one));
    try {
      if (lacks !== undefined) throw new Error(missing.get(lacks));
      peers.push(await openPeer(kind, python));
    } catch (error) {
      absent.push({ name, label, absent: /** @type {Error} */ (error).message });
    }
  }
  return { peers, absent };
}

/**
 * A Python with torch, and the core type its OpenBLAS is fastest with: one that computes wrong products, or with which it crashes,
 * is not taken. What the environment says of core types is left out: it may force an older one.
 * @param {(what: string) => void} log @returns {Promise<Python | null>} null where there is none
 */
export async function findTorch(log) {
  const command = PYTHONS.find((one) => one && probe([one, '-c', 'import torch']) !== null);
  if (!command) return null;
  let best = { coreType: '', speed: 0, note: '' };
  for (const coreType of CORE_TYPES) {
    const { ask, end } = startProcess(torchCommand(command, ['torch_dqn.py']), coreType);
    try {
      const { note, product_speed: speed, product_error: error } = await ask({ order: 'hello' });
      if (error <= PRODUCT_TOLERANCE && speed > (best.speed === 0 ? 0 : FASTER * best.speed)) best = { coreType, speed, note };
      if (!note.includes('OpenBLAS')) break;
    } catch (error) {
      log(`PyTorch with OPENBLAS_CORETYPE=${coreType}: ${/** @type {Error} */ (error).message}`);
    } finally {
      end();
    }
  }
  log(`PyTorch, ${best.note}${best.coreType ? `, which OPENBLAS_CORETYPE=${best.coreType} chose` : ''}`);
  return { command, coreType: best.coreType };
}

/** @param {string} python @param {string[]} torch */
function torchCommand(python, [program, ...args]) {
  return [python, '-B', fileURLToPath(new URL(program, import.meta.url)), ...args]; // -B: no __pycache__ among the sources
}

/** @param {Kind} kind @param {Python | null} python */
function startPeer({ name, torch: program }, python) {
  if (!program) return startProcess([process.execPath, CHILD, name, FOLDER]);
  if (!python) throw new Error('no python3 here has torch; $PYTHON may name one');
  return startProcess(torchCommand(python.command, program), python.coreType);
}

/** @param {Kind} kind @param {Python | null} python @returns {Promise<Peer>} */
async function openPeer(kind, python) {
  const { ask, end } = startPeer(kind, python);
  try {
    const { version, note } = await ask({ order: 'hello' });
    return { ...kind, version, note, ask, end, subject: {
      open: (what, ...sizes) => ask({ order: 'open', kind: what, sizes }),
      time: (handle, n) => ask({ order: 'time', handle, n }),
      close: (handle) => ask({ order: 'close', handle }),
    } };
  } catch (error) {
    end();
    throw error;
  }
}

/** One thread, whatever a BLAS would like. @param {string[]} command @param {string} [coreType] of OpenBLAS; '': as it finds itself */
function startProcess([file, ...args], coreType = '') {
  const mine = Object.entries(process.env).filter(([key]) => !FORCED.includes(key));
  const env = { ...Object.fromEntries(mine), OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1', ...coreType && { OPENBLAS_CORETYPE: coreType } };
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
