// SPDX-License-Identifier: MIT
// Hosts that are programs of the machine: the command that tells their version, the Debian packages they come in.
import { probe } from '../../build/run.mjs';

/** @typedef {{ what: string, version: string[], packages: string[], hasAll?: () => boolean }} Program  hasAll: whether what it needs besides is there */

/** @type {Record<string, Program>} */
const TABLE = {
  mkdocs: { what: 'MkDocs', version: ['mkdocs', '--version'], packages: ['mkdocs'] },
  sphinx: { what: 'Sphinx', version: ['sphinx-build', '--version'], packages: ['python3-sphinx'] },
  hugo: { what: 'Hugo', version: ['hugo', 'version'], packages: ['hugo'] },
  jekyll: { what: 'Jekyll', version: ['jekyll', '--version'], packages: ['jekyll'] },
  nbconvert: {
    what: 'nbconvert with a Python kernel', version: ['jupyter-nbconvert', '--version'], packages: ['jupyter-nbconvert', 'jupyter-client', 'python3-ipykernel'],
    hasAll: () => /\bpython3\b/.test(probe(['jupyter-kernelspec', 'list']) ?? ''),
  },
};

/** For setup(). @type {Record<string, import('../../build/setup.mjs').Need>} */
export const PROGRAMS = Object.fromEntries(Object.entries(TABLE).map(([name, { what, version, packages, hasAll = () => true }]) =>
  [name, { what, found: () => probe(version) !== null && hasAll(), packages: { apt: packages } }]));

/** @param {string} name */
export const programVersion = (name) => probe(TABLE[name].version)?.match(/\d+(\.\d+)+/)?.[0] ?? '';
