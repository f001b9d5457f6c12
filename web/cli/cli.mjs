#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The command `bellhop`; what it does is in cli/.
import process from 'node:process';
import { end } from './ending.mjs';
import { main } from './main.mjs';

await end(await main(process.argv.slice(2)));
