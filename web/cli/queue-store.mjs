// SPDX-License-Identifier: MIT
// Checkpoints and models of jobs, on their way from one machine to another: in Redis within limits, or in a folder that all machines see.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryAt, makeFolder, removeFile, writeFile } from './durable.mjs';
import { LIMITS } from './queue-job.mjs';

/** @typedef {'checkpoint' | 'model'} Kind */
/**
 * What holds bytes by name. `put` says whether they were taken: what is larger than the limit is not.
 * @typedef {{ get: (kind: Kind, name: string) => Promise<Uint8Array | null>, put: (kind: Kind, name: string, bytes: Uint8Array) => Promise<boolean>, drop: (kind: Kind, name: string) => Promise<void> }} Store
 */

/** Seconds after which Redis forgets what nobody has asked for: a week. */
const KEPT_SECONDS = 7 * 24 * 3600;

/** @implements {Store} */
export class RedisStore {
  #connection;

  /** @param {import('./queue-redis.mjs').QueueConnection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /** @param {Kind} kind @param {string} name */
  async get(kind, name) {
    const { redis } = this.#connection, key = this.#connection.key(kind, name);
    return await redis.strlen(key) > LIMITS[kind] ? null : redis.getBuffer(key); // somebody else's
  }

  /** @param {Kind} kind @param {string} name @param {Uint8Array} bytes */
  async put(kind, name, bytes) {
    if (bytes.length > LIMITS[kind]) return false;
    await this.#connection.redis.set(this.#connection.key(kind, name), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'EX', KEPT_SECONDS);
    return true;
  }

  /** @param {Kind} kind @param {string} name */
  async drop(kind, name) {
    await this.#connection.redis.unlink(this.#connection.key(kind, name));
  }
}

/** @implements {Store} */
export class FolderStore {
  #folder;

  /** @param {string} folder  made if it is not there */
  constructor(folder) {
    makeFolder(folder);
    this.#folder = folder;
  }

  /** @param {Kind} kind @param {string} name */
  #file(kind, name) {
    return join(this.#folder, `${name}.${kind}`);
  }

  /** @param {Kind} kind @param {string} name */
  async get(kind, name) {
    const file = this.#file(kind, name);
    return entryAt(file)?.isFile() ? readFileSync(file) : null;
  }

  /** @param {Kind} kind @param {string} name @param {Uint8Array} bytes */
  async put(kind, name, bytes) {
    writeFile(this.#file(kind, name), bytes);
    return true;
  }

  /** @param {Kind} kind @param {string} name */
  async drop(kind, name) {
    const file = this.#file(kind, name);
    if (entryAt(file) !== undefined) removeFile(file);
  }
}

/** A checkpoint and its evaluations as one piece, so that never one of them is newer. @param {Uint8Array} checkpoint @param {Uint8Array} evaluations @returns {Uint8Array} */
export function packed(checkpoint, evaluations) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(evaluations.length);
  return Buffer.concat([length, evaluations, checkpoint]);
}

/** @param {Uint8Array} bytes @returns {{ checkpoint: Uint8Array, evaluations: Uint8Array } | null} null: they are no such piece */
export function unpacked(bytes) {
  const length = bytes.length < 4 ? Infinity : Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE();
  return 4 + length > bytes.length ? null : { evaluations: bytes.subarray(4, 4 + length), checkpoint: bytes.subarray(4 + length) };
}
