// SPDX-License-Identifier: MIT
// 站点各章周围的文字（中文），由 build/chapters.mjs 使用；键与 en-chapters.mjs 相同。
export default {
  'chapter.skip': '跳到正文',
  'chapter.contents': '本章内容',
  'chapter.turn': '上一章与下一章',
  'chapter.previous': '上一章',
  'chapter.next': '下一章',
  'chapter.open': '打开这次运行，查看全部设置',
  'chapter.question': '先想一想',
  'chapter.formula': '公式',
  'chapter.table': '表格',
  'chapter.claim': '这个数字取自一次运行。点击后，图中会重现那次运行。',
  'chapter.claim.seeds': '这个数字取自 {n} 次运行。点击后，图中会重现其中第一次，种子为 {seed}。',
  'chapter.claims': '带下划线的数字是生成本页时从运行中读取的。点击它，图会在你的浏览器里重现同一次运行，逐位相同。',
};
