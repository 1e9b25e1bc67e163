// SPDX-License-Identifier: Apache-2.0
// Signals: the first asks to stop in order, one that comes later than that gives up waiting.

/** npm hands a terminal's Ctrl-C on to its child, which got it already: those two are one. */
const SAME_SIGNAL_MS = 700;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at once. */
export function stopRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        resolve(signal);
      } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
        process.stderr.write('weir: stopped at once; what was not yet written is lost.\n');
        process.exit(130);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
