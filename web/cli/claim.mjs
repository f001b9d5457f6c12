// SPDX-License-Identifier: MIT
// The folder of --out while a command writes there. Where it has no run, the new one's files go straight into it. Where it has one and
// --overwrite was given, they go into DIR/unfinished, and the old run stays as it is until the new one has come to its end. Then
// unfinished/complete.json names what the new run is made of, each of its files is renamed over the old one, what the old run had besides is
// removed, and unfinished goes. Whatever ends that in the middle, the next command with that --out does the rest first.
//
// Not the whole folder is swapped: it may hold files of other people, be a link, or be where somebody's shell stands. Nor is each file replaced
// as it comes: an interrupted run would leave its first attempts where the old run's results were. A run that a signal or an error ends stays
// in unfinished, beside the old one. No symbolic link is followed: one that has a name of ours is replaced or refused.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CHECKPOINT, COMPLETE, FILES, JOURNAL, MARKS, OF_ONE, OF_RUNS, OF_SEVERAL, RUN_FOLDER, UNFINISHED, WORKING, contentOf, runIn, strangersIn } from './contents.mjs';
import { TEMPORARY, entryAt, makeFolder, move, removeFile, removeFolder, writeFile, writing } from './durable.mjs';
import { readBytes } from './files.mjs';
import { LOCK, holderOf, lock } from './lock.mjs';

// ---- what is removed ----

/** Removes files of a folder; those last that say of which run the others are, in case it is cut off. @param {string} path @param {readonly string[]} names */
function removeFiles(path, names) {
  const isMark = (/** @type {string} */ name) => MARKS.includes(name);
  [...names.filter((name) => !isMark(name)), ...names.filter(isMark)].forEach((name) => removeFile(join(path, name)));
}

/** Removes the runs of a folder, and what commands have left of themselves but for a lock. @param {string} path */
function removeRuns(path) {
  const { files, folders, traces } = contentOf(path);
  [...folders, ...traces.filter((name) => name === UNFINISHED)].forEach((folder) => removeRun(join(path, folder)));
  removeFiles(path, [...files, ...traces.filter((name) => name !== UNFINISHED && name !== LOCK)]);
}

/** Removes what a run that is to begin again has left. @param {string} path */
function clearRun(path) {
  removeFiles(path, contentOf(path).files.filter((name) => name !== JOURNAL));
}

/** Removes what attempts to write have left. @param {string} path */
function removeTemporary(path) {
  contentOf(path).traces.filter((name) => TEMPORARY.test(name)).forEach((name) => removeFile(join(path, name)));
}

/** @param {string} path */
function removeRun(path) {
  checkUse(path);
  removeRuns(path);
  if (existsSync(join(path, LOCK))) removeFile(join(path, LOCK));
  removeFolder(path);
}

/** @param {string} path */
function checkUse(path) {
  const used = holderOf(path);
  if (used !== undefined) throw new Error(used);
}

// ---- what is refused ----

/** @param {string} path */
function isThere(path) {
  return entryAt(path) !== undefined;
}

/** Whether it is a file that is there, not a link to one. @param {string} path */
function isFile(path) {
  return entryAt(path)?.isFile() === true;
}

/** Whether it is a folder that is there, not a link to one. @param {string} path */
function isFolder(path) {
  return entryAt(path)?.isDirectory() === true;
}

/** @param {string} path */
function isEmptyFolder(path) {
  return isFolder(path) && readdirSync(path).length === 0;
}

/** @typedef {{ overwrite?: boolean, names?: readonly string[] }} OneRun  names: the files it will have */

/**
 * Refuses the folder of one run where it has a run or is in use: files of two would look like one's.
 * @param {string} path @param {OneRun} [how]
 */
export function checkFolder(path, how = {}) {
  writing('out', path, () => {
    checkUse(path);
    finishReplacing(path);
    checkRuns(path, how);
  });
}

/** Does what is left of a replacement that was cut off, if one was. @param {string} path */
export function finishReplacing(path) {
  const unfinished = join(path, UNFINISHED);
  if (readComplete(unfinished) !== null || isEmptyFolder(unfinished)) alone(path, () => replace(path));
}

/** Does what a command has left that was cut off when all was written. @param {string} path */
export function finishEnd(path) {
  const isCutOff = () => !isFile(join(path, JOURNAL));
  if (isCutOff() && (isFile(join(path, CHECKPOINT)) || isFile(join(path, LOCK)))) alone(path, () => isCutOff() && removeWorking(path));
}

/** Calls `use` while no other command writes there. @param {string} path @param {() => unknown} use */
function alone(path, use) {
  const held = lock(path);
  try {
    use();
  } finally {
    held.release();
  }
}

/** The journal goes first: without it there is nothing to go on with. @param {string} path */
function removeWorking(path) {
  [JOURNAL, CHECKPOINT].filter((name) => isFile(join(path, name))).forEach((name) => removeFile(join(path, name)));
}

