// SPDX-License-Identifier: MIT
// Chromium for Ubuntu, whose `chromium` package only points to a snap, which does not run in containers. The npm
// package @sparticuz/chromium carries the binary inside itself; it is unpacked below build/out, once, and needs
// nothing but the libraries listed here. It is no dependency in package.json, as nobody else has a use for its 75 MB.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, run, runNpm } from './run.mjs';

const PACKAGE = '@sparticuz/chromium@153.0.0';
const FOLDER = join(OUT, 'chromium');

/** Where the unpacked browser is, if it is. */
export const PATH = join(FOLDER, 'chromium');

/** The entries in which Ubuntu differs, for the table in setup.mjs. */
export const need = {
  packages: {
    apt: ['libnss3', 'libnspr4', 'libexpat1', 'fonts-dejavu-core'], dnf: [], pacman: [], brew: [],
  },
  fetches: `Chromium from npm's ${PACKAGE} into build/out/chromium (about 290 MB)`,
  fetch: fetchChromium,
};

async function fetchChromium() {
  const work = `${FOLDER}.part`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  await runNpm(['install', '--prefix', work, '--no-save', PACKAGE]);
  // It unpacks into the folder for temporary files; a second process, so that this can be ours.
  const unpack = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();';
  await run([process.execPath, '--input-type=module', '--eval', unpack], { cwd: work, env: { TMPDIR: work } });
  rmSync(join(work, 'node_modules'), { recursive: true });
  rmSync(FOLDER, { recursive: true, force: true });
  renameSync(work, FOLDER);
}
