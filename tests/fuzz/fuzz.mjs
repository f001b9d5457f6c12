// SPDX-License-Identifier: MIT
// npm run test:fuzz: inputs at random into everything that reads what others wrote. Each target is a program that takes inputs one after the
// other: those in C (fuzz_*.c) under AddressSanitizer and UndefinedBehaviorSanitizer, those in JavaScript in feed.mjs. The inputs come from one place,
// mutate.mjs, and begin with the small files of corpus/TARGET. What ends a program, or stands still for a minute, is kept as a file.
//
//     npm run test:fuzz -- --seconds 60                    a minute for each target, each time with another seed
//     npm run test:fuzz -- --target checkpoint --seed 7 --count 1000
//     npm run test:fuzz -- --target links --input FILE     one input again
//     npm run test:fuzz -- --seconds 20 --coverage         and how much of the parsers that reaches
//
// clang's libFuzzer looks for inputs that reach new code, from the same files:
//     cmake --preset fuzz && cmake --build --preset fuzz && mkdir -p build/out/fuzz/found
//     build/out/fuzz/fuzz_tokenizer -max_len=2000 -max_total_time=60 build/out/fuzz/found tests/fuzz/corpus/tokenizer
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildPreset } from '../../build/cmake.mjs';
import { Failure, OUT, ROOT, isEntry, main, say } from '../../build/run.mjs';
import { createRng } from '../../web/lib/random.mjs';
import { coverageOfC, coverageOfScripts, forgetCounts } from './coverage.mjs';
import { mutated } from './mutate.mjs';

const FOLDER = join(ROOT, 'tests/fuzz');
/** Inputs that are on their way at the same time. */
const BATCH = 64;
/** Longer than this no input takes, on a machine that is busy. */
const STILL_MS = 60_000;

/** What is read, and by which files. @type {Record<string, { isC?: boolean, parsers: string[] }>} */
export const TARGETS = {
  checkpoint: { isC: true, parsers: ['src/io/checkpoint.c', 'src/io/state_tensors.c', 'src/rl/run_resume.c', 'src/lm/pretraining_resume.c'] },
  config: { isC: true, parsers: ['src/core/config.c', 'src/core/decimal.c', 'src/rl/setup.c', 'envs/grid.c'] },
  exports: { isC: true, parsers: ['src/wasm/exports.c'] },
  tokenizer: { isC: true, parsers: ['src/lm/tokenizer.c', 'src/lm/bpe.c', 'src/lm/pieces.c', 'src/lm/corpus.c', 'src/core/utf8.c'] },
  protocol: { parsers: ['web/worker/service.mjs', 'web/worker/make-session.mjs', 'web/worker/session-calls.mjs'] },
  links: { parsers: ['web/lab/run-setup.mjs', 'web/lab/fields.mjs', 'web/lab/language-setup.mjs', 'web/lab/text-link.mjs'] },
  files: { parsers: ['web/lib/checkpoint.mjs', 'web/lib/demonstrations.mjs', 'web/lib/text.mjs', 'web/cli/config.mjs'] },
};

/** The files that inputs begin with. @param {string} target @returns {Uint8Array[]} */
function corpusOf(target) {
  const folder = join(FOLDER, 'corpus', target);
  return readdirSync(folder).sort().map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

/** A target's program, which inputs are written to. */
class Program {
  #child;
  #done = 0;
  #tell = () => {};
  #stderr = '';
  /** @type {Promise<number | string>} */
  ended;

  /** @param {string[]} command @param {Record<string, string>} [env] */
  constructor([file, ...args], env) {
    this.#child = spawn(file, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#child.stdin.on('error', () => {}); // it has ended, which is told below
    this.#child.stdout.on('data', ({ length }) => {
      this.#done += length;
      this.#tell();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-20_000);
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        resolve(code ?? signal ?? 1);
        this.#tell();
      });
    });
  }

  get stderr() {
    return this.#stderr;
  }

  /** Resolves to the number of the input that ended it; undefined where all are done. @param {readonly Uint8Array[]} inputs @returns {Promise<number | undefined>} */
  async run(inputs) {
    const before = this.#done;
    for (const input of inputs) {
      const head = new Uint8Array(4);
      new DataView(head.buffer).setUint32(0, input.length, true);
      this.#child.stdin.write(head);
      this.#child.stdin.write(input);
    }
    let hasEnded = false, seen = -1;
    void this.ended.then(() => {
      hasEnded = true;
    });
    while (this.#done - before < inputs.length && !hasEnded && this.#done !== seen) {
      seen = this.#done;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, STILL_MS);
        this.#tell = () => (clearTimeout(timer), resolve(undefined));
      });
      if (this.#done === seen && !hasEnded) await Promise.race([this.ended, new Promise((resolve) => { setImmediate(resolve); })]);
    }
    if (this.#done - before === inputs.length) return undefined;
    this.#child.kill('SIGKILL');
    await this.ended;
    return this.#done - before;
  }

  /** Resolves to its exit code. */
  end() {
    this.#child.stdin.end();
    return this.ended;
  }
}

