// Checks the environment, trains on it, writes the best parameters.
import { writeFileSync } from 'node:fs';
import { checkEnv, load } from 'bellhop';
import { Taxi } from './taxi.mjs';

const { warnings } = checkEnv(Taxi); // throws, and says all that is wrong
console.log(`checkEnv: ${warnings.length} warnings`);

const bh = await load();
const model = new bh.DQN(Taxi, { seed: 0, learningRate: 1e-3, learningStarts: 500, trainFreq: 1, targetUpdateInterval: 250, nEnvs: 2, evalFreq: 5000 });
await model.learn({
  totalTimesteps: 20_000,
  onProgress: ({ records }) => {
    for (const { type, timestep, meanReward } of records) if (type === 'eval') console.log(`step ${timestep}: mean return ${meanReward}`);
  },
});
const { mean, std } = model.evaluate({ episodes: 100, which: 'best' });
console.log(`best of them on 100 episodes: ${mean.toFixed(2)} ± ${std.toFixed(2)}`);
writeFileSync('taxi.safetensors', model.save({ which: 'best' }));
console.log(`taxi.safetensors written, parameters ${model.sha256({ which: 'best' }).slice(0, 16)}`);
model.dispose();
