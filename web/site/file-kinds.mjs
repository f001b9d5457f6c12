// SPDX-License-Identifier: MIT
// What a file is that somebody opens, by what is in it, whatever its name: settings, a checkpoint, records, or why none of them. Nothing of it is
// believed: what comes of this is checked against the catalogue, and a checkpoint by the module.
import { csvHeading } from '../lib/records-csv.mjs';

/** Of metadata, all that is read here. @typedef {{ env: string, algo: string, timesteps: string, state_entries?: string } & Record<string, string>} Metadata */
/**
 * @typedef {{ what: 'settings', config: { env: string, algo: string, options: Record<string, unknown>, env_options: Record<string, unknown> } }
 *   | { what: 'checkpoint', metadata: Metadata, isFull: boolean }
 *   | { what: 'records', columns: string[], lines: string[][] }
 *   | { what: 'demonstrations' | 'language' | 'tensors' | 'json' | 'table' | 'large' | 'other' }} Opened
 */

/** Bytes that are read, at most. */
const MOST = 2 ** 28, HEADER_MOST = 2 ** 23, TEXT_MOST = 2 ** 26;
const PLAIN_COLUMNS = csvHeading().split(',');

/** @param {Blob} file @returns {Promise<Opened>} */
export async function whatIs(file) {
  if (file.size > MOST) return { what: 'large' };
  const bytes = new Uint8Array(await file.slice(0, 9).arrayBuffer());
  const length = bytes.length === 9 ? Number(new DataView(bytes.buffer).getBigUint64(0, true)) : NaN;
  if (bytes[8] === 0x7b && length <= Math.min(HEADER_MOST, file.size - 8)) return tensors(await file.slice(8, 8 + length).text());
  if (file.size > TEXT_MOST) return { what: 'large' };
  const text = await file.text();
  if (text.includes('\0')) return { what: 'other' };
  if (/^\s*\{/.test(text)) return object(text);
  return text.startsWith('type,') ? table(text) : { what: 'other' };
}

/** @param {string} text @returns {any} undefined where it is no JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} header @returns {Opened} */
function tensors(header) {
  const metadata = parsed(header)?.__metadata__;
  if (!isPlain(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) return { what: 'tensors' };
  if (metadata.format === 'bellhop-lm-1') return { what: 'language' };
  if (metadata.format !== 'bellhop-1' || !metadata.env || !metadata.algo) return { what: 'tensors' };
  return { what: 'checkpoint', metadata: /** @type {Metadata} */ (metadata), isFull: metadata.state_entries !== undefined };
}

/** @param {string} text @returns {Opened} */
function object(text) {
  const { env, algo, options = {}, env_options = {}, ...rest } = parsed(text) ?? {};
  if (typeof env === 'string' && typeof algo === 'string' && isPlain(options) && isPlain(env_options) && Object.keys(rest).length === 0) return { what: 'settings', config: { env, algo, options, env_options } };
  const [first] = text.trimStart().split('\n', 1);
  return { what: parsed(text) === undefined && parsed(first) !== undefined ? 'demonstrations' : 'json' };
}

/** @param {string} text @returns {Opened} */
function table(text) {
  const [columns, ...lines] = text.trimEnd().split(/\r?\n/).map((line) => line.split(','));
  const isOurs = PLAIN_COLUMNS.every((name, i) => columns[i] === name) && lines.length > 0 && lines.every((cells) => cells.length === columns.length && isRecord(cells));
  return isOurs ? { what: 'records', columns, lines } : { what: 'table' };
}

/** @param {string[]} cells */
function isRecord([type, step, ...values]) {
  return /^(episode|train|eval)$/.test(type) && /^\d{1,10}$/.test(step) && values.every((cell) => cell === '' || Number.isFinite(Number(cell)));
}

/**
 * Rows of records, as a run gives them, see Frame in bellhop.d.ts.
 * @param {{ columns: string[], lines: string[][] }} table @param {import('../bellhop.js').RecordLayout} layout
 */
export function rowsOf({ columns, lines }, layout) {
  const { width } = layout;
  const cell = (/** @type {string[]} */ line, /** @type {string} */ name) => (line[columns.indexOf(name)] === '' ? NaN : Number(line[columns.indexOf(name)]));
  const own = columns.slice(PLAIN_COLUMNS.length);
  const rows = new Float64Array(lines.length * width);
  lines.forEach((line, i) => {
    const type = /** @type {keyof typeof CELLS} */ (line[0]);
    const values = [...CELLS[type], ...type === 'train' ? own : []].map((name) => cell(line, name));
    rows.set([layout[type], Number(line[1]), ...values].slice(0, width), i * width);
  });
  return rows;
}

/** The numbers of a row after its step, see readRecords of web/lib/metrics.mjs. */
const CELLS = Object.freeze({
  episode: ['rollout/ep_rew', 'rollout/ep_len'],
  train: ['train/loss', 'train/mean_q', 'rollout/exploration_rate', 'train/learning_rate', 'train/n_updates', 'train/grad_norm'],
  eval: ['eval/mean_reward', 'eval/std_reward', 'eval/is_best', 'eval/min_reward', 'eval/max_reward', 'eval/mean_ep_length'],
});
