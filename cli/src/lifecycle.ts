// SPDX-License-Identifier: Apache-2.0
// Signals: the first asks to stop in order, one that comes later than that gives up waiting. SIGHUP
// asks a daemon to read its configuration anew.
import { closeSync, openSync } from 'node:fs';

/** npm hands a terminal's Ctrl-C on to its child, which got it already: those two are one. */
const SAME_SIGNAL_MS = 700;

/** Whether this process has a terminal that could be closed. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** `process.exit` would wait for the threads that do not come to an end. */
function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/**
 * Resolves at the first SIGINT or SIGTERM. A second one ends the process at once, which
 * then has died of it. SIGHUP stops too
 * when it means that the terminal was closed, or when there is nothing to reload.
 */
export function stopRequested(reload?: () => void): Promise<NodeJS.Signals> {
  const hadTerminal = hasTerminal();
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const stop = (signal: NodeJS.Signals): void => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        resolve(signal);
      } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
        process.stderr.write('weir: stopped at once; what was not yet written is lost.\n');
        dieOf(signal);
      }
    };
    const hangUp = (signal: NodeJS.Signals): void => {
      const isClosed = hadTerminal && !hasTerminal();
      if (reload === undefined || isClosed) stop(signal);
      else reload();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
    process.on('SIGHUP', hangUp);
  });
}
