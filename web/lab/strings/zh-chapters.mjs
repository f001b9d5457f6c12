// SPDX-License-Identifier: MIT
// 站点各章周围的文字（中文），由 build/chapters.mjs 使用；键与 en-chapters.mjs 相同。
export default {
  'chapter.skip': '跳到正文',
  'chapter.contents': '本章内容',
  'chapter.turn': '上一章与下一章',
  'chapter.previous': '上一页',
  'chapter.next': '下一页',
  'chapter.open': '打开这次运行，查看全部设置',
  'chapter.question': '先想一想',
  'chapter.formula': '公式',
  'chapter.table': '表格',
  'chapter.number': '第 {n} 章',
  'chapter.shown': '这张图现在显示的是得出数字 {number} 的那次运行。',
  'chapter.shown.seeds': '数字 {number} 取自 {n} 次运行；这张图现在显示的是其中第一次（种子 {seed}），它自己的数值可能不同。',
  'chapter.back': '回到正文',
  'chapter.restore': '恢复原图',
  'chapter.claim': '这个数字取自一次运行。点击后，图中会重现那次运行。',
  'chapter.claim.seeds': '这个数字取自 {n} 次运行。点击后，图中会重现其中第一次，种子为 {seed}。',
  'chapter.claims': '带下划线的数字是生成本页时从运行中读取的。点击它，图会在你的浏览器里重现同一次运行，逐位相同。',
};
