// SPDX-License-Identifier: MIT
// The headers a host should send with the site: anybody may embed a lab, link its files from another origin, and put its frame into a page
// with COEP. Our own server sends them, and _headers says so to hosts that read it (Netlify, Cloudflare Pages).

export const HEADERS = Object.freeze({
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'X-Content-Type-Options': 'nosniff',
});

/** The file _headers. */
export const headersFile = () => `/*\n${Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}\n`).join('')}`;
