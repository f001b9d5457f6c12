// SPDX-License-Identifier: MIT
// Where modules and workers come from: one way after the other, and what is said when none is left.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { mock, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as entry from '../../web/bellhop.mjs';
import * as inNode from '../../web/node/node.mjs';
import { compileUrl } from '../../web/lib/load.mjs';
import { PolicyError } from '../../web/lib/policy.mjs';
import { startModule } from '../../web/lib/wasm.mjs';
import { startHere } from '../../web/worker/page-thread.mjs';
import { serve } from '../../web/worker/service.mjs';
import * as later from '../../web/worker/session-calls.mjs';
import { WorkerFailure, connectTo } from '../../web/worker/connect.mjs';

/** A worker of this thread, as far as connectTo knows one. @param {(options: any) => Promise<any>} open */
function workerHere(open) {
  const { port1, port2 } = new MessageChannel();
  serve(/** @type {any} */ (port2), open, { later });
  return /** @type {any} */ (Object.assign(port1, { terminate: () => port1.close() }));
}

/** One whose script is not there. */
function deadWorker() {
  const worker = { ended: 0, postMessage() {}, terminate: () => void worker.ended++, onerror: (/** @type {any} */ _event) => {} };
  setTimeout(() => worker.onerror({ message: '' }));
  return /** @type {any} */ (worker);
}

const opens = (/** @type {any} */ { wasmBinary }) => startModule(wasmBinary);
/** @type {string[]} */
const compiled = [];
/** @type {import('../../web/lib/load.mjs').Modules} */
const MODULES = {
  async named(name) {
    compiled.push(name);
    return WebAssembly.compile(await readFile(new URL(`../../build/out/site/${name}.wasm`, import.meta.url)));
  },
  at: compileUrl,
};

test('a worker that does not start is followed by the next way; the module is compiled once', async () => {
  compiled.length = 0;
  const dead = deadWorker();
  const trainer = await connectTo({}, { modules: MODULES, workers: [() => dead, () => { throw new WorkerFailure('not here'); }, () => workerHere(opens)] });
  assert.equal(trainer.simd, 'wasm-simd128');
  assert.deepEqual([compiled, dead.ended], [['bellhop-simd'], 1]);
  trainer.terminate();
});

test('a lab\'s plain worker runs the module with language models too, but makes none', async () => {
  const trainer = await connectTo({ text: true }, { modules: MODULES, workers: [() => workerHere(opens)] });
  assert.deepEqual(trainer.pretrainingOptions, []);
  const refused = { status: 'BH_ERR_STATE', message: /connect\(\{ text: true \}\), and the worker's script that is made for them/ };
  await assert.rejects(trainer.createLanguageModel({ corpus: 'to be or not to be' }), refused);
  await assert.rejects(trainer.create({ env: 'TextGen-v1', samples: true }), refused);
  const session = await trainer.create({ env: 'TextGen-v1' });
  await session.dispose();
  trainer.terminate();
});

test('where no way is left, the first one says what is wrong and what to do', async () => {
  const failing = connectTo({}, { modules: MODULES, workers: [deadWorker, deadWorker] });
  await assert.rejects(failing, { status: 'BH_ERR_LOAD', message: /its script could not be loaded.*workerUrl.*docs\/bundlers\.md/ });
});

test('a module that does not run in the worker is followed by its scalar twin, in the same worker', async () => {
  compiled.length = 0;
  let first = true;
  const picky = (/** @type {any} */ options) => {
    if (!first) return opens(options);
    first = false;
    throw new WebAssembly.CompileError('no SIMD');
  };
  const trainer = await connectTo({}, { modules: MODULES, workers: [() => workerHere(picky)] });
  assert.deepEqual([trainer.simd, compiled], ['scalar', ['bellhop-simd', 'bellhop-scalar']]);
  trainer.terminate();
  const none = () => Promise.reject(new WebAssembly.CompileError('no SIMD'));
  await assert.rejects(connectTo({}, { modules: MODULES, workers: [() => workerHere(none)] }), { status: 'BH_ERR_LOAD', message: /cannot run here: no SIMD/ });
});

/** Locks as browsers have them: one holder a name, the others wait. Node has none. @param {boolean} hasOrigin */
function lockManager(hasOrigin) {
  /** @type {Map<string, Promise<unknown>>} */
  const last = new Map();
  return {
    /** @param {string} name @param {() => unknown} use */
    async request(name, use) {
      if (!hasOrigin) throw new DOMException('no locks for an opaque origin', 'SecurityError');
      const held = Promise.resolve(last.get(name)).then(use);
      last.set(name, held.catch(() => {}));
      return held;
    },
  };
}

/** @template T @param {object | undefined} locks @param {() => Promise<T>} use @returns {Promise<T>} */
async function withLocks(locks, use) {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  try {
    return await use();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else delete (/** @type {any} */ (globalThis)).navigator;
  }
}

test('the lifeline is held once, by the module that runs: the scalar twin does not wait for it', async () => {
  let tries = 0;
  const picky = (/** @type {any} */ options) => ++tries > 1 ? opens(options) : Promise.reject(new WebAssembly.CompileError('no SIMD'));
  await withLocks(lockManager(true), async () => {
    const trainer = await connectTo({ timeout: 10_000 }, { modules: MODULES, workers: [() => workerHere(picky)] });
    assert.deepEqual([trainer.simd, tries, trainer.isGone], ['scalar', 2, false]);
    assert.equal(await trainer.liveBytes(), 0);
    trainer.terminate();
  });
});

test('a worker that cannot hold a lock is not taken for one that is gone', async () => {
  const page = lockManager(true);
  const inWorker = lockManager(false);
  // Both ends are in this thread: the worker's has its locks while it opens.
  const opaque = async (/** @type {any} */ options) => {
    const wasm = await opens(options);
    Object.assign(globalThis.navigator, { locks: inWorker });
    return wasm;
  };
  await withLocks(page, async () => {
    const worker = workerHere(opaque);
    worker.addEventListener('message', () => Object.assign(globalThis.navigator, { locks: page }));
    const trainer = await connectTo({}, { modules: MODULES, workers: [() => worker] });
    assert.equal(await trainer.liveBytes(), 0);
    assert.equal(trainer.isGone, false);
    trainer.terminate();
  });
});

test('a page that comes instead of the module is no module, whatever the status', async () => {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await assert.rejects(compileUrl(new URL(`http://127.0.0.1:${port}/x.wasm`)), { status: 'BH_ERR_LOAD', message: /x\.wasm could not be fetched: .*no WebAssembly module \(text\/html\)/ });
  } finally {
    server.close();
  }
});

