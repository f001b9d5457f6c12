// SPDX-License-Identifier: MIT
// Words of playing an environment yourself, in English; fetched with it. zh-play.mjs has the same keys and {places}.
export default {
  'you.keys': 'Your actions',
  'you.ready': 'Choose an action to begin.',
  'you.ready.paced': 'Choose an action to begin. After that the environment runs by itself.',
  'you.playing': 'Step {n}, return so far {sum}',
  'you.over': 'Episode over at step {n}, return {sum}. Any action starts the next episode.',
  'you.pace': 'Pace',
  'you.pace.step': 'step by step',
  'you.pace.rate': '{n|step|steps}/s',
  'you.end': 'End episode',
  'you.discard': 'Discard last',
  'you.none': 'Nothing recorded yet: an episode is recorded when it is over.',
  'you.count': '{n|episode|episodes} recorded, {steps|step|steps}. Returns: {returns}',
  'you.save': 'Download .jsonl',
  'you.load': 'Open .jsonl',
  'you.loaded': '{n|episode|episodes} loaded.',
  'you.elsewhere': '{n|episode|episodes} loaded. They were recorded with other environment settings: {list}.',
  'you.misfit': 'The file has action {action}, but the actions here go from 0 to {most}.',
  'you.misfit.state': 'The file has state {state}, but the states here go from 0 to {most}: it was recorded in another environment.',
  'you.with': 'Algorithm',
  'you.learn': 'Learn from them',
};
