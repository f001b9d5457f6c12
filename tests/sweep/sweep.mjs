// SPDX-License-Identifier: MIT
// npm run test:sweep, first part: a study over a real Redis and three agents, of which two are ended with SIGKILL at random moments; the Redis goes down
// in the middle, too, and comes back with its append-only file. All runs must be done, each with the bits of this machine alone, none of
// them twice in the table. Prints the figures; exits with 1 where one of them is wrong. Needs the module: npm run build.
//
//     node tests/sweep/sweep.mjs                                200 runs, minutes
//     node tests/sweep/sweep.mjs --trials 6 --seeds 4 --steps 600    what tests/node/queue.test.mjs runs
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setup } from '../../build/setup.mjs';
import { createRng } from '../../web/lib/random.mjs';
import { Command, doneBy, jsonLines, resumedBy, sleep, until } from './farm.mjs';
import { RedisServer } from './redis-server.mjs';

const { values: args } = parseArgs({ options: {
  trials: { type: 'string', default: '40' }, seeds: { type: 'string', default: '5' }, steps: { type: 'string', default: '4000' }, seed: { type: 'string', default: String(Date.now() % 1e6) },
} });
const [TRIALS, SEEDS, STEPS] = [args.trials, args.seeds, args.steps].map(Number);
const JOBS = TRIALS * SEEDS;
const AGENTS = 3;
const random = createRng(Number(args.seed));
const folder = mkdtempSync(join(tmpdir(), 'bellhop-sweep-'));
const study = join(folder, 'study.json');
writeFileSync(study, JSON.stringify({
  name: 'farm', env: 'CartPole-v1', algo: 'dqn', method: 'random', run_cap: TRIALS, seeds: `0-${SEEDS - 1}`, parallel: TRIALS,
  options: { totalTimesteps: STEPS, evalFreq: STEPS / 2, nEvalEpisodes: 2 }, parameters: { learningRate: { min: 1e-4, max: 1e-2, distribution: 'log_uniform' }, netArch: { values: [[16], [32], [32, 32]] } },
}));

/** @type {string[]} */
const problems = [];
/** @param {boolean} isSo @param {string} what */
const require = (isSo, what) => void (isSo || problems.push(what));
/** @param {number} since */
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);

await setup(['redis']);
let since = performance.now();
const alone = new Command(['sweep', study, '--out', join(folder, 'alone')]);
require(await alone.ended === 0, `the sweep on this machine failed: ${alone.stderr}`);
const aloneSeconds = seconds(since);

const redis = await RedisServer.start();
since = performance.now();
const agents = Array.from({ length: AGENTS }, (_, i) => new Command(['agent', redis.url, '--jobs', '1', '--name', `agent-${i + 1}`, '--work', join(folder, `work-${i + 1}`), '--stalled-after', '3', '--checkpoint-interval', '1']));
const out = join(folder, 'farm');
const sweep = new Command(['sweep', study, '--out', out, '--queue', redis.url]);

/** What happens, each when so many runs have a result. */
const moments = [0.1, 0.3, 0.5].map((share) => Math.max(1, Math.floor(JOBS * (share + 0.15 * random()))));
const acts = [
  ['agent-1 is killed', () => agents[0].kill()],
  ['the Redis goes down for a second', async () => {
    await redis.stop('SIGKILL');
    await sleep(1000);
    await redis.start();
  }],
  ['agent-2 is killed', () => agents[1].kill()],
];
for (const [i, [what, act]] of acts.entries()) {
  await until(() => sweep.isOver || jsonLines(join(out, 'results.jsonl')).length >= moments[i], `${moments[i]} runs`, 600);
  require(!sweep.isOver, `the sweep was over before ${what}`);
  console.log(`${seconds(since).padStart(7)} s  ${String(jsonLines(join(out, 'results.jsonl')).length).padStart(4)} runs are done: ${what}`);
  await (/** @type {() => Promise<unknown>} */ (act))();
}
const code = await sweep.ended;
const farmSeconds = seconds(since);
require(code === 0, `the sweep ended with ${code}: ${sweep.stderr}`);
require(await agents[2].kill('SIGTERM') === 143, `agent-3 ended otherwise than by SIGTERM: ${agents[2].stderr}`);
await redis.end();

const results = jsonLines(join(out, 'results.jsonl')).filter((line) => line.id !== undefined);
const expected = new Map(jsonLines(join(folder, 'alone', 'results.jsonl')).filter((line) => line.id !== undefined).map((line) => [line.id, line]));
const ids = new Set(results.map(({ id }) => id));
const same = results.filter(({ id, fingerprint, score }) => expected.get(id)?.fingerprint === fingerprint && expected.get(id)?.score === score).length;
require(expected.size === JOBS, `${expected.size} runs of this machine, not ${JOBS}`);
require(ids.size === JOBS, `${ids.size} of ${JOBS} runs are done`);
require(results.length === ids.size, `${results.length - ids.size} runs are in the table twice`);
require(same === results.length, `${results.length - same} runs have other bits than on this machine`);
for (const name of ['trials.csv', 'jobs.csv']) require(readFileSync(join(out, name)).equals(readFileSync(join(folder, 'alone', name))), `${name} is another`);
const ran = agents.map(doneBy);
console.log(`${JOBS} runs of ${STEPS} steps: alone ${aloneSeconds} s; over a Redis and ${AGENTS} agents, two of them killed, ${farmSeconds} s`);
console.log(`${ids.size} of ${JOBS} done, ${same} with the fingerprint of this machine alone, ${results.length - ids.size} twice in the table; agents did ${ran.join(' + ')} = ${ran.reduce((a, b) => a + b)}, and went on with ${agents.map(resumedBy).reduce((a, b) => a + b)} of others`);
problems.forEach((problem) => console.log(problem));
console.log(problems.length === 0 ? 'the sweep is whole' : `${problems.length} problems (--seed ${args.seed}); what there is is in ${folder}`);
if (problems.length === 0) rmSync(folder, { recursive: true });
process.exitCode = problems.length === 0 ? 0 : 1;