test('without file and chunk, load says what is missing, what to do and where it is written', async () => {
  await assert.rejects(entry.load(), { status: 'BH_ERR_LOAD', message: /bellhop-simd\.wasm could not be fetched.*load\(\{ wasmUrl \}\).*docs\/bundlers\.md/ });
});

/** A server that takes requests and never answers. */
async function silent() {
  const server = createServer(() => {});
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/bellhop-simd.wasm`, close() {
    server.closeAllConnections();
    server.close();
  } };
}

test('a server or a worker that never answers is given up after `timeout`, and what was begun is ended', async () => {
  const { url, close } = await silent();
  try {
    for (const load of [entry.load, inNode.load]) {
      await assert.rejects(load({ wasmUrl: url, timeout: 50 }), { status: 'BH_ERR_LOAD', message: 'the WebAssembly module did not arrive within 0.05 s; the option timeout gives more, in milliseconds' });
    }
    const worker = workerHere(() => new Promise(() => {}));
    let ended = 0;
    Object.assign(worker, { terminate: () => {
      ended++;
      worker.close();
    } });
    await assert.rejects(connectTo({ timeout: 200 }, { modules: MODULES, workers: [() => worker] }), { status: 'BH_ERR_LOAD', message: /^the worker did not answer within 0\.2 s/ });
    assert.equal(ended, 1);
    const { port1, port2 } = new MessageChannel();
    await assert.rejects(inNode.connect({ port: port1, timeout: 20 }), /the other end of the port did not answer within 0\.02 s/);
    port2.close();
  } finally {
    close();
  }
});

test('after its timeout connect starts no other way, and ends the worker that came late', async () => {
  const started = { next: 0, here: 0 };
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  const failing = () => new Promise((_, reject) => (fail = reject));
  const next = () => {
    started.next++;
    return workerHere(opens);
  };
  const here = () => {
    started.here++;
    return workerHere(opens);
  };
  await assert.rejects(connectTo({ timeout: 20 }, { modules: MODULES, workers: [failing, next], here }), /within 0\.02 s/);
  fail(new WorkerFailure('not here'));
  await turn();
  assert.deepEqual(started, { next: 0, here: 0 });

  const late = workerHere(opens);
  const ended = new Promise((done) => Object.assign(late, { terminate: () => done(late.close()) }));
  /** @type {(worker: any) => void} */
  let arrive = () => {};
  const arriving = () => new Promise((resolve) => (arrive = resolve));
  await assert.rejects(connectTo({ timeout: 20 }, { modules: MODULES, workers: [arriving, next] }), /within 0\.02 s/);
  arrive(late);
  await ended;
  await turn();
  assert.equal(started.next, 0);
});

/** What is due is done. */
const turn = () => new Promise((done) => setTimeout(done, 20));

test('options that are not known are refused with a suggestion, undefined is the default', async () => {
  const unknown = (/** @type {any} */ options) => options;
  for (const { load, connect } of [entry, inNode]) {
    await assert.rejects(load(unknown({ wasmURL: 'x' })), { status: 'BH_ERR_ARGUMENT', message: "load() has no option 'wasmURL'; did you mean 'wasmUrl'?" });
    await assert.rejects(connect(unknown({ workerURL: 'x' })), { status: 'BH_ERR_ARGUMENT', message: "connect() has no option 'workerURL'; did you mean 'workerUrl'?" });
    await assert.rejects(connect(unknown({ colour: 1 })), /has no option 'colour'; it takes wasmUrl, .*timeout.*fallback/);
    await assert.rejects(load(unknown(null)), /load\(\) takes an object, but got null/);
    for (const timeout of [0, -1, NaN, 1e10, '5']) await assert.rejects(load(unknown({ timeout })), { status: 'BH_ERR_ARGUMENT', message: /^timeout is .*, but must be milliseconds above 0/ });
  }
  const bh = await inNode.load({ wasmUrl: undefined, wasmBinary: undefined, simd: undefined, text: undefined, timeout: undefined });
  assert.ok(bh.pretrainingOptions.length > 0, 'with language models');
});

test('in Node wasmUrl is a path or a URL; one of Windows is a path, too', async () => {
  const path = fileURLToPath(new URL('../../build/out/wasm-simd/bellhop.wasm', import.meta.url));
  for (const wasmUrl of [path, relative(process.cwd(), path), pathToFileURL(path), pathToFileURL(path).href]) {
    assert.equal((await inNode.load({ wasmUrl })).simd, 'wasm-simd128');
  }
  for (const wasmUrl of ['C:\\models\\none.wasm', 'C:/models/none.wasm']) {
    await assert.rejects(inNode.load({ wasmUrl }), (/** @type {Error} */ error) => error.message.includes(`${wasmUrl} is missing`));
  }
});

test('what wasmUrl and workerUrl are not is told with field, value and what they must be; so is what lies where wasmUrl says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-given-'));
  const at = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const server = createServer(({ url }, response) => {
    if (url === '/none.wasm') response.writeHead(404).end();
    else response.setHeader('Content-Type', url === '/damaged.wasm' ? 'application/wasm' : url === '/other.wasm' ? 'application/octet-stream' : 'application/json').end(url === '/other.wasm' ? OTHER : '{}');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const from = `http://127.0.0.1:${port}`, must = 'wasmUrl must be the path or the URL of bellhop-simd.wasm or one of its twins';
  /** @type {[wasmUrl: unknown, message: string | RegExp][]} */
  const there = [
    [at('page.html', '<!doctype html>\n<title>A page</title>'), `${folder}/page.html is no WebAssembly module: it begins with '<!doctype html> '; ${must}`],
    [pathToFileURL(at('empty.wasm', '')), `${folder}/empty.wasm is no WebAssembly module: it begins with nothing; ${must}`],
    [at('cut.wasm', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5)), new RegExp(`cannot run here: ${folder}/cut\\.wasm does not compile: .+; ${must}$`)],
    [at('other.wasm', OTHER), `${folder}/other.wasm is another WebAssembly module: it does not export bhx_probe; ${must}`],
    [folder, `${folder} is a folder; ${must}`],
    [`${from}/none.wasm`, `${from}/none.wasm could not be fetched: status 404; ${must}`],
    [`${from}/data.json`, `${from}/data.json could not be fetched: what the server sends is no WebAssembly module (application/json); ${must}`],
    [`${from}/damaged.wasm`, new RegExp(`cannot run here: ${from}/damaged\\.wasm does not compile: .+; ${must}$`)],
    [`${from}/other.wasm`, `${from}/other.wasm is another WebAssembly module: it does not export bhx_probe; ${must}`],
  ];
  try {
    for (const [wasmUrl, message] of there) {
      await assert.rejects(inNode.load(/** @type {any} */ ({ wasmUrl })), { status: 'BH_ERR_LOAD', message });
      await assert.rejects(inNode.connect(/** @type {any} */ ({ wasmUrl, worker: threadOf(SERVES) })), { status: 'BH_ERR_LOAD', message });
      if (!String(wasmUrl).startsWith(from)) continue;
      const elsewhere = typeof message === 'string' ? message.replace('the path or the URL', 'the URL') : /does not compile: .+; wasmUrl must be the URL of/;
      await assert.rejects(entry.load(/** @type {any} */ ({ wasmUrl })), { status: 'BH_ERR_LOAD', message: elsewhere });
      await assert.rejects(entry.connect(/** @type {any} */ ({ wasmUrl, worker: workerHere(opens) })), { status: 'BH_ERR_LOAD', message: elsewhere });
    }
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
  for (const given of [5, '', ' ', null, {}, [], true, 'http://']) {
    const value = typeof given === 'string' ? `'${given}'` : Array.isArray(given) ? '[]' : typeof given === 'object' && given ? 'an object' : String(given);
    for (const [{ load, connect }, wanted] of /** @type {const} */ ([[entry, 'a whole URL, from https:// or file:// on,'], [inNode, 'a path or a URL']])) {
      const refusal = { status: 'BH_ERR_ARGUMENT', message: `wasmUrl is ${value}, but must be ${wanted} of bellhop-simd.wasm or one of its twins` };
      await assert.rejects(load(/** @type {any} */ ({ wasmUrl: given })), refusal);
      await assert.rejects(connect(/** @type {any} */ ({ wasmUrl: given, worker: { postMessage() {} } })), refusal);
      await assert.rejects(connect(/** @type {any} */ ({ workerUrl: given })), { status: 'BH_ERR_ARGUMENT', message: `workerUrl is ${value}, but must be ${wanted} of the worker's script` });
    }
  }
});

