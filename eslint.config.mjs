// SPDX-License-Identifier: MIT
// What eslint holds JavaScript to: its own recommendations, plus the layout of this house, which --fix applies.
import js from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import globals from 'globals';

export default [
  { ignores: ['build/out/', 'node_modules/', 'web/static/'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    plugins: { '@stylistic': stylistic },
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
    rules: {
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@stylistic/eol-last': 'error',
      '@stylistic/indent': ['error', 2, { SwitchCase: 1, ignoredNodes: ['TemplateLiteral *'] }],
      '@stylistic/no-tabs': 'error',
      '@stylistic/no-trailing-spaces': 'error',
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'always' }],
      '@stylistic/semi': 'error',
    },
  },
  {
    files: ['web/**/*.mjs', 'tests/browser/**/*.mjs', 'tests/hosts/firefox.mjs', 'tests/hosts/notebook.mjs', 'tests/hosts/reader.mjs', 'build/bench/visit.mjs', 'build/stills.mjs', 'build/figure-heights.mjs', 'tests/bench/chapters.mjs', 'tests/bench/page-stress.mjs', 'docs/examples/{plain-page,worker-curve,vite}/**'],
    languageOptions: { globals: globals.browser },
  },
  {
    // What runs in both, or in a worker, may use only what Node and browsers share.
    files: ['web/node/**', 'web/cli/**', 'web/worker/worker.mjs', 'build/**', 'tests/**', 'docs/examples/{game-loop,own-environment,train-and-evaluate}/**', '*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.worker } },
  },
];
