// SPDX-License-Identifier: MIT
// Reads TensorBoard event files, as what writes them does not.
import assert from 'node:assert/strict';
import { maskedCrc32c } from '../../web/lib/tensorboard.mjs';

/** The data of each TFRecord; throws where a checksum is wrong. @param {Uint8Array} file */
export function readRecords(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    assert.equal(view.getUint32(at + 8, true), maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    assert.equal(view.getUint32(at + 12 + length, true), maskedCrc32c(data));
    records.push(data);
    at += length + 16;
  }
  return { records };
}

/** Fields of a protobuf message, in order. @param {Uint8Array} data @returns {{ number: number, value: any }[]} */
function readMessage(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = data[at++];
      value += (next & 127) * scale;
      if (next < 128) return value;
    }
  };
  const fields = [];
  while (at < data.length) {
    const key = varint();
    const wire = key & 7;
    let value;
    if (wire === 0) value = varint();
    else if (wire === 1) value = view.getFloat64((at += 8) - 8, true);
    else if (wire === 5) value = view.getFloat32((at += 4) - 4, true);
    else {
      const length = varint();
      value = data.subarray(at, at += length);
    }
    fields.push({ number: key >> 3, value });
  }
  return fields;
}

/** @param {Uint8Array} file @returns {{ wallTime?: number, step?: number, version?: string, values?: Record<string, number> }[]} */
export function readEvents(file) {
  const text = (/** @type {Uint8Array} */ bytes) => new TextDecoder().decode(bytes);
  return readRecords(file).records.map((record) => Object.assign({}, ...readMessage(record).map(({ number, value }) => {
    if (number === 1) return { wallTime: value };
    if (number === 2) return { step: value };
    if (number === 3) return { version: text(value) };
    return { values: Object.fromEntries(readMessage(value).map(({ value: scalar }) => {
      const [tag, simple] = readMessage(scalar);
      return [text(tag.value), simple.value];
    })) };
  })));
}