/** A thread of Node with this script. @param {string} source */
const threadOf = (source) => new Worker(source, { eval: true });
const SERVES = `import(${JSON.stringify(new URL('../../web/node/node.mjs', import.meta.url).href)}).then(({ serve }) => serve())`;
/** A WebAssembly module with an export of its own, and none of ours. */
const OTHER = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x61, 0, 0, 10, 4, 1, 2, 0, 0x0b);

test('a worker, and the port to one, has one trainer; the second is refused and the first goes on', async () => {
  const thread = threadOf(SERVES);
  const trainer = await inNode.connect({ worker: thread });
  await assert.rejects(inNode.connect({ worker: thread }), { status: 'BH_ERR_STATE', message: /^this worker has a trainer already: use that one/ });
  thread.postMessage(null); // not ours
  thread.postMessage({ id: 1, method: 'toString', values: [] });
  assert.equal(await trainer.liveBytes(), 0);
  trainer.terminate();
  const { port1, port2 } = new MessageChannel();
  serve(/** @type {any} */ (port2), async () => startModule(await MODULES.named('bellhop-simd')), { later });
  const other = await entry.connect({ port: port1 });
  await assert.rejects(entry.connect({ port: port1 }), /has a trainer already/);
  assert.equal(await other.liveBytes(), 0);
  other.terminate();
  const worker = workerHere(opens);
  const third = await entry.connect({ worker, wasmBinary: MODULES.named('bellhop-simd') });
  await assert.rejects(entry.connect({ worker }), /has a trainer already/);
  third.terminate();
});

