// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError } from './errors.js';

/** Shows nothing of what is typed. */
const NOWHERE = new Writable({ write: (_chunk, _encoding, done) => done() });

async function lineOf(question: string): Promise<string> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: NOWHERE, terminal: true });
  lines.on('SIGINT', () => process.exit(130));
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

/** The first line of standard input when it is no terminal. */
async function pipedLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}

/**
 * A secret, typed twice and not shown, or read from a pipe.
 * @throws CommandError WEIR_CLI_SECRETS_DIFFER
 */
export async function askTwice(question: string): Promise<string> {
  if (!process.stdin.isTTY) return pipedLine();
  const first = await lineOf(question);
  if ((await lineOf('Again: ')) === first) return first;
  throw new CommandError(
    'WEIR_CLI_SECRETS_DIFFER',
    'the two are not the same; nothing was changed.',
  );
}
