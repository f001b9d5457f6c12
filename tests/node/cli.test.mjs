// SPDX-License-Identifier: MIT
// The command line as people use it: every command in a process of its own, its output, its files, its exit code.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { number } from '../../web/cli/output.mjs';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-cli-'));
after(() => rmSync(folder, { recursive: true }));
const { CLI, bellhop, refused, readOnce } = cli(folder);

test('envs --json: one object per line', () => {
  const { status, json } = bellhop('envs', '--json');
  assert.equal(status, 0);
  const envs = json();
  for (const env of envs) {
    assert.deepEqual(Object.keys(env), ['id', 'observation_space', 'action_space', 'reward_threshold', 'max_episode_steps']);
  }
  const cart = envs.find(({ id }) => id === 'CartPole-v1');
  assert.deepEqual([cart.action_space, cart.reward_threshold, cart.max_episode_steps], [{ type: 'Discrete', n: 2 }, 475, 500]);
  assert.deepEqual([cart.observation_space.shape, cart.observation_space.high[1]], [[4], 'Infinity']);
});

test('help, version, tables', () => {
  assert.equal(bellhop('--version').stdout, `${JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version}\n`);
  assert.match(bellhop('--help').stdout, /train .*\n.*compare .*\n.*sweep .*\n.*study .*\n.*agent .*\n.*queue .*\n.*eval/);
  for (const command of ['envs', 'options', 'train', 'compare', 'sweep', 'study', 'agent', 'queue', 'eval']) {
    const { status, stdout } = bellhop(command, '--help');
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Usage: bellhop ${command}`));
  }
  assert.match(bellhop('envs').stdout, /CartPole-v1 +Box\(4\) +Discrete\(2\) +475 +500 +Balance a pole/);
  assert.match(bellhop('options', 'dqn').stdout, /--learning-rate\* +0.0001 +0 to 10/);
  assert.match(bellhop('options', 'GridWorld-v0').stdout, /--env-map[^]*--gamma\* +0.9 /);
  assert.match(bellhop().stderr, /^Usage/);
});

test('train --json --out: lines, summary, files; --config gives the same run; eval the same score', () => {
  const first = bellhop('train', 'GridWorld-v0', '--seed', '5', '--total-timesteps', '2000', '--env-map', 'S../.T./..G',
    '--env-slip=0.1', '--learning-rate', '0.002', '--double-q', '--net-arch', '16,16', '--eval-freq', '250',
    '--out', 'a/b', '--json');
  assert.equal(first.status, 0, first.stderr);
  const lines = first.json();
  const summary = lines.at(-1);
  assert.deepEqual([summary.type, summary.env, summary.algo, summary.seed, summary.total_timesteps], ['summary', 'GridWorld-v0', 'dqn', 5, 2000]);
  for (const name of ['eval/mean_reward', 'eval/std_reward', 'final/mean_reward', 'final/std_reward', 'time/seconds', 'time/fps']) {
    assert.equal(typeof summary[name], 'number', name);
  }
  assert.match(summary.params_sha256, /^[0-9a-f]{64}$/);
  assert.ok('solved_at_timestep' in summary);
  const count = (/** @type {string} */ type) => lines.filter((line) => line.type === type).length;
  assert.deepEqual([count('eval'), count('train'), count('summary'), count('episode')], [8, 20, 1, summary.episodes]);
  assert.equal(lines.find(({ type }) => type === 'train')['train/loss'], null, 'nothing was learned before learning_starts');

  assert.deepEqual(readdirSync(join(folder, 'a/b')).sort(), ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors']);
  const [heading, ...rows] = readFileSync(join(folder, 'a/b/metrics.csv'), 'utf8').trim().split('\n');
  assert.match(heading, /^type,time\/total_timesteps,.*eval\/mean_reward/);
  assert.equal(rows.length, lines.length - 1);
  assert.ok(rows.every((row) => row.split(',').length === heading.split(',').length && !row.includes('NaN')));
  const config = JSON.parse(readFileSync(join(folder, 'a/b/config.json'), 'utf8'));
  assert.deepEqual([config.env, config.algo, config.options.learning_rate, config.options.net_arch, config.options.double_q, config.env_options.slip],
    ['GridWorld-v0', 'dqn', 0.002, [16, 16], true, 0.1]);

  const again = bellhop('train', '--config', 'a/b/config.json', '--out', 'c', '--json').json().at(-1);
  assert.equal(again.params_sha256, summary.params_sha256);
  assert.deepEqual(readFileSync(join(folder, 'c/best_model.safetensors')), readFileSync(join(folder, 'a/b/best_model.safetensors')));
  const other = bellhop('train', 'GridWorld-v0', '--config', 'a/b/config.json', '--seed', '6', '--json').json().at(-1);
  assert.deepEqual([other.seed, other.params_sha256 === summary.params_sha256], [6, false]);

  for (const [file, key] of [['best_model', 'eval'], ['model', 'final']]) {
    const [score] = bellhop('eval', `a/b/${file}.safetensors`, '--json').json();
    assert.deepEqual([score['eval/mean_reward'], score['eval/std_reward'], score.episodes],
      [summary[`${key}/mean_reward`], summary[`${key}/std_reward`], 100]);
  }
  const [few] = bellhop('eval', 'a/b/model.safetensors', '--episodes', '3', '--seed', '8', '--json').json();
  assert.deepEqual([few.episodes, few.seed], [3, 8]);
  assert.match(bellhop('eval', 'a/b/model.safetensors').stdout, /mean .* std .* min .* max /);
});

test('--preset: a preset of the algorithm under the flags; in config.json too; the tables\' defaults', () => {
  const train = ['train', 'CartPole-v1', '--total-timesteps', '600', '--eval-freq', '0', '--final-eval-episodes', '1', '--json'];
  const first = bellhop(...train, '--preset', 'rainbow', '--n-steps', '5', '--out', 'rainbow');
  assert.equal(first.status, 0, first.stderr);
  const readConfig = (/** @type {string} */ name) => JSON.parse(readFileSync(join(folder, name, 'config.json'), 'utf8')).options;
  const options = readConfig('rainbow');
  assert.deepEqual([options.preset, options.dueling, options.distribution, options.n_steps, options.v_max], ['rainbow', true, 'categorical', 5, 100]);
  const hash = first.json().at(-1).params_sha256;
  const again = bellhop('train', '--config', 'rainbow/config.json', '--out', 'rainbow-again', '--json');
  assert.equal(again.json().at(-1).params_sha256, hash);
  assert.deepEqual(readConfig('rainbow-again'), options);
  writeFileSync(join(folder, 'by-hand.json'), JSON.stringify({ env: 'CartPole-v1', options: { preset: 'rainbow', n_steps: 5 } }));
  assert.equal(bellhop(...train, '--config', 'by-hand.json').json().at(-1).params_sha256, hash);
  const seeds = bellhop(...train, '--preset', 'rainbow', '--n-steps', '5', '--seeds', '0-1', '--jobs', '1').json();
  assert.equal(seeds[0].params_sha256, hash);

  assert.equal(bellhop(...train, '--preset', 'false', '--out', 'plain').status, 0);
  const fields = bellhop('options', 'dqn').stdout;
  const plain = readConfig('plain');
  assert.deepEqual([plain.preset, plain.dueling], [false, false]);
  assert.match(fields, new RegExp(`--buffer-size +${plain.buffer_size} `));
  assert.ok(!('preset' in readConfig('a/b')), 'where none is named');
});

test('options: what the presets of an algorithm set, in an environment with its own rows', () => {
  const all = bellhop('options', 'dqn').stdout.split('dqn --preset rainbow: what it sets\n')[1];
  assert.match(all, /--dueling +true +true, false/);
  assert.ok(!all.split('\n\n')[1].includes('--v-max'));
  const here = bellhop('options', 'CartPole-v1').stdout.split('dqn --preset rainbow on CartPole-v1: what it changes\n')[1];
  assert.match(here, /--dueling +true[^]*--v-max +100 /);
  assert.match(bellhop('options').stdout, /dqn --preset rainbow/);
  assert.ok(!bellhop('options', 'ppo').stdout.includes('--preset'));
});

test('train for people', () => {
  const { status, stdout } = bellhop('train', 'GridWorld-v0', '--algo', 'value-iteration', '--total-timesteps', '1000');
  assert.equal(status, 0);
  assert.match(stdout, /GridWorld-v0 · value-iteration · seed 0 · 1,000 steps/);
  assert.match(stdout, /best +1 ± 0 over 100 greedy episodes/);
  assert.ok(!stdout.includes('\x1b') && !stdout.includes('\r'), 'no terminal codes where there is no terminal');
});

test('commands that were typed wrongly exit with 2 and one line', () => {
  refused(['trian'], 2, /did you mean 'train'/);
  refused(['toString'], 2, /unknown command/);
  refused(['train'], 2, /needs an environment/);
  refused(['train', 'CartPole-v2'], 2, /did you mean 'CartPole-v1'/);
  refused(['train', 'CartPole-v1', 'x'], 2, /one environment/);
  refused(['train', 'CartPole-v1', '--algo', 'dqm'], 2, /did you mean 'dqn'/);
  refused(['train', 'CartPole-v1', '--learning-rat', '1'], 2, /did you mean '--learning-rate'/);
  refused(['train', 'CartPole-v1', '--learning_rate', '1'], 2, /did you mean '--learning-rate'/);
  refused(['train', 'CartPole-v1', '-x'], 2, /unknown flag -x/);
  refused(['train', 'CartPole-v1', '--learning-rate'], 2, /--learning-rate needs a value/);
  refused(['train', 'CartPole-v1', '--learning-rate', '--json'], 2, /--learning-rate needs a value/);
  refused(['train', 'CartPole-v1', '--learning-rate', 'fast'], 2, /--learning-rate is 'fast', but must be a number/);
  refused(['train', 'CartPole-v1', '--learning-rate', '-1', '--json'], 2, /--learning-rate is -1, but must be between 0 and 10/);
  refused(['train', 'CartPole-v1', '--learning-rate', 'NaN'], 2, /--learning-rate is NaN/);
  refused(['train', 'CartPole-v1', '--net-arch', '64,x'], 2, /--net-arch is '64,x'/);
  refused(['train', 'CartPole-v1', '--net-arch', '64,,64'], 2, /--net-arch is '64,,64', but a size is missing/);
  refused(['train', 'CartPole-v1', '--net-arch', '64,'], 2, /--net-arch is '64,', but a size is missing/);
  for (const args of [['--double-q', 'yes'], ['--double-q=yes'], ['--double-q', 'True']]) {
    refused(['train', 'CartPole-v1', ...args], 2, /^bellhop: DQN: --double-q is '(yes|True)', but must be true or false\n/);
  }
  refused(['train', 'CartPole-v1', '--seed', '-1'], 2, /--seed is -1/);
  refused(['train', 'CartPole-v1', '--loss', 'l1'], 2, /--loss is 'l1', but must be one of huber, mse/);
  refused(['train', 'CartPole-v1', '--preset'], 2, /--preset needs a value/);
  refused(['train', 'CartPole-v1', '--preset', 'rainbo'], 2, /unknown preset 'rainbo' of dqn; known: rainbow/);
  refused(['train', 'CartPole-v1', '--preset', 'rainbo', '--seeds', '0-3'], 2, /unknown preset 'rainbo' of dqn; known: rainbow/);
  refused(['train', 'GridWorld-v0', '--algo', 'sarsa', '--preset', 'rainbow'], 2, /sarsa has no presets/);
  refused(['train', 'CartPole-v1', '--initial-q', '1'], 2, /dqn has no option --initial-q/);
  refused(['train', 'CartPole-v1', '--env-map', 'S'], 2, /CartPole-v1 has no option --env-map/);
  refused(['train', 'GridWorld-v0', '--env-map', '...'], 2, /--env-map/);
  refused(['train', 'CartPole-v1', '--algo', 'q-learning'], 2, /Discrete/);
  refused(['envs', '--jsn'], 2, /did you mean '--json'/);
  refused(['options', 'dqnn'], 2, /did you mean 'dqn'/);
  refused(['eval'], 2, /takes one file/);
  refused(['eval', 'x', '--episodes', '0'], 2, /--episodes is '0'/);
});

test('a flag is only suggested where it exists', () => {
  refused(['train', 'CartPole-v1', '--env-mapp', 'S'], 2, /^bellhop: unknown flag --env-mapp\n/);
  refused(['train', '--env-mapp', 'S', 'GridWorld-v0'], 2, /did you mean '--env-map'/);
  refused(['train', '--env-mapp', 'S'], 2, /did you mean '--env-map'/);
  refused(['train', './mine.mjs', '--env-mapp', 'S'], 1, /^bellhop: \.\/mine\.mjs does not exist\n/); // which flags it has, the file says
  refused(['train', 'CartPole-v1', '--clip-rang', '1'], 2, /^bellhop: unknown flag --clip-rang\n/);
  refused(['train', 'CartPole-v1', '--algo', 'ppo', '--clip-rang', '1'], 2, /did you mean '--clip-range'/);
  refused(['record', 'CartPole-v1', '--env-mapp', 'S'], 2, /^bellhop: unknown flag --env-mapp\n/);
  refused(['compare', 'CartPole-v1', '--vary', 'env-mapp=a,b'], 2, /^bellhop: --vary: unknown option 'env-mapp'\n/);
  refused(['compare', 'GridWorld-v0', '--vary', 'env-mapp=a,b'], 2, /did you mean 'env-map'/);
});

test('the progress line has the letter of the exploration; thresholds are short', () => {
  const line = (/** @type {string} */ exploration) => bellhop('train', 'CartPole-v1', '--total-timesteps', '1500', '--log-freq', '1', '--final-eval-episodes', '1', '--exploration', exploration).stdout;
  for (const [exploration, letter] of [['epsilon-greedy', 'ε'], ['boltzmann', 'T'], ['gaussian', 'σ'], ['ucb', 'c']]) {
    assert.match(line(exploration), new RegExp(`steps(?: .*)? {2}${letter} [\\d.]+ {2}`), exploration);
  }
  assert.match(bellhop('envs').stdout, / 0\.512943 /);
  assert.ok(!/\d\.\d{7}/.test(bellhop('envs').stdout));
});

test('files that are not there or not what they should be', () => {
  writeFileSync(join(folder, 'broken.json'), '{');
  writeFileSync(join(folder, 'odd.json'), '{"env":"CartPole-v1","options":{"learning_rat":1}}');
  writeFileSync(join(folder, 'grid.json'), '{"env":"GridWorld-v0"}');
  writeFileSync(join(folder, 'not.safetensors'), 'nothing of the kind');
  refused(['train', '--config', 'grid.json', '--preset', 'rainbow'], 2, /--preset and --config exclude each other/);
  refused(['train', '--config', 'none.json'], 2, /none.json does not exist/);
  refused(['train', '--config', 'broken.json'], 2, /broken.json could not be read/);
  refused(['train', '--config', 'odd.json'], 2, /'learning_rat'; did you mean 'learning_rate'/);
  refused(['train', 'CartPole-v1', '--config', 'grid.json'], 2, /is for 'GridWorld-v0'/);
  refused(['train', 'CartPole-v1', '--out', 'broken.json'], 1, /--out broken.json cannot be written to/);
  refused(['eval', 'none.safetensors'], 1, /none.safetensors does not exist/);
  refused(['eval', 'not.safetensors'], 1, /not.safetensors: .*safetensors/);
  refused(['eval', '.'], 1, /\. is a folder without a model/);
});

test('Ctrl-C stops a run, which still writes its files and its summary, and exits with 130', async () => {
  const child = spawn(process.execPath, [CLI, 'train', 'CartPole-v1', '--total-timesteps', '2000000000', '--eval-freq', '0',
    '--final-eval-episodes', '1', '--json', '--out', 'stopped'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    if (output === '') child.kill('SIGINT');
    output += text;
  });
  const code = await new Promise((done) => {
    child.on('close', done);
  });
  assert.equal(code, 130);
  const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  assert.equal(summary.type, 'summary');
  assert.ok(summary.total_timesteps > 0 && summary.total_timesteps < 2e9);
  assert.deepEqual(readdirSync(join(folder, 'stopped')).sort(), ['best_model.safetensors', 'checkpoint.safetensors', 'config.json', 'journal.jsonl', 'metrics.csv', 'model.safetensors']);
});

test('a run that diverges comes to its end, is written, and ends with exit code 3 and a sentence; several too', () => {
  const train = ['train', 'CartPole-v1', '--total-timesteps', '400', '--optimizer', 'sgd', '--learning-rate', '10', '--max-grad-norm', '0', '--learning-starts', '50', '--train-freq', '1', '--gradient-steps', '1', '--eval-freq', '0', '--final-eval-episodes', '1'];
  const why = 'diverged: a loss or a parameter is not a finite number; lower --learning-rate, or --max-grad-norm where the algorithm has it\n';
  const one = bellhop(...train, '--out', 'diverged', '--json');
  assert.deepEqual([one.status, one.stderr], [3, `bellhop: seed 0 ${why}`]);
  assert.equal(one.json().at(-1).diverged, true);
  assert.deepEqual(readdirSync(join(folder, 'diverged')).sort(), ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors']);
  assert.match(bellhop(...train).stdout, /^diverged +a loss or a parameter is not a finite number$/m);
  const several = bellhop(...train, '--seeds', '0-1', '--jobs', '2', '--json');
  assert.deepEqual([several.status, several.stderr], [3, `bellhop: seed 0, seed 1 ${why}`]);
  const compared = bellhop('compare', ...train.slice(1).filter((word, i, { [i - 1]: before }) => ![word, before].includes('--learning-rate')), '--vary', 'learning-rate=1e-4,10', '--seeds', '0', '--json');
  assert.deepEqual([compared.status, compared.stderr], [3, `bellhop: learning-rate=10 seed 0 ${why}`]);
  writeFileSync(join(folder, 'cats.txt'), 'the cat sat on the mat.\n'.repeat(30));
  const lm = bellhop('pretrain', 'cats.txt', '--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--context', '8', '--max-steps', '50', '--optimizer', 'sgd', '--learning-rate', '10', '--learning-rate-end', '10', '--max-grad-norm', '0', '--out', 'lm-diverged', '--json');
  assert.deepEqual([lm.status, lm.stderr, lm.json().at(-1).diverged], [3, `bellhop: cats.txt ${why}`, true]);
});

test('the exit codes that bellhop --help lists are those of docs/files.md', () => {
  const { stdout } = bellhop('--help');
  const listed = /Exit codes: ([^]*?)\n\n/.exec(stdout)?.[1].match(/\b\d+\b/g) ?? [];
  const [, table] = /\| what \| exit code \|[^\n]*\n([^]*?)\n\n/.exec(readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8')) ?? [];
  const documented = table.split('\n').slice(1).flatMap((row) => row.replaceAll('\\|', '').split('|')[2].match(/\d+/g) ?? []);
  assert.deepEqual([...listed].sort(), [...new Set(documented)].sort());
});

test('a reader that has had enough ends it quietly, with the exit code of SIGPIPE', async () => {
  assert.deepEqual(await readOnce('train', 'GridWorld-v0', '--total-timesteps', '2000000000', '--json'), { status: 141, stderr: '' });
});

test('numbers are written as toLocaleString writes them', () => {
  const edges = [0, -0, 1.005, -1.005, 0.5, 2.5, -0.004, -0.005, 231.04999999999998, 999.995, 999999.999, 4.9e-7, 9.99999e-7, 999999999.999, 1e9, 1e12, 123456789012.345, 1e21, Infinity, -Infinity];
  for (let digits = 0; digits <= 4; digits++) {
    const { format } = new Intl.NumberFormat('en-US', { maximumFractionDigits: digits, signDisplay: 'negative' });
    const check = (/** @type {number} */ value) => assert.equal(number(value, digits), Number.isFinite(value) ? format(value) : String(value));
    edges.forEach(check);
    for (let i = 1; i <= 2000; i++) {
      const value = 10 ** (i % 19 - 8) * Math.sin(i);
      check(value);
      check(Math.round(value * 100) / 100 + 0.005); // at the edge of two decimals
    }
  }
});
