// SPDX-License-Identifier: Apache-2.0
// One line a message on standard error, for a person or for journald.
import type { Logger } from '@weir/wire';

/**
 * What is not well: with the command's own lines on the screen, the rest would say things twice.
 * An "info" that carries drops is not well either.
 */
export function troubleOf(log: Logger): Logger {
  return (level, message, fields = {}) => {
    const hasDrops = Object.keys((fields.drops as object | undefined) ?? {}).length > 0;
    if (level !== 'info' || hasDrops || process.env.WEIR_DEBUG) log(level, message, fields);
  };
}

/** Messages of a part of Weir ("collector", "gateway"); debug messages only with WEIR_DEBUG set. */
export function logTo(part: string): Logger {
  return (level, message, fields = {}) => {
    if (level === 'debug' && !process.env.WEIR_DEBUG) return;
    const details = Object.entries(fields).map(
      ([key, value]) => ` ${key}=${JSON.stringify(value)}`,
    );
    // What happened and what to do are two lines for a person, and one entry of a log.
    const line = message.replaceAll(/\s*\n\s*/g, ' ');
    process.stderr.write(`weir ${part} ${level}: ${line}${details.join('')}\n`);
  };
}
