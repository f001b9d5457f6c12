// SPDX-License-Identifier: MIT
// Words of the embed dialog, in English. zh-embed.mjs has the same keys and {places}.
export default {
  'embed.title': 'Embed this experiment',
  'embed.title.of': '{env}, {algo}: live reinforcement learning',
  'embed.not': 'A language model cannot be embedded. “Share” gives you a link to it.',
  'embed.default': '{value} (default)',
  'embed.least': 'At least one is needed.',

  // ---- what is left out, and where it is ----
  'embed.note.local': 'This page runs on your own computer, where readers cannot reach it. Publish its folder, then open “Embed” there.',
  'embed.note.changes': 'Only one live change per setting can be embedded: {n|later change is|later changes are} left out.',
  'embed.note.demonstrations': 'Demonstrations cannot be embedded and are left out.',
  'embed.note.panels': 'This task always shows all of its panels.',

  // ---- choices ----
  'embed.shown': 'Panels',
  'embed.offered': 'Controls for the reader',
  'embed.run': 'Run',
  'embed.looks': 'Appearance',
  'embed.panel.transition': 'Last transition',
  'embed.panel.map': 'Value map',
  'embed.panel.truth': 'Optimal values',
  'embed.panel.return': 'Returns',
  'embed.panel.exploration': 'Exploration',
  'embed.autoplay': 'Start when it comes into view',
  'embed.stop': 'Pause at step',
  'embed.stop.never': 'never',
  'embed.language': 'Language',
  'embed.theme': 'Theme',
  'embed.theme.light': 'Light',
  'embed.theme.dark': 'Dark',
  'embed.auto': 'The page’s',
  'embed.height': 'Height in pixels',
  'embed.fit': 'Fit to content',

  // ---- snippets ----
  'embed.format': 'Format',
  'embed.format.element': 'Element',
  'embed.format.frame': 'Frame',
  'embed.format.markdown': 'Markdown',
  'embed.format.notebook': 'Notebook',
  'embed.element': 'For pages that can load scripts. It takes the page’s language and theme, and loads shortly before it is seen.',
  'embed.strict': 'The page has a strict Content-Security-Policy',
  'embed.strict.tag': 'The tag, without a style attribute',
  'embed.strict.style': 'The height, for your style sheet',
  'embed.strict.policy': 'What the policy must allow',
  'embed.frame': 'For hosts that strip scripts but allow frames, as many course platforms and blogs do.',
  'embed.markdown.html': 'Where Markdown can contain HTML, as on most documentation sites',
  'embed.markdown.link': 'Where it cannot, as in a README: a picture that links to the same experiment on this page',
  'embed.notebook.widget': 'With the package anywidget: Jupyter, Colab, VS Code, marimo',
  'embed.notebook.frame': 'Without it: a frame',
  'embed.copy': 'Copy',
  'embed.copied': 'Copied',
  'embed.copy.by.hand': 'The browser does not allow copying. The text is selected: press Ctrl+C, or ⌘C on a Mac.',

  // ---- preview ----
  'embed.preview': 'Preview',
  'embed.width': 'Width of the preview',
  'embed.width.article': 'Article, {width} px',
  'embed.width.phone': 'Phone, {width} px',
  'embed.scaled': 'Shown at {percent}% of its size',
};
