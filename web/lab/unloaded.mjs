// SPDX-License-Identifier: MIT
// What is said before there are words, in both languages.

export const UNLOADED = 'The lab could not be loaded. Check the connection and try again. 加载失败，请检查网络后重试。';
export const RETRY = 'Try again · 重试';
