// SPDX-License-Identifier: MIT
// Whether the engine's stack has room for a call of the module. An engine whose stack runs out inside of the module throws a RangeError
// through its frames, which leaves whatever it was doing half done. So room is asked for before, where nothing has begun.
//
// How much is left, JavaScript cannot know. But a WebAssembly function that may call one of a thousand results reserves a frame of 8 KB
// when it is entered, and engines check that first. This module has such a function, which calls itself `levels` times:
//
//     (func $many (result f64 … f64) unreachable)
//     (global $zero (mut i32) (i32.const 0))
//     (func $room (export "room") (param $levels i32)
//       (if (local.get $levels) (then (call $room (i32.sub (local.get $levels) (i32.const 1))) return))
//       (if (global.get $zero) (then (call $many) return)))

/** What a level reserves. */
export const LEVEL_BYTES = 8000;
const RESULTS = LEVEL_BYTES / 8;

/** An unsigned number as LEB128. @param {number} n @returns {number[]} */
const leb = (n) => n < 128 ? [n] : [n & 127 | 128, ...leb(n >>> 7)];
/** @param {number} id @param {number[]} content */
const section = (id, content) => [id, ...leb(content.length), ...content];
/** @param {number[]} code */
const body = (code) => [...leb(code.length + 2), 0, ...code, 0x0b];

/** The module above. */
function bytes() {
  const F64 = 0x7c, I32 = 0x7f;
  const many = [0x60, 0, ...leb(RESULTS), ...new Array(RESULTS).fill(F64)], room = [0x60, 1, I32, 0];
  const again = [0x20, 0, 0x41, 1, 0x6b, 0x10, 1, 0x0f];
  const never = [0x23, 0, 0x04, 0x40, 0x10, 0, 0x0f, 0x0b];
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [2, ...many, ...room]),
    ...section(3, [2, 0, 1]),
    ...section(6, [1, I32, 1, 0x41, 0, 0x0b]), // a variable that is 0: the engine does not know
    ...section(7, [1, 4, ...new TextEncoder().encode('room'), 0, 1]),
    ...section(10, [2, ...body([0]), ...body([0x20, 0, 0x04, 0x40, ...again, 0x0b, ...never])]),
  ]);
}

/**
 * A function that throws the engine's error of a full stack unless there is room for levels + 1 times LEVEL_BYTES. Where the engine lets
 * nobody compile bytes, or knows no functions of many results, one that does nothing.
 * @returns {(levels: number) => void}
 */
export function makeRoom() {
  try {
    return /** @type {any} */ (new WebAssembly.Instance(new WebAssembly.Module(bytes())).exports.room);
  } catch {
    return () => {};
  }
}
