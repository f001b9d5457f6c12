// SPDX-License-Identifier: MIT
// Any bytes as a file that somebody gives the library or the command line: a model, a language model, demonstrations, a text, a config.json. Taken, or
// refused with a sentence; nothing is left in memory.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { UsageError } from '../../web/cli/args.mjs';
import { readConfig } from '../../web/cli/config.mjs';
import { metadataOf } from '../../web/lib/checkpoint.mjs';
import { BellhopError, formatDemonstrations, load, parseDemonstrations, readText } from '../../web/node/node.mjs';

/** What a use comes to; undefined where it is refused. @template T @param {() => T} use */
function taken(use) {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof BellhopError || error instanceof UsageError)) throw error;
    assert.ok(error.message.length > 5 && !/undefined|\[object/.test(error.message.replace('is undefined, but', '')), error.message);
    return undefined;
  }
}

/** @returns {Promise<(input: Uint8Array) => void>} */
export async function open() {
  const bh = await load();
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-fuzz-files-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const config = join(folder, 'config.json');

  return (input) => {
    metadataOf(input);
    taken(() => bh.loadModel(input))?.dispose();
    taken(() => bh.LanguageModel.load(input))?.dispose();
    assert.equal(bh.liveBytes(), 0);
    const demonstrations = taken(() => parseDemonstrations(input));
    if (demonstrations) assert.equal(formatDemonstrations(parseDemonstrations(formatDemonstrations(demonstrations))), formatDemonstrations(demonstrations));
    taken(() => readText(input));
    writeFileSync(config, input);
    taken(() => readConfig(bh.catalog, config, { command: 'train' }));
  };
}
