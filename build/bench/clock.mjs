// SPDX-License-Identifier: MIT
// A clock that others do not disturb: this process's own time on the processor, of all its threads. Who waits for a turn beside
// neighbours is not charged for it. Node only.
import process from 'node:process';

/** Milliseconds. */
export function cpuNow() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
