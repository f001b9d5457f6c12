// SPDX-License-Identifier: MIT
// A real redis-server of one's own for a test: on loopback, a free port, a folder for temporary files, every write in its append-only file.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { redisServer } from '../../build/setup.mjs';

const WAIT_MS = 20_000;

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((done) => server.close(done));
  return port;
}

/** Whether somebody answers PING there, password or not. @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (/** @type {boolean} */ isSo) => {
      socket.destroy();
      done(isSo);
    };
    socket.on('error', () => end(false));
    socket.on('data', (bytes) => end(/^(\+PONG|-NOAUTH)/.test(String(bytes))));
    socket.write('PING\r\n');
  });
}

export class RedisServer {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #folder = mkdtempSync(join(tmpdir(), 'bellhop-redis-'));
  #settings;
  port = 0;

  /** @param {readonly string[]} [settings]  as on its command line */
  constructor(settings = []) {
    this.#settings = settings;
  }

  /** @param {readonly string[]} [settings] */
  static async start(settings) {
    const server = new RedisServer(settings);
    await server.start();
    return server;
  }

  get pid() {
    return this.#child?.pid;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Again on the same port, with the data that was there. */
  async start() {
    const found = redisServer();
    if (found === null) throw new Error('redis-server is not installed: node build/setup.mjs redis');
    this.port ||= await freePort();
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', ...this.#settings];
    this.#child = spawn(found.file, settings, { argv0: 'redis-server', stdio: 'ignore' });
    const { port } = this, child = this.#child;
    const leave = () => child.kill('SIGKILL'); // a test that fails leaves nothing that runs
    process.once('exit', leave);
    child.once('exit', () => process.off('exit', leave));
    for (const since = performance.now(); !await answers(port);) {
      if (child.exitCode !== null || performance.now() - since > WAIT_MS) throw new Error(`redis-server did not start (exit code ${child.exitCode})`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Ends it, as a machine that goes down does with SIGKILL. @param {NodeJS.Signals} [signal] */
  async stop(signal = 'SIGTERM') {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }

  async end() {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
