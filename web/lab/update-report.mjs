// SPDX-License-Identifier: MIT
// What an update did, read off its numbers (docs/updates.md): for the microscope, and without a document.

/** @typedef {import('../bellhop.js').UpdateNumbers} UpdateNumbers */
/**
 * An update of one value of a table: old + α (y − old) = new, y = r + γ next.
 * @typedef {object} TableUpdate
 * @property {'table'} kind
 * @property {number} state @property {number} action
 * @property {number} r @property {number} discount  γ, 0 where nothing follows
 * @property {number} nextState
 * @property {'max' | 'taken' | 'mean' | 'other'} how  what stands for the value of what follows: the largest, the action's that is taken, the policy's mean, the other table's
 * @property {number} next @property {number | null} bonus  added to next
 * @property {'A' | 'B' | ''} table   of Double Q-learning, which one is updated
 * @property {number} y @property {number} old @property {number} td @property {number} alpha @property {number} now
 */
/**
 * One transition of a batch.
 * @typedef {object} Row
 * @property {number} action   -1 where it is numbers
 * @property {number[]} box    those
 * @property {number | null} r @property {number | null} discount
 * @property {number | null} old       the value of the action, or the log-probability of a policy
 * @property {number | null} y         what it is pulled towards
 * @property {number} error     TD error; of distributions the loss; of policies the advantage
 * @property {number | null} weight
 */
/** @typedef {{ mean: number, std: number, most: number }} Spread  most: the largest size */
/**
 * An update on a batch.
 * @typedef {object} BatchUpdate
 * @property {'batch'} kind
 * @property {'td' | 'loss' | 'advantage'} of  what the errors are
 * @property {Row[]} rows
 * @property {Spread} errors
 * @property {{ norm: number, scale: number | null }} gradient  scale: what clipping multiplied it with
 * @property {number} learningRate
 * @property {number | null} distance  of online and target network
 * @property {Spread | null} ratios    of PPO: the new policy's probabilities over the old one's
 * @property {number | null} entCoef   of SAC
 * @property {boolean} isFirstCritic   the errors are those of the first of two critics
 */
/** A sweep or an improvement of planning. @typedef {{ kind: 'sweep', changed: number, states: number, most: number | null, gamma: number | null }} SweepUpdate */
/** @typedef {TableUpdate | BatchUpdate | SweepUpdate} Report */

/** @param {ArrayLike<number>} values @returns {Spread} */
export function spreadOf(values) {
  const n = values.length;
  let sum = 0, most = 0;
  for (let i = 0; i < n; i++) {
    sum += values[i];
    most = Math.max(most, Math.abs(values[i]));
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, std: Math.sqrt(squares / n), most };
}

/** The first of the largest. @param {ArrayLike<number>} values */
function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** What an update of any algorithm did; null where this knows nothing of its numbers. @param {UpdateNumbers} update @returns {Report | null} */
export function reportOf(update) {
  if (update.q_new && update.s_tm1) return tableReport(update);
  if (update.q && (update.q_new || update.policy_new)) return sweepReport(update);
  return update.grad_norm ? batchReport(update) : null;
}

/** @param {UpdateNumbers} update @returns {TableUpdate} */
function tableReport(update) {
  const one = (/** @type {string} */ name) => update[name].data[0];
  const bonus = update.bonus_t ? one('bonus_t') : null;
  const { how, next } = followingOf(update);
  const old = update.q_tm1.data[one('a_tm1')];
  return {
    kind: 'table', state: one('s_tm1'), action: one('a_tm1'), r: one('r_t'), discount: one('discount_t'), nextState: one('s_t'), how, next, bonus, table: update.table ? (one('table') === 0 ? 'A' : 'B') : '',
    y: one('r_t') + one('discount_t') * (next + (bonus ?? 0)), old, td: one('td'), alpha: one('learning_rate'), now: one('q_new'),
  };
}