/** @param {string} path @param {OneRun} how */
function checkRuns(path, { overwrite = false, names = FILES }) {
  const { files, folders, strange } = contentOf(path);
  const unfinished = join(path, UNFINISHED);
  const several = OF_SEVERAL.find((name) => files.includes(name)) ?? folders[0];
  if (several !== undefined) throw new Error(`${path} already has several runs (${several}); give another --out`);
  refuseForeign(path, names.filter((name) => strange.includes(name)));
  if (isThere(unfinished) && !isFolder(unfinished)) throw new Error(`${unfinished} is not a folder of bellhop's; remove it, or give another --out`);
  if (overwrite) return refuseStrangers(unfinished);
  const file = [...OF_ONE, ...WORKING].find((name) => files.includes(name)) ?? (isThere(unfinished) ? UNFINISHED : undefined);
  if (file === undefined) return;
  throw new Error(`${path} already has ${runIn(path) ?? `${file} of an earlier run`}; give another --out, or --overwrite to replace it${resumeAdvice(path)}`);
}

/** @param {string} path */
function resumeAdvice(path) {
  return isFile(join(whereIn(path), JOURNAL)) ? `, or go on with it: --resume ${path}` : '';
}

/** @param {string} path @param {readonly string[]} names  what is in the place of a run's files there, and is none @param {string} [or] */
function refuseForeign(path, names, or = ', or give another --out') {
  const name = names.find((each) => !isUnmarked(path, each)) ?? names[0]; // without a config.json of ours all that is there is somebody's
  if (name !== undefined) throw new Error(`${path} holds ${name}, ${whyForeign(path, name)}; move it elsewhere${or}`);
}

/** @param {string} path @param {string} name  of a file there, or in a folder there */
function whyForeign(path, name) {
  return isUnmarked(path, name) ? 'but no config.json that says of which run it is' : 'which bellhop did not write';
}

/** @param {string} path @param {string} name  of a file there, or in a folder there */
function isUnmarked(path, name) {
  return contentOf(join(path, dirname(name))).unmarked.includes(basename(name));
}

/** @param {string} unfinished */
function refuseStrangers(unfinished) {
  const [stranger] = isThere(unfinished) ? strangersIn(unfinished) : [];
  if (stranger !== undefined) throw new Error(`${unfinished} holds ${stranger}, ${whyForeign(unfinished, stranger)}; move it elsewhere`);
}

/**
 * Refuses a folder that is not empty for several runs: runs of two commands in one folder would look like one's.
 * @param {string} flag @param {string} path @param {boolean} [overwrite]  runs that are there may go, if there is nothing else
 */
function checkEmpty(flag, path, overwrite = false) {
  const { files, folders, traces, strange } = contentOf(path);
  const held = overwrite ? strangersIn(path) : [...files, ...folders, ...traces.filter((name) => name === UNFINISHED), ...strange].sort();
  const advice = flag === 'out' && !overwrite ? ', or --overwrite to replace the runs that are there' : '';
  if (!overwrite && isFile(join(whereIn(path), JOURNAL))) throw new Error(`--${flag} ${path} holds runs that are not done${advice}${resumeAdvice(path)}`);
  if (held.length > 0) throw new Error(`--${flag} ${path} holds ${held[0]} already; several runs need a new or empty folder${advice}`);
}

/** Makes the folder of several runs, with its parents, or refuses one that is not empty. @param {string} flag @param {string} path */
export function makeEmptyFolder(flag, path) {
  writing(flag, path, () => {
    makeFolder(path);
    checkEmpty(flag, path);
  });
}

// ---- replacing a run ----

/** What the complete run in `unfinished` is made of; null if there is none. @param {string} unfinished @returns {string[] | null} */
function readComplete(unfinished) {
  if (!isFolder(unfinished) || !isFile(join(unfinished, COMPLETE))) return null;
  const text = readFileSync(join(unfinished, COMPLETE), 'utf8');
  try {
    return JSON.parse(text).entries.filter((/** @type {string} */ name) => OF_RUNS.includes(name) || RUN_FOLDER.test(name));
  } catch {
    throw new Error(`${join(unfinished, COMPLETE)} is not what bellhop writes; remove it`);
  }
}

/** What a complete run leaves over of the old one: folders only where it has folders itself. @param {string} path @param {string[]} entries */
function removeOld(path, entries) {
  const { files, folders } = contentOf(path);
  const isOld = (/** @type {string} */ name) => !entries.includes(name);
  removeFiles(path, files.filter(isOld));
  if (entries.some((name) => RUN_FOLDER.test(name))) folders.filter(isOld).forEach((name) => removeRun(join(path, name)));
}

