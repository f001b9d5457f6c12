// SPDX-License-Identifier: MIT
// Words around the chapters of the site, in English, for build/chapters.mjs. zh-chapters.mjs has the same keys.
export default {
  'chapter.skip': 'Skip to the text',
  'chapter.contents': 'In this chapter',
  'chapter.turn': 'Previous and next chapter',
  'chapter.previous': 'Previous',
  'chapter.next': 'Next',
  'chapter.open': 'Open this run with every setting',
  'chapter.question': 'Think first',
  'chapter.formula': 'Formula',
  'chapter.table': 'Table',
  'chapter.number': 'Chapter {n}',
  'chapter.shown': 'This figure now shows the run from which the number {number} was read.',
  'chapter.shown.seeds': 'The number {number} was read off {n} runs; this figure now repeats the first of them, seed {seed}, whose own value may differ.',
  'chapter.back': 'Back to the text',
  'chapter.restore': 'Restore the figure',
  'chapter.claim': 'Read off a run. Press to see that run in the figure.',
  'chapter.claim.seeds': 'Read off {n} runs. Press to see the first of them, with seed {seed}, in the figure.',
  'chapter.claims': 'Underlined numbers were read off a run when this page was built. Press one: the figure makes the same run in your browser, bit for bit.',
};
