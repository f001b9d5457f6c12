// SPDX-License-Identifier: MIT
// Chromium for Ubuntu, whose `chromium` package only points to a snap, which does not run in containers. The npm
// package @sparticuz/chromium carries the binary inside itself; it is unpacked below build/out, once, and needs
// nothing but the libraries listed here. It is no dependency of this package, as nobody else has a use for its 75 MB; build/chromium/
// has a package-lock.json of its own with the hash of everything that comes, and no script of what comes is run.
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT, run, runNpm } from './run.mjs';

const NAME = '@sparticuz/chromium';
/** What is fetched: a package.json and the lock file that pins it. */
const PINNED = join(ROOT, 'build/chromium');
const FOLDER = join(OUT, 'chromium');

/** Where the unpacked browser is, if it is. */
export const PATH = join(FOLDER, 'chromium');

/** The entries in which Ubuntu differs, for the table in setup.mjs. */
export const need = {
  packages: {
    apt: ['libnss3', 'libnspr4', 'libexpat1', 'fonts-dejavu-core'], dnf: [], pacman: [], brew: [],
  },
  fetches: `Chromium from npm's ${NAME}@${JSON.parse(readFileSync(join(PINNED, 'package.json'), 'utf8')).dependencies[NAME]} into build/out/chromium (about 290 MB)`,
  fetch: fetchChromium,
};

async function fetchChromium() {
  const work = `${FOLDER}.part`;
  rmSync(work, { recursive: true, force: true });
  cpSync(PINNED, work, { recursive: true });
  await runNpm(['ci', '--prefix', work, '--ignore-scripts']);
  // It unpacks into the folder for temporary files; a second process, so that this can be ours.
  const unpack = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();';
  await run([process.execPath, '--input-type=module', '--eval', unpack], { cwd: work, env: { TMPDIR: work } });
  for (const name of ['node_modules', 'package.json', 'package-lock.json']) rmSync(join(work, name), { recursive: true });
  rmSync(FOLDER, { recursive: true, force: true });
  renameSync(work, FOLDER);
}
