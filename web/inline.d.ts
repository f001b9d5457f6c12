// SPDX-License-Identifier: MIT
/**
 * The API of `bellhop`, with the WebAssembly module (without language models) and the worker inside: for one output file.
 * @module bellhop/inline
 */
export * from './bellhop.js';
