// SPDX-License-Identifier: MIT
// The chapters in their order, by the names of their files: text in en/ and zh/, setups of their figures in figures/.

/** @type {readonly string[]} */
export const PAGES = Object.freeze(['index', 'what-is-learned', 'from-table-to-network', 'exploring', 'remembering', 'deciding-with-words', 'proofs', 'glossary']);
