// SPDX-License-Identifier: MIT
// The API reference: it is made, every export has its page and is described, and its pages hold the site's policy.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { API, makeReference, writeApi } from '../../build/api.mjs';
import { filesBelow } from '../../build/files.mjs';
import { ROOT } from '../../build/run.mjs';

before(writeApi);

test('every export of the package has its page, and every entry', () => {
  const pages = ['bellhop.html', 'bellhop/inline.html', 'bellhop/worker.html', 'bellhop/lab.html', 'bellhop/studies.html'];
  for (const [file, folder] of [['bellhop.d.ts', 'bellhop'], ['options.d.ts', 'bellhop'], ['bellhop-lab.d.ts', 'bellhop/lab'], ['bellhop-studies.d.ts', 'bellhop/studies']]) {
    const names = [...readFileSync(join(ROOT, 'web', file), 'utf8').matchAll(/^export (?:interface|class|type|function) (\w+)/gm)].map(([, name]) => name);
    assert.ok(names.length > 0, file);
    pages.push(...names.map((name) => `${folder}/${name}.html`));
  }
  const files = filesBelow(API);
  assert.deepEqual(pages.filter((file) => !files.includes(file)), []);
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const typed = Object.keys(exports).filter((name) => exports[name].types);
  assert.deepEqual(typed.filter((name) => !files.includes(`${name.replace('.', 'bellhop')}.html`)), []);
});

test('its pages have no script or style in them and fetch nothing from elsewhere', () => {
  for (const file of filesBelow(API).filter((name) => name.endsWith('.html'))) {
    const page = readFileSync(join(API, file), 'utf8');
    const refused = [...page.matchAll(/<script(?![^>]* src=)[^>]*>|<style|<[^>]+ (?:style|on\w+)=|<(?:script|link|img|iframe)[^>]* (?:src|href)="(?:https?:)?\/\/[^>]*>/g)].map(([text]) => text);
    assert.deepEqual(refused, [], file);
  }
});

test('what is not described is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-api-'));
  try {
    const entry = join(folder, 'some.d.ts');
    writeFileSync(entry, '/** Described. */\nexport interface Some {\n  /** Described. */\n  good: number;\n  bad: number;\n}\nexport function worse(): void;\n');
    const tsconfig = join(folder, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { types: [] }, files: [entry] }));
    await assert.rejects(makeReference({ entryPoints: [entry], tsconfig, folder: join(folder, 'api') }), ({ message }) => {
      assert.deepEqual([...message.matchAll(/^.*?(\w+(?:\.\w+)?) \(/gm)].map(([, name]) => name).filter((name) => name !== 'Some').sort(), ['Some.bad', 'worse']);
      return true;
    });
    assert.deepEqual(filesBelow(join(folder, 'api')), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
