// SPDX-License-Identifier: MIT
// How the command line changes files: the only module that does. A file is written beside its place, flushed to the disk and
// renamed over what was there, then its folder is flushed: under its name there is always the old content or all of the new one,
// whatever ends the process or the machine meanwhile. Tables and event files grow line by line instead, since people watch them;
// what an error has cut off of a line is taken back. No symbolic link is followed: a rename replaces the link, and a file that
// grows is always a new one.
import { Buffer } from 'node:buffer';
import {
  accessSync, closeSync, constants, existsSync, fstatSync, fsyncSync, ftruncateSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync, rmdirSync, statSync, unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { StringDecoder } from 'node:string_decoder';

/** What the system refused, as a sentence about a flag. */
export class WriteError extends Error {}

/** So much of a file is read at a time, in bytes. */
const CHUNK = 1 << 20;
/** What a file that is being written is called: its name, the process, ".tmp". */
export const TEMPORARY = /\.\d+\.tmp$/;

/** What the system refuses, in words. @type {Record<string, string>} */
const PROBLEMS = {
  ENOSPC: 'the disk is full', EDQUOT: 'your disk quota is used up', EFBIG: 'it would be larger than the file system allows',
  EACCES: 'you have no permission to', EPERM: 'you have no permission to', EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist, or not any more', ENOTDIR: 'a part of its path is a file, not a folder', EISDIR: 'it is a folder', EEXIST: 'it is there already',
  ENOTEMPTY: 'other files were put into it', EIO: 'the disk reports an input/output error', ELOOP: 'its path is a circle of symbolic links',
  EMFILE: 'too many files are open', ENFILE: 'too many files are open', ENAMETOOLONG: 'its name is too long',
};

/** @param {unknown} error  of a call of node:fs @returns {string} */
export function writeProblem(error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return PROBLEMS[String(code)] ?? message;
}

/** Runs `use`; errors of the system know the file they are about. @template T @param {string} file @param {() => T} use @returns {T} */
function of(file, use) {
  try {
    return use();
  } catch (error) {
    throw Object.assign(/** @type {Error} */ (error), { file });
  }
}

/**
 * Runs `use`; what the system refuses there becomes a sentence about the flag that was given.
 * @template T @param {string} flag @param {string} path  what the flag says @param {() => T} use @returns {T}
 */
export function writing(flag, path, use) {
  try {
    return use();
  } catch (error) {
    const { code, file = path } = /** @type {NodeJS.ErrnoException & { file?: string }} */ (error);
    if (typeof code !== 'string') throw error; // it is a sentence already
    const name = relative(path, file);
    const where = name === '' || name.startsWith('..') ? '' : `${name}: `;
    throw new WriteError(`--${flag} ${path} cannot be written to: ${where}${writeProblem(error)}`, { cause: error });
  }
}

// ---- files ----

/** What is at a path, a link as such; undefined where nothing is, or a part of the path is a file. @param {string} path */
export function entryAt(path) {
  try {
    return lstatSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code))) return undefined;
    throw error;
  }
}

