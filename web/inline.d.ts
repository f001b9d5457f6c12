// SPDX-License-Identifier: MIT
// `bellhop/inline`: the API of `bellhop`, with the module (without language models) and the worker inside.
export * from './bellhop.js';
