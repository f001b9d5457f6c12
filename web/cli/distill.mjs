// SPDX-License-Identifier: MIT
// `bellhop distill`: a teacher's values into a smaller policy network.
import { load } from '../node/node.mjs';
import { findAlgo } from '../lib/setup.mjs';
import { UsageError, hyperparameterFlags, inFlags, numberFlag, optionsFrom, readArguments, wholeNumberFlag } from './args.mjs';
import { checkFolder, keptText, whereIn } from './claim.mjs';
import { FILES } from './contents.mjs';
import { DivergedError, interruptible, noteStop } from './ending.mjs';
import { registerFile } from './env-file.mjs';
import { openModel } from './files.mjs';
import { OutputFolder } from './folder.mjs';
import { Progress, number, print, printJson, printTable } from './output.mjs';
import { createRng } from '../lib/random.mjs';
import { modelPlayer, record } from './play.mjs';
import { learn } from './training.mjs';

/** @typedef {import('../bellhop.js').Model} Model */

export const summary = 'Train a small policy from a large model';
export const help = `Usage: bellhop distill TEACHER.safetensors [--net-arch SIZES] [--out DIR [--overwrite]]
                       [--episodes N] [--epsilon E] [--temperature T] [--env FILE.mjs] [--json] [--HYPERPARAMETER VALUE ...]

TEACHER is a file, or a folder that bellhop train wrote, whose best parameters count.

Policy distillation (Rusu et al. 2016): the teacher plays, and a student, whose hyperparameters are those of
bellhop options clone, learns softmax(values / T) of the states it saw. Then both are scored.

  --net-arch SIZES   hidden layers of the student (default 16)
  --out DIR          write metrics.csv, config.json and the student there, as bellhop train does
  --overwrite        replace the run that --out has, once the new one is complete; no other files
  --episodes N       that the teacher plays (default 50)
  --epsilon E        how many of its actions are random, so that the student sees more states (default 0.05)
  --temperature T    above 0: less is closer to the teacher's best action alone (default 0.1)
  --env FILE         where its environment is, if it was trained in one of your own
  --json             one JSON object

  bellhop distill runs/cartpole/best_model.safetensors --net-arch 8 --out runs/small
`;

const OWN = ['out', 'overwrite', 'episodes', 'epsilon', 'env', 'json'];

/** @param {string[]} argv */
export async function run(argv) {
  const bh = await load();
  const fields = [...bh.catalog.run, ...findAlgo(bh.catalog, 'clone').options];
  const own = OWN.map((name) => /** @type {[string, 'boolean' | 'string']} */ ([name, ['json', 'overwrite'].includes(name) ? 'boolean' : 'string']));
  const names = new Set(fields.map(({ name }) => name.replaceAll('_', '-')));
  const known = [...hyperparameterFlags(bh.catalog)].filter(([name]) => names.has(name));
  const { flags, positionals } = readArguments(argv, new Map([...known, ...own]), bh.catalog);
  if (positionals.length !== 1) throw new UsageError('distill takes one file: bellhop distill TEACHER.safetensors');
  const folder = outputOf(flags);
  const episodes = wholeNumberFlag('episodes', flags.get('episodes'), 1, 1_000_000) ?? 50;
  const epsilon = numberFlag('epsilon', flags.get('epsilon'), 0, 1) ?? 0.05;
  /** @type {import('../bellhop.js').CloneOptions} */
  const options = { netArch: [16], temperature: 0.1, ...optionsFrom(flags, fields) };
  if (options.temperature === 0) throw new UsageError('--temperature is 0, but must be above; the teacher\'s actions alone are for bellhop record and bellhop clone');
  if (flags.has('env')) await registerFile(bh, String(flags.get('env')));
  const teacher = openModel(bh, positionals[0]);
  const env = bh.make(teacher.env.id, teacher.env.options);
  const seed = Number(options.seed ?? 0);
  /** @type {Model | undefined} */
  let student;
  try {
    student = inFlags(fields, '', () => {
      const random = createRng(seed);
      const demonstrations = record(env, modelPlayer(teacher, teacher.algo), { episodes, seed, epsilon, random });
      return new bh.Clone(env, { ...options, demonstrations });
    });
    return await teach(student, teacher, { ...folder, json: flags.has('json') });
  } finally {
    [teacher, env, student].forEach((each) => each?.dispose());
  }
}

/** Checked before the teacher plays. @param {ReadonlyMap<string, string | true>} flags */
function outputOf(flags) {
  const [given, overwrite] = [flags.get('out'), flags.has('overwrite')];
  const out = given === undefined ? undefined : String(given);
  if (out !== undefined) checkFolder(out, { overwrite });
  else if (overwrite) throw new UsageError('--overwrite is for --out DIR');
  return { out, overwrite };
}

/** @param {Model} student @param {Model} teacher @param {{ out?: string, overwrite: boolean, json: boolean }} how @returns {Promise<number>} */
function teach(student, teacher, { out, overwrite, json }) {
  const folder = out === undefined ? undefined : new OutputFolder(out, { overwrite });
  const progress = json ? null : new Progress();
  return interruptible(async (signal) => {
    try {
      folder?.begin(student);
      const { failure } = await learn(student, folder, { signal, onProgress: (now) => progress?.show(now) });
      progress?.end();
      const kept = out === undefined ? '' : keptText(out);
      if (failure !== undefined) throw new Error([`seed ${student.options.seed}: ${failure}`, kept].filter((text) => text !== '').join('; '));
      await report(student, teacher, { out, json });
      if (student.diverged && !signal.aborted) throw new DivergedError(`seed ${student.options.seed}`);
      if (kept !== '') noteStop(signal, kept);
    } finally {
      folder?.close();
    }
    return 0;
  });
}

/** Numbers the network has. @param {Model} model */
function size(model) {
  return Object.values(model.parameters()).reduce((sum, { data }) => sum + data.length, 0);
}

/** Both play the same episodes. @param {Model} student @param {Model} teacher @param {{ out?: string, json: boolean }} how */
async function report(student, teacher, { out, json }) {
  const scores = { student: await student.evaluateAsync(), teacher: await teacher.evaluateAsync({ episodes: Number(student.options.finalEvalEpisodes) }) };
  const [own, theirs] = [size(student), size(teacher)];
  if (json) {
    printJson({
      type: 'distillation', env: student.env.id, algo: teacher.algo, seed: Number(student.options.seed), transitions: Number(student.options.demoCapacity),
      temperature: Number(student.options.temperature), teacher_parameters: theirs, student_parameters: own,
      'teacher/mean_reward': scores.teacher.mean, 'teacher/std_reward': scores.teacher.std,
      'student/mean_reward': scores.student.mean, 'student/std_reward': scores.student.std, params_sha256: student.sha256(),
    });
    return;
  }
  const row = (/** @type {string} */ who, /** @type {number} */ n, /** @type {import('../bellhop.js').Score} */ score) =>
    [who, number(n), `${number(score.mean)} ± ${number(score.std)}`];
  print(`${student.env.id} · ${teacher.algo} distilled · ${number(Number(student.options.demoCapacity))} states, temperature ${student.options.temperature}`);
  printTable([['', 'parameters', `return over ${scores.student.episodes} greedy episodes`], row('teacher', theirs, scores.teacher), row('student', own, scores.student)]);
  print(`the student has ${number(100 * own / theirs, 1)} % of the teacher's parameters`);
  if (out !== undefined) print(`written     ${FILES.join(', ')} in ${whereIn(out)}`);
}