test('what posts anything at all is no worker of ours, and says so', async () => {
  const posts = (/** @type {string} */ answer) => threadOf(`const { parentPort: port } = require('node:worker_threads'); port.on('message', ({ id }) => [null, 5, 'text', { frame: 1 }, ${answer}].forEach((each) => port.postMessage(each)))`);
  for (const answer of ['{ id }', '{ id, result: 5 }', '{ id, result: {} }']) {
    await assert.rejects(inNode.connect({ worker: posts(answer) }), { status: 'BH_ERR_LOAD', message: 'the worker failed: its script does not call serve()' });
  }
  await assert.rejects(inNode.connect({ worker: posts('undefined'), timeout: 300 }), /did not answer within 0\.3 s/);
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = () => port2.postMessage(null);
  const noisy = /** @type {any} */ (Object.assign(port1, { terminate: () => port1.close() }));
  await assert.rejects(connectTo({ timeout: 300 }, { modules: MODULES, workers: [() => noisy] }), /the worker did not answer/);
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([[{ worker: 5 }, /^worker is 5, but must be something that has postMessage/], [{ port: {} }, /^port is an object, but must be something that has postMessage/]])) {
    for (const { connect } of [entry, inNode]) await assert.rejects(connect(options), { status: 'BH_ERR_ARGUMENT', message });
  }
});

