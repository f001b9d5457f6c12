#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The command `bellhop`; what it does is in cli/.
import process from 'node:process';
import { main } from './main.mjs';

process.exitCode = await main(process.argv.slice(2));
