// SPDX-License-Identifier: MIT
// TensorBoard event files, in Node and in a page: scalars by name and step, as bytes to append to a file whose name
// contains "tfevents". On npm only @tensorflow/tfjs-node writes them, with TensorFlow's native library.
//
// A file is a sequence of TFRecords: length (uint64), masked CRC-32C of the length, data, masked CRC-32C of the data,
// all little-endian. The data is a protobuf Event, the first of which names the version (tensorflow/core/util/event.proto,
// tensorflow/core/framework/summary.proto):
//
//     Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
//     SessionLog { SessionStatus status = 1; }    START is 1
//     Summary { repeated Value value = 1; }      Value { string tag = 1; float simple_value = 2; }
import { copied, reading } from './given.mjs';
import { checked, whole } from './rules.mjs';
import { Metrics, named } from './metrics.mjs';

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };

// Castagnoli's polynomial, bits reversed (RFC 3720, appendix B.4 has test values).
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** @param {Uint8Array} bytes */
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** A checksum of data that holds checksums itself is masked: rotated right by 15 bits, plus a constant. @param {Uint8Array} bytes */
export function maskedCrc32c(bytes) {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** @param {number} size @param {(view: DataView) => void} write */
function fixed(size, write) {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

/** @param {readonly Uint8Array[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all;
}

/** Base 128, low digits first. @param {number} value  whole, 0 to 2^53 - 1 */
function varint(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return Uint8Array.of(...bytes, value);
}

/** @param {number} number @param {keyof typeof WIRE} wire @param {Uint8Array} content */
function field(number, wire, content) {
  const key = Uint8Array.of(number * 8 + WIRE[wire]);
  return joined(wire === 'bytes' ? [key, varint(content.length), content] : [key, content]);
}

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);

/** @param {Uint8Array} data */
function tfRecord(data) {
  const length = fixed(8, (view) => view.setBigUint64(0, BigInt(data.length), true));
  const check = (/** @type {Uint8Array} */ bytes) => fixed(4, (view) => view.setUint32(0, maskedCrc32c(bytes), true));
  return joined([length, check(length), data, check(data)]);
}

/** @param {number} seconds  since 1970 */
const wallTime = (seconds) => field(1, 'fixed64', fixed(8, (view) => view.setFloat64(0, seconds, true)));

/** What a file begins with. @param {number} seconds  since 1970 */
export function fileHeader(seconds) {
  return tfRecord(joined([wallTime(seconds), field(3, 'bytes', utf8('brain.Event:2'))]));
}

/** A run goes on: what other files of the folder have from this step on is not drawn. @param {number} seconds  since 1970 @param {number} step */
export function sessionStart(seconds, step) {
  return tfRecord(joined([wallTime(seconds), field(2, 'varint', varint(step)), field(7, 'bytes', field(1, 'varint', varint(1)))]));
}

/**
 * Scalars of one step, as one event.
 * @param {number} seconds  since 1970 @param {number} step @param {Record<string, number>} values  by name
 */
export function scalarEvent(seconds, step, values) {
  const summary = joined(Object.entries(values).map(([tag, value]) => field(1, 'bytes', joined([
    field(1, 'bytes', utf8(tag)), field(2, 'fixed32', fixed(4, (view) => view.setFloat32(0, value, true))),
  ]))));
  return tfRecord(joined([wallTime(seconds), field(2, 'varint', varint(step)), field(5, 'bytes', summary)]));
}

/** A step of a run. */
const STEP = whole(0, Number.MAX_SAFE_INTEGER - 1);
/** Other members of a record. @param {unknown} value */
const isPlain = (value) => ['number', 'boolean', 'undefined'].includes(typeof value);

/** @param {any} record @param {number} i */
function checkRecord(record, i) {
  const { type, timestep, extra = {}, ...numbers } = Object(record);
  checked(`records[${i}].type`, type, [(value) => ['episode', 'train', 'eval'].includes(value), "'episode', 'train' or 'eval'"]);
  checked(`records[${i}].timestep`, timestep, STEP);
  for (const [key, value] of Object.entries({ ...numbers, ...extra })) checked(`records[${i}].${key}`, value, [isPlain, 'a number']);
}

/**
 * A run's records as events under Stable-Baselines3's names: with each training record also the means over the last
 * 100 episodes and the speed so far. The steps are TensorBoard's horizontal axis, so time/total_timesteps is left out,
 * as it is there; single episodes are in the means; what is not finite (not known yet, or diverged) is no point.
 */
export class TensorBoardWriter {
  #metrics = new Metrics();
  #clock;
  #start;
  #from = 0;

  /** @param {() => number} [clock]  seconds since 1970 */
  constructor(clock = () => Date.now() / 1000) {
    checked('clock', clock, [(value) => typeof value === 'function', 'a function that gives seconds since 1970']);
    this.#clock = () => checked('what the clock gives', reading('the clock', clock), [Number.isFinite, 'a finite number']);
    this.#start = this.#clock();
  }

  /** The first bytes of the file. @param {number} [from]  timesteps the run has already, which other files of the folder show */
  header(from) {
    if (from !== undefined) checked('from', from, STEP);
    this.#from = from ?? 0;
    return from === undefined ? fileHeader(this.#start) : joined([fileHeader(this.#start), sessionStart(this.#start, from + 1)]);
  }

  /** The bytes to append for these records. @param {readonly import('../bellhop.js').RunRecord[]} records */
  events(records) {
    const now = this.#clock(), list = copied('records', records);
    checked('records', list, [Array.isArray, 'an array of records, as onProgress gets them']).forEach(checkRecord);
    return joined(list.flatMap((/** @type {import('../bellhop.js').RunRecord} */ record) => {
      this.#metrics.add(record);
      if (record.type === 'episode') return [];
      const { 'time/total_timesteps': step, ...values } = named(record);
      const rollout = record.type === 'train' ? { ...this.#metrics.rollout(), 'time/fps': (step - this.#from) / (now - this.#start) } : {};
      const points = Object.entries({ ...rollout, ...values }).filter(([, value]) => Number.isFinite(value));
      return [scalarEvent(now, step, Object.fromEntries(points))];
    }));
  }
}
