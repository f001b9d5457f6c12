// SPDX-License-Identifier: MIT
// 自己试玩的用语；随其一同加载。键与占位符与 en-play.mjs 相同。
export default {
  'you.keys': '你的动作',
  'you.ready': '选一个动作就开始。',
  'you.ready.paced': '选一个动作就开始，之后环境会自行运行。',
  'you.playing': '第 {n} 步，目前回报 {sum}',
  'you.over': '回合在第 {n} 步结束，回报 {sum}。选任意动作开始下一回合。',
  'you.pace': '节奏',
  'you.pace.step': '逐步',
  'you.pace.rate': '每秒 {n} 步',
  'you.end': '结束回合',
  'you.discard': '丢弃上一回合',
  'you.none': '还没有记录：回合结束后才会记录。',
  'you.count': '已记录 {n} 个回合，共 {steps} 步。回报：{returns}',
  'you.save': '下载 .jsonl',
  'you.load': '打开 .jsonl',
  'you.loaded': '已载入 {n} 个回合。',
  'you.elsewhere': '已载入 {n} 个回合。录制时的环境设置与现在不同：{list}。',
  'you.misfit': '文件中有动作 {action}，但这里的动作编号为 0 到 {most}。',
  'you.misfit.state': '文件中有状态 {state}，但这里的状态编号为 0 到 {most}：它是在别的环境中录制的。',
  'you.with': '算法',
  'you.learn': '从中学习',
};