/** @param {string} target @param {boolean} [isCovered] */
function commandOf(target, isCovered) {
  return TARGETS[target].isC ? [join(OUT, isCovered ? 'coverage' : 'sanitize', `fuzz_${target}`)] : [process.execPath, join(FOLDER, 'feed.mjs'), target];
}

/** Keeps an input that failed, and says how to see it again. @param {string} target @param {Uint8Array} input @param {Program} program @returns {never} */
function fail(target, input, { stderr }) {
  const folder = join(OUT, 'fuzz-failures');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target}-${Date.now()}`);
  writeFileSync(file, input);
  throw new Failure(`${stderr}\n${target}: an input of ${input.length} bytes failed. Again: npm run test:fuzz -- --target ${target} --input ${file}`);
}

/**
 * Inputs into one target: its corpus as it is, then changed, until there were so many or it took so long.
 * @param {string} target @param {{ seconds?: number, count?: number, seed: number, isCovered?: boolean, env?: Record<string, string>, input?: Uint8Array, command?: string[] }} how  command: another
 *   program than the target's
 * @returns {Promise<{ inputs: number, seconds: number }>}
 */
export async function fuzz(target, { seconds = Infinity, count = Infinity, seed, isCovered, env, input, command = commandOf(target, isCovered) }) {
  if (TARGETS[target].isC && !existsSync(command[0])) throw new Failure(`${command[0]} is not built: cmake --preset sanitize && cmake --build --preset sanitize --target fuzzers`);
  const program = new Program(command, env);
  const random = createRng(seed);
  const corpus = corpusOf(target);
  const since = performance.now(), elapsed = () => (performance.now() - since) / 1000;
  let inputs = 0;
  for (let batch = input ? [input] : corpus; batch.length > 0;) {
    const bad = await program.run(batch);
    if (bad !== undefined) fail(target, batch[bad], program);
    inputs += batch.length;
    const isOver = input !== undefined || elapsed() >= seconds || inputs >= count;
    batch = isOver ? [] : Array.from({ length: Math.min(BATCH, count - inputs) }, () => mutated(corpus, random));
  }
  const code = await program.end();
  if (code !== 0) throw new Failure(`${program.stderr}\n${target}: its program ended with ${code}`);
  return { inputs, seconds: elapsed() };
}

async function run() {
  const text = /** @type {const} */ ({ type: 'string' });
  const { values: args } = parseArgs({ options: { seconds: text, count: text, target: { ...text, multiple: true }, seed: text, input: text, coverage: { type: 'boolean' } } });
  const targets = args.target ?? Object.keys(TARGETS);
  const unknown = targets.find((name) => !(name in TARGETS));
  if (unknown !== undefined) throw new Failure(`there is no target '${unknown}'; there are ${Object.keys(TARGETS).join(', ')}`);
  const [seconds, count, seed] = [args.seconds, args.count, args.seed].map((value) => value === undefined ? undefined : Number(value));
  if (targets.some((name) => TARGETS[name].isC)) await buildPreset(args.coverage ? 'coverage' : 'sanitize', 'fuzzers');
  if (args.coverage) forgetCounts();
  const scripts = args.coverage ? mkdtempSync(join(tmpdir(), 'bellhop-fuzz-')) : undefined;
  const how = { seconds: seconds ?? (count === undefined ? 10 : undefined), count, isCovered: args.coverage, env: scripts === undefined ? undefined : { NODE_V8_COVERAGE: scripts } };
  for (const target of targets) {
    const used = seed ?? Date.now() % 1e9;
    const { inputs, seconds: took } = await fuzz(target, { ...how, seed: used, input: args.input === undefined ? undefined : new Uint8Array(readFileSync(args.input)) });
    say(`${target.padEnd(10)} ${inputs.toLocaleString('en').padStart(9)} inputs in ${took.toFixed(1)} s, seed ${used}: nothing failed`);
  }
  if (scripts === undefined) return;
  const of = (/** @type {boolean} */ isC) => targets.filter((name) => Boolean(TARGETS[name].isC) === isC).flatMap((name) => TARGETS[name].parsers);
  for (const { file, covered, lines } of [...coverageOfC(of(true)), ...coverageOfScripts(scripts, of(false))]) {
    say(`${file.padEnd(32)} ${(100 * covered / lines).toFixed(1).padStart(5)} % of ${lines} lines`);
  }
  rmSync(scripts, { recursive: true });
}

if (isEntry(import.meta.url)) await main(run);
