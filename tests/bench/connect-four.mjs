// SPDX-License-Identifier: MIT
// What action masks are worth: DQN in ConnectFour-v0 with the preset's settings, ten seeds, against two opponents, with masks and without
// (there a full column loses). Of each model 1,000 games, greedy: shares won and drawn, and moves proposed that were illegal.
//
//     node tests/bench/connect-four.mjs [--seeds 10] [--games 1000] [--opponents random,greedy] [--last]
//
// The best parameters of the evaluations on the way play, with --last the last ones. Random and minimax of depth 2 meet the same models, too.
import { parseArgs } from 'node:util';
import { load } from '../../web/node/node.mjs';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '10' }, games: { type: 'string', default: '1000' }, opponents: { type: 'string', default: 'random,greedy' }, last: { type: 'boolean', default: false } },
});
const N_SEEDS = Number(values.seeds), N_GAMES = Number(values.games);
const bh = await load();

/** @param {number[]} numbers */
const summary = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b), mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  return `mean ${mean.toFixed(3)}, least ${sorted[0].toFixed(3)}, most ${sorted.at(-1)?.toFixed(3)}`;
};

/** Games of a model. @param {any} model @param {string} opponent @param {boolean} mask */
function play(model, opponent, mask) {
  const env = bh.make('ConnectFour-v0', { opponent, mask });
  let won = 0, drawn = 0, moves = 0, illegal = 0;
  let [obs, info] = env.reset({ seed: 12345 });
  for (let game = 0; game < N_GAMES;) {
    const action = model.predict(obs, mask ? { actionMask: info.action_mask } : {});
    moves++;
    illegal += Number(obs[2 * action] + obs[2 * action + 1] > 0); // the top cell of the column
    const [next, reward, terminated, , after] = env.step(action);
    [obs, info] = [next, after];
    if (!terminated) continue;
    won += Number(reward === 1);
    drawn += Number(reward === 0);
    game++;
    [obs, info] = env.reset();
  }
  env.dispose();
  return { won: won / N_GAMES, drawn: drawn / N_GAMES, moves, illegal };
}

for (const opponent of values.opponents.split(',')) {
  for (const mask of [true, false]) {
    /** @type {Record<string, ReturnType<typeof play>[]>} */
    const results = {};
    for (let seed = 0; seed < N_SEEDS; seed++) {
      const trained = new bh.DQN(bh.make('ConnectFour-v0', { opponent, mask }), { seed });
      await trained.learn();
      const model = values.last ? trained : bh.DQN.load(trained.save({ which: 'best' }));
      for (const other of new Set([opponent, 'random', 'greedy', 'minimax'])) (results[other] ??= []).push(play(model, other, mask));
      model.dispose();
      trained.dispose();
    }
    for (const [other, rows] of Object.entries(results)) {
      const total = (/** @type {'moves' | 'illegal'} */ key) => rows.reduce((sum, row) => sum + row[key], 0);
      console.log(`trained against ${opponent}, ${mask ? 'masked' : 'unmasked'}, ${N_SEEDS} seeds, played against ${other === 'minimax' ? 'minimax of depth 2' : other}: won ${summary(rows.map(({ won }) => won))}; drawn ${summary(rows.map(({ drawn }) => drawn))}; ${total('illegal')} of ${total('moves')} moves illegal`);
    }
  }
}