test('a module that is not ours, here and in a worker, and what is no module', async () => {
  assert.ok(WebAssembly.validate(OTHER));
  const error = { status: 'BH_ERR_LOAD', message: 'bellhop.wasm cannot run here: this is another WebAssembly module: it does not export bhx_probe' };
  for (const load of [entry.load, inNode.load]) {
    await assert.rejects(load({ wasmBinary: OTHER }), error);
    await assert.rejects(load({ wasmBinary: WebAssembly.compile(OTHER) }), error);
    await assert.rejects(load({ wasmBinary: new Uint8Array(8) }), { status: 'BH_ERR_LOAD', message: /cannot run here/ });
    for (const wasmBinary of [5, null, 'x', {}]) await assert.rejects(load(/** @type {any} */ ({ wasmBinary })), { status: 'BH_ERR_ARGUMENT', message: /^wasmBinary is .*, but must be the bytes of a module/ });
  }
  await assert.rejects(inNode.connect({ worker: threadOf(SERVES), wasmBinary: OTHER }), error);
  await assert.rejects(connectTo({ wasmBinary: OTHER }, { modules: MODULES, workers: [() => workerHere(opens)] }), error);
});

test('in Node a file that was asked for and is missing says what wasmUrl must be; connect() says what Node has for workers', async () => {
  for (const wasmUrl of ['file:///nope.wasm', '/nope.wasm']) {
    await assert.rejects(inNode.load({ wasmUrl }), { status: 'BH_ERR_LOAD', message: '/nope.wasm is missing; wasmUrl must be the path or the URL of bellhop-simd.wasm or one of its twins' });
    await assert.rejects(inNode.connect({ worker: threadOf(SERVES), wasmUrl }), { status: 'BH_ERR_LOAD', message: /^\/nope\.wasm is missing; wasmUrl must be/ });
  }
  await assert.rejects(inNode.connect(), { status: 'BH_ERR_LOAD', message: /^Node has no web workers: start a thread of node:worker_threads whose script calls serve\(\)/ });
});

test('where workers are refused, the same service here is a trainer; one that has ended rejects every call', async () => {
  const refused = () => {
    throw new PolicyError({ what: 'the worker', isWorker: true, directive: 'worker-src', source: () => 'blob:', isIn: () => true }, /** @type {any} */ ({ effectiveDirective: 'worker-src', originalPolicy: "worker-src 'self'" }));
  };
  const warned = mock.method(console, 'warn', () => {});
  const parts = { modules: MODULES, workers: [deadWorker, refused], here: startHere };
  const trainer = await connectTo({}, parts);
  assert.equal(trainer.isOffThread, false);
  assert.deepEqual(warned.mock.calls.map(({ arguments: [text] }) => text), ["Bellhop: the page's Content-Security-Policy forbids the worker: add blob: to worker-src. Until then training shares the page's thread."]);
  warned.mock.restore();
  const session = await trainer.create({ env: 'GridWorld-v0', options: { seed: 3 } });
  await session.learn({ totalTimesteps: 600 });
  const bh = await inNode.load({ text: false });
  const model = new bh.DQN(bh.make('GridWorld-v0'), { seed: 3 });
  await model.learn({ totalTimesteps: 600 });
  assert.equal(await session.sha256(), model.sha256());
  const pending = session.learn({ totalTimesteps: 100_000_000 });
  await session.requestFrame();
  trainer.terminate();
  await assert.rejects(pending, /terminated/);
  await assert.rejects(connectTo({ fallback: false }, parts), /forbids the worker: add blob: to worker-src$/);
  await assert.rejects(connectTo({}, { ...parts, workers: [deadWorker] }), /could not be loaded/, 'a script that is not there is a mistake to be told');
});

test('a thread that ends by itself rejects what is pending, and the trainer is gone', async () => {
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)] });
  const trainer = await inNode.connect({ port: port1 });
  const session = await trainer.create({ env: 'GridWorld-v0' });
  const pending = session.learn({ totalTimesteps: 100_000_000 });
  assert.deepEqual([trainer.isOffThread, trainer.isGone], [true, false]);
  const rejected = assert.rejects(pending, { status: 'BH_ERR_LOAD', message: /port was closed/ });
  await thread.terminate();
  await rejected;
  assert.match((await trainer.gone).message, /port was closed/);
  assert.equal(trainer.isGone, true);
});
