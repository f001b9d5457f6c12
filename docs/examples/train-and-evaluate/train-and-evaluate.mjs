// Trains DQN and PPO on CartPole with three seeds each, saves the best parameters of every run, loads and evaluates them, and writes
// two tables: returns.csv has every training episode, scores.csv one row per run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { load } from 'bellhop';

const ALGOS = { dqn: 8_000, ppo: 16_000 };
const SEEDS = [0, 1];
const OUT = 'runs';

const bh = await load({ text: false });
mkdirSync(OUT, { recursive: true });

/** One run: trained, saved, loaded again, scored. @returns its rows for both tables */
async function run(algo, seed, totalTimesteps) {
  const env = bh.make('CartPole-v1');
  const model = new bh.models[algo](env, { seed, totalTimesteps });
  const episodes = [];
  await model.learn({ onProgress: ({ records }) => void episodes.push(...records.filter(({ type }) => type === 'episode')) });
  const file = `${OUT}/${algo}-${seed}.safetensors`;
  writeFileSync(file, model.save({ which: 'best' }));
  const saved = bh.loadModel(readFileSync(file), env);
  const { mean, std, min } = saved.evaluate({ episodes: 100, seed: 1000 + seed });
  console.log(`${algo} seed ${seed}: ${episodes.length} episodes, then ${mean.toFixed(1)} ± ${std.toFixed(1)} greedily`);
  const rows = {
    returns: episodes.map((episode) => [algo, seed, episode.timestep, episode.return, episode.length]),
    scores: [[algo, seed, totalTimesteps, mean, std, min, saved.sha256()]],
  };
  [env, model, saved].forEach((each) => each.dispose());
  return rows;
}

/** @param {string} name @param {string} header @param {unknown[][]} rows */
const writeCsv = (name, header, rows) => writeFileSync(`${OUT}/${name}.csv`, `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`);

const runs = [];
for (const [algo, totalTimesteps] of Object.entries(ALGOS)) {
  for (const seed of SEEDS) runs.push(await run(algo, seed, totalTimesteps));
}
writeCsv('returns', 'algo,seed,timestep,return,length', runs.flatMap(({ returns }) => returns));
writeCsv('scores', 'algo,seed,total_timesteps,mean,std,min,sha256', runs.flatMap(({ scores }) => scores));