/** Puts a complete run in place of the old one, or does what is left of that. @param {string} path */
function replace(path) {
  const unfinished = join(path, UNFINISHED);
  const entries = readComplete(unfinished);
  if (entries === null && isEmptyFolder(unfinished)) removeFolder(unfinished); // it was to go last
  if (entries === null) return;
  const { strange, unmarked } = contentOf(path); // a run that was there when the new one began, even if its config.json was taken away meanwhile
  refuseForeign(path, entries.filter((name) => strange.includes(name) && !unmarked.includes(name)));
  for (const name of entries.filter((each) => isThere(join(unfinished, each)))) {
    if (isFolder(join(path, name))) removeRun(join(path, name));
    move(join(unfinished, name), join(path, name));
  }
  removeOld(path, entries);
  removeRun(unfinished);
}

/** A folder that this command alone writes to. */
export class Claim {
  #path;
  #flag;
  #lock;

  /**
   * Makes the folder, with its parents, and takes it; throws a sentence where that cannot be.
   * @param {string} flag @param {string} path @param {OneRun & { several?: boolean, resume?: boolean, command?: object }} [how]  several: runs; resume: it
   *   goes on with what is there and not done; command: of one of several runs it is none of its own
   */
  constructor(flag, path, { several = false, resume = false, command, ...how } = {}) {
    this.#path = path;
    this.#flag = flag;
    if (!several && !resume) checkFolder(path, how);
    writing(flag, path, () => makeFolder(path));
    this.#lock = writing(flag, path, () => lock(path));
    try {
      /** Where the files of the run go. */
      this.at = writing(flag, path, () => resume ? this.#reopen(command !== undefined) : this.#open(how, several));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** @param {OneRun} how @param {boolean} several */
  #open(how, several) {
    const path = this.#path;
    replace(path);
    if (several) checkEmpty(this.#flag, path, how.overwrite);
    else checkRuns(path, how); // another command may have been faster
    const unfinished = join(path, UNFINISHED);
    if (isThere(unfinished)) removeRun(unfinished);
    const { files, folders } = contentOf(path);
    removeTemporary(path);
    if (files.length === 0 && !(several && folders.length > 0)) return path;
    makeFolder(unfinished);
    return unfinished;
  }

  /** @param {boolean} hasJournal  until it is done */
  #reopen(hasJournal) {
    const unfinished = join(this.#path, UNFINISHED);
    const at = isFile(join(unfinished, JOURNAL)) ? unfinished : this.#path;
    if (hasJournal && !isFile(join(at, JOURNAL))) throw new Error(`${this.#path} has come to its end meanwhile, by another bellhop`);
    const { strange } = contentOf(at);
    refuseForeign(at, strange.filter((name) => OF_RUNS.includes(name) && name !== CHECKPOINT), ''); // what is wrong with that is told where it is loaded
    new Set([at, this.#path]).forEach(removeTemporary);
    return at;
  }

  /** The full checkpoint to go on from, if there is one. @returns {Uint8Array | undefined} */
  checkpoint() {
    const file = join(this.at, CHECKPOINT);
    return writing(this.#flag, this.#path, () => isFile(file)) ? readBytes(file) : undefined;
  }

  /** What the run had is removed: it begins again. */
  clear() {
    writing(this.#flag, this.#path, () => clearRun(this.at));
  }

  /** The run is complete: it replaces the one that was there. Its files are closed by now. */
  complete() {
    try {
      writing(this.#flag, this.#path, () => {
        if (this.at !== this.#path) this.#replaceOld();
        else if (isFile(join(this.at, JOURNAL))) removeWorking(this.at); // one of several runs has no journal: what it can go on from is needed until theirs says that it is done
      });
    } catch (error) {
      if (this.at === this.#path) throw error;
      const after = `the new run is complete in ${this.at}; the next command with --${this.#flag} ${this.#path} puts it in place`;
      throw new Error(`${/** @type {Error} */ (error).message}; ${after}`, { cause: error });
    }
  }

  #replaceOld() {
    const { files, folders } = contentOf(this.at);
    writeFile(join(this.at, COMPLETE), `${JSON.stringify({ entries: [...files.filter((name) => !WORKING.includes(name)), ...folders] })}\n`);
    replace(this.#path);
  }

  /** Others may write there now. */
  release() {
    writing(this.#flag, this.#path, () => this.#lock.release());
  }
}

/** Where the files of a run that has ended are. @param {string} out */
export function whereIn(out) {
  return isFolder(join(out, UNFINISHED)) ? join(out, UNFINISHED) : out;
}

/** Those files of one run that a folder has. @param {string} path */
export function filesIn(path) {
  return FILES.filter((name) => existsSync(join(path, name)));
}

/** What is to be said of a run that ended before it was complete; '' where there is nothing to say. @param {string} out */
export function keptText(out) {
  const at = whereIn(out);
  const kept = at === out ? [] : [`what was reached is in ${at}, and ${out} keeps the run it had`];
  return [...kept, ...isFile(join(at, JOURNAL)) ? [`to go on: --resume ${out}`] : []].join('; ');
}