/** The first bytes of a file, a pipe or a device, which may have no end: as many as it has. @param {string} file @param {number} count @returns {Uint8Array} */
export function firstBytes(file, count) {
  const fd = openSync(file, 'r'), bytes = new Uint8Array(count);
  try {
    let length = 0;
    for (let read = 1; read > 0 && length < count; length += read) read = readSync(fd, bytes, length, count - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/** The lines of a file that have an end, piece by piece. @param {string} file @returns {Generator<string>} */
export function* linesOf(file) {
  const fd = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(CHUNK);
  let rest = '';
  try {
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(fd);
  }
}

/** @param {number} fd @param {Uint8Array} bytes */
function writeAll(fd, bytes) {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** Makes what renames and new files in a folder have changed last. @param {string} path */
function flushFolder(path) {
  if (process.platform === 'win32') return; // folders cannot be opened there
  of(path, () => {
    const fd = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EINVAL') throw error; // some file systems have no such thing
    } finally {
      closeSync(fd);
    }
  });
}

/** @param {string} file  a new one @param {Uint8Array} bytes */
function writeNew(file, bytes) {
  const fd = openSync(file, 'wx');
  try {
    writeAll(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What an attempt has left; where it cannot be removed either, the error that was first counts. @param {string} file */
function discard(file) {
  try {
    rmSync(file, { force: true });
  } catch {
    // a name that ends in .tmp is never read
  }
}

/**
 * Makes a small file that says who is at work, unless there is one.
 * @param {string} file @param {string} text @returns {boolean} whether it was made
 */
export function makeFile(file, text) {
  return of(file, () => {
    let fd;
    try {
      fd = openSync(file, 'wx');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
      throw error;
    }
    try {
      writeAll(fd, Buffer.from(text));
    } catch (error) {
      discard(file);
      throw error;
    } finally {
      closeSync(fd);
    }
    return true;
  });
}

/** Writes a whole file in place of what is there. @param {string} file @param {string | Uint8Array} content */
export function writeFile(file, content) {
  const beside = `${file}.${process.pid}.tmp`;
  of(file, () => {
    discard(beside);
    try {
      writeNew(beside, Buffer.from(content));
      renameSync(beside, file);
    } catch (error) {
      discard(beside);
      throw error;
    }
  });
  flushFolder(dirname(file));
}

/**
 * Writes a file that was named on the command line. A device or a pipe (/dev/stdout) is written to; a link is refused, since whoever
 * made it may mean the link or the file.
 * @param {string} flag @param {string} file @param {string} text
 */
export function writeNamedFile(flag, file, text) {
  checkNamedFile(flag, file);
  writing(flag, file, () => {
    if (!isDevice(file)) return writeFile(file, text);
    const fd = openSync(file, 'w');
    try {
      writeAll(fd, Buffer.from(text));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error; // the reader has had enough: an end, not an error
    } finally {
      closeSync(fd);
    }
  });
}

/** Refuses a name that writeNamedFile could not write to, before there is anything to write. @param {string} flag @param {string} file */
export function checkNamedFile(flag, file) {
  writing(flag, file, () => {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() || /[\\/]$/.test(file)) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (isDevice(file)) return;
    if (found?.isSymbolicLink()) throw new Error(`--${flag} ${file} is a symbolic link, which is not followed; give the file it stands for, or remove it`);
    accessSync(dirname(file), constants.W_OK);
  });
}

/** @param {string} path */
function isDevice(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** So many lines, or as many as there are whole, and their bytes. @param {Uint8Array} bytes @param {number} most */
function firstLines(bytes, most) {
  let [lines, length] = [0, 0];
  for (let end = bytes.indexOf(10); end >= 0 && lines < most; end = bytes.indexOf(10, length)) {
    length = end + 1;
    lines++;
  }
  return { lines, length };
}

/** A file that grows, and is on the disk when it is closed. */
export class GrowingFile {
  #file;
  /** @type {number | null} */
  #fd;
  #length;
  /** Those that were there when it was opened. */
  lines;

  /** @param {string} file  must not be there, but for @param {{ fd: number, lines: number, length: number }} [open]  one that goes on */
  constructor(file, open) {
    this.#file = file;
    this.#length = open?.length ?? 0;
    this.lines = open?.lines ?? 0;
    this.#fd = open?.fd ?? of(file, () => openSync(file, 'wx'));
  }

  /** One that is there, with its first lines alone. @param {string} file @param {number} lines */
  static goOn(file, lines) {
    return of(file, () => {
      const fd = openSync(file, constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0));
      try {
        if (!fstatSync(fd).isFile()) throw new Error(`${file} is not a file; move it elsewhere`); // reading a pipe would never end
        const first = firstLines(readFileSync(fd), lines);
        ftruncateSync(fd, first.length);
        return new GrowingFile(file, { fd, ...first });
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    });
  }

  /** Bytes it has. */
  get length() {
    return this.#length;
  }

  /** What was added is on the disk. */
  flush() {
    if (this.#fd !== null) of(this.#file, () => fsyncSync(/** @type {number} */ (this.#fd)));
  }

  /** Adds all of it or nothing. @param {string | Uint8Array} content */
  append(content) {
    const fd = /** @type {number} */ (this.#fd);
    const bytes = Buffer.from(content);
    of(this.#file, () => {
      try {
        writeAll(fd, bytes);
      } catch (error) {
        ftruncateSync(fd, this.#length);
        throw error;
      }
    });
    this.#length += bytes.length;
  }

  /** After an error elsewhere, which is the one to tell: what was added stays, as far as the system keeps it. */
  abandon() {
    try {
      this.close();
    } catch {
      // the other error comes from the same disk
    }
  }

  close() {
    if (this.#fd === null) return;
    const fd = this.#fd;
    this.#fd = null;
    of(this.#file, () => {
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
    flushFolder(dirname(this.#file));
  }
}

/** Moves a file or a folder over what is there; of folders only an empty one. @param {string} from @param {string} to */
export function move(from, to) {
  of(to, () => renameSync(from, to));
  flushFolder(dirname(to));
}

/** @param {string} file */
export function removeFile(file) {
  of(file, () => unlinkSync(file));
}

/** @param {string} path  of an empty folder */
export function removeFolder(path) {
  of(path, () => rmdirSync(path));
}

// ---- folders ----

/** Makes a folder with its parents. Node's own `recursive` never ends below /proc. @param {string} path */
export function makeFolder(path) {
  const missing = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  missing.forEach(makeOne);
  of(path, () => {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(path, constants.W_OK);
  });
}

/** Another thread may have made it by now. @param {string} path */
function makeOne(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path) && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw new Error(`${path} is a symbolic link to a folder that does not exist; make that folder, or remove the link`, { cause: error });
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw Object.assign(/** @type {Error} */ (error), { file: path });
  }
  flushFolder(dirname(path));
}

/**
 * Saves what could not be written where it belongs, in a new folder for temporary files.
 * @param {readonly (readonly [name: string, content: string | Uint8Array])[]} files
 * @returns {string} the end of a sentence that says where it is
 */
export function rescue(files) {
  const names = files.map(([name]) => basename(name)).join(' and ');
  try {
    const folder = mkdtempSync(join(tmpdir(), 'bellhop-'));
    files.forEach(([name, content]) => writeFile(join(folder, basename(name)), content));
    return `what was reached is in ${folder} instead (${names})`;
  } catch (error) {
    return `${names} could not be saved in ${tmpdir()} either: ${writeProblem(error)}`;
  }
}

/** What rescue() has said within the message of an error; undefined where nothing was saved elsewhere. @param {string} message */
export function rescuedIn(message) {
  return /what was reached is in .+? instead \([^)]*\)/.exec(message)?.[0];
}