/** What stands for the value of what follows. @param {UpdateNumbers} update @returns {{ how: TableUpdate['how'], next: number }} */
function followingOf({ q_t: { data: q }, a_t: taken, q_t_choose: choosing, probs_t: policy }) {
  if (taken) return { how: 'taken', next: q[taken.data[0]] };
  if (choosing) return { how: 'other', next: q[argmax(choosing.data)] };
  if (policy) return { how: 'mean', next: policy.data.reduce((sum, p, a) => sum + p * q[a], 0) };
  return { how: 'max', next: q[argmax(q)] };
}

/** @param {UpdateNumbers} update @returns {SweepUpdate} */
function sweepReport({ q, q_new: values, policy, policy_new: better, change, gamma }) {
  const [states, A] = q.shape, [before, after] = values ? [q, values] : [policy, better];
  let changed = 0;
  for (let s = 0; s < states; s++) {
    for (let a = 0; a < A; a++) {
      if (before.data[s * A + a] === after.data[s * A + a]) continue;
      changed++;
      break;
    }
  }
  return { kind: 'sweep', changed, states, most: change?.data[0] ?? null, gamma: gamma?.data[0] ?? null };
}

/** @param {UpdateNumbers} update @returns {BatchUpdate} */
function batchReport(update) {
  const [of, errors] = errorsOf(update);
  const number = (/** @type {string} */ name) => update[name]?.data[0] ?? null;
  const ratios = ratiosOf(update);
  return {
    kind: 'batch', of, rows: Array.from(errors, (_, b) => rowOf(update, errors, b)), errors: spreadOf(errors),
    gradient: { norm: update.grad_norm.data[0], scale: number('clip_scale') }, learningRate: update.learning_rate.data[0], distance: number('target_distance'),
    ratios: ratios && spreadOf(ratios), entCoef: number('ent_coef'), isFirstCritic: update.q2_tm1 !== undefined,
  };
}

/** @param {UpdateNumbers} update @returns {[BatchUpdate['of'], ArrayLike<number>]} */
function errorsOf({ td, loss_b: losses, target, q1_tm1: q, advantages, a_tm1: actions, box_tm1: boxes }) {
  if (td) return ['td', td.data];
  if (losses) return ['loss', losses.data];
  if (q) return ['td', q.data.map((value, b) => target.data[b] - value)];
  return ['advantage', advantages?.data ?? new Float64Array(actions?.shape[1] ?? boxes?.shape[0] ?? 0)];
}

/** @param {UpdateNumbers} update @param {ArrayLike<number>} errors @param {number} b @returns {Row} */
function rowOf(update, errors, b) {
  const { a_tm1: actions, box_tm1: boxes, r_t: r, discount_t: discount, q_tm1: q, q1_tm1: q1, logits, target, returns, importance } = update;
  const at = (/** @type {import('../bellhop.js').UpdateNumbers[string] | undefined} */ array) => array?.data[b] ?? null;
  const action = actions?.data[b] ?? -1;
  const old = q ? q.data[b * q.shape[1] + action] : q1 ? q1.data[b] : logits ? logProbability(logits, b, action) : null;
  const y = update.td && old !== null ? old + errors[b] : q1 ? target.data[b] : at(returns);
  const box = boxes ? Array.from(boxes.data.subarray(b * boxes.shape[1], (b + 1) * boxes.shape[1])) : [];
  return { action, box, r: at(r), discount: at(discount), old, y, error: errors[b], weight: at(importance) };
}

/** @param {UpdateNumbers[string]} logits @param {number} b @param {number} action */
function logProbability({ shape: [, A], data }, b, action) {
  const row = data.subarray(b * A, b * A + A), top = row[argmax(row)];
  return row[action] - top - Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
}

/** π(a | s) over what it was when the agent acted, of each transition. @param {UpdateNumbers} update */
function ratiosOf({ logits, a_tm1: actions, old_log_prob: old }) {
  return logits && old ? old.data.map((log, b) => Math.exp(logProbability(logits, b, actions.data[b]) - log)) : null;
}
