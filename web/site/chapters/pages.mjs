// SPDX-License-Identifier: MIT
// The chapters in their order, by the names of their files: text in en/ and zh/, setups of their figures in figures/.

/** @type {readonly string[]} */
export const PAGES = Object.freeze(['index', 'what-is-learned', 'from-table-to-network', 'exploring', 'remembering', 'deciding-with-words', 'proofs', 'glossary']);

/** Those that have a number, from 1. @type {readonly string[]} */
export const NUMBERED = Object.freeze(PAGES.filter((slug) => !['index', 'proofs', 'glossary'].includes(slug)));
