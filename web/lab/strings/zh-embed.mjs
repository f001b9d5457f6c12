// SPDX-License-Identifier: MIT
// 嵌入对话框的中文文字。键和 {占位符} 与 en-embed.mjs 一一对应。
export default {
  'embed.title': '嵌入这个实验',
  'embed.title.of': '{env}，{algo}：强化学习实时演示',
  'embed.not': '语言模型暂不支持嵌入，可以用“分享”复制它的链接。',
  'embed.default': '{value}（默认）',
  'embed.least': '至少要保留一项。',

  // ---- 略去的内容与页面地址 ----
  'embed.note.local': '本页运行在你自己的电脑上，读者无法访问。请先把整个文件夹发布到网站上，再从那里打开“嵌入”。',
  'embed.note.changes': '每项设置只能嵌入一次运行中的更改，后面的 {n} 次已略去。',
  'embed.note.demonstrations': '演示数据无法嵌入，已略去。',
  'embed.note.panels': '这个任务总是显示全部面板。',

  // ---- 选项 ----
  'embed.shown': '显示的面板',
  'embed.offered': '读者可用的控件',
  'embed.run': '运行',
  'embed.looks': '外观',
  'embed.panel.transition': '上一次转移',
  'embed.panel.map': '价值图',
  'embed.panel.truth': '最优价值',
  'embed.panel.return': '回报',
  'embed.panel.exploration': '探索',
  'embed.autoplay': '进入视野时自动开始',
  'embed.stop': '运行到此步数时暂停',
  'embed.stop.never': '不暂停',
  'embed.language': '语言',
  'embed.theme': '主题',
  'embed.theme.light': '浅色',
  'embed.theme.dark': '深色',
  'embed.auto': '跟随所在页面',
  'embed.height': '高度（像素）',
  'embed.fit': '适应内容',

  // ---- 代码 ----
  'embed.format': '嵌入方式',
  'embed.format.element': 'HTML 元素',
  'embed.format.frame': '内嵌框架',
  'embed.format.markdown': 'Markdown',
  'embed.format.notebook': '笔记本',
  'embed.element': '适用于可以加载脚本的网页。语言和主题跟随所在页面，快要进入视野时才开始加载。',
  'embed.strict': '网页设有严格的内容安全策略（CSP）',
  'embed.strict.tag': '标签，不带 style 属性',
  'embed.strict.style': '高度，写进样式表',
  'embed.strict.policy': '策略中需要允许的内容',
  'embed.frame': '适用于会过滤脚本但允许 iframe 的平台，许多课程平台和博客都是如此。',
  'embed.markdown.html': '可以在 Markdown 中写 HTML 时，多数文档网站都可以',
  'embed.markdown.link': '不能写 HTML 时，例如 README：放一张图，点开就是本页上的同一个实验',
  'embed.notebook.widget': '装有 anywidget：Jupyter、Colab、VS Code、marimo',
  'embed.notebook.frame': '未装 anywidget：使用内嵌框架',
  'embed.copy': '复制',
  'embed.copied': '已复制',
  'embed.copy.by.hand': '浏览器不允许自动复制。文字已选中，请按 Ctrl+C（Mac 上按 ⌘C）。',

  // ---- 预览 ----
  'embed.preview': '预览',
  'embed.width': '预览宽度',
  'embed.width.article': '文章，{width} px',
  'embed.width.phone': '手机，{width} px',
  'embed.scaled': '按 {percent}% 缩小显示',
};
