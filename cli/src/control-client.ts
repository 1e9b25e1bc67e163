// SPDX-License-Identifier: Apache-2.0
// Asks a running probe over its control socket.
import { request } from 'node:http';
import { likelySocketPaths, surroundings } from '@weir/probe';
import { CommandError } from './errors.js';

const ANSWER_TIMEOUT_MS = 60_000;

export interface ControlQuestion {
  readonly method: 'GET' | 'POST';
  readonly route: string;
  /** where the probe's socket is; undefined: at the usual places */
  readonly socketPath: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function askAt(socketPath: string, { method, route }: ControlQuestion): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path: route, timeout: ANSWER_TIMEOUT_MS });
    asking.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asking.on('timeout', () =>
      asking.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`)),
    );
    asking.on('error', reject);
    asking.end();
  });
}

function notReachable(paths: readonly string[], errors: readonly Error[]): CommandError {
  const codes = errors.map((error) => (error as NodeJS.ErrnoException).code);
  const denied = codes.findIndex((code) => code === 'EACCES' || code === 'EPERM');
  if (denied >= 0) {
    return new CommandError(
      'WEIR_CLI_PROBE_NOT_YOURS',
      `the probe at ${paths[denied]} is another user's. Ask as root or as that user: sudo weir probe …`,
    );
  }
  const isAbsent = codes.every((code) => code === 'ENOENT' || code === 'ECONNREFUSED');
  const reason = isAbsent ? '' : ` (${errors.map(({ message }) => message).join('; ')})`;
  return new CommandError(
    'WEIR_CLI_NO_PROBE',
    `no probe answers at ${paths.join(' or ')}${reason}. Start one with "weir probe --interface NAME" or ` +
      '"weir up"; one that has its socket elsewhere is found with --control PATH.',
  );
}

/**
 * The answer as the probe gave it; a probe that could not do it has answered, too.
 * @throws CommandError WEIR_CLI_NO_PROBE, WEIR_CLI_PROBE_NOT_YOURS, WEIR_CLI_NOT_A_PROBE
 */
export async function askProbe<Body>(question: ControlQuestion): Promise<Body> {
  const { socketPath } = question;
  const paths = socketPath === undefined ? likelySocketPaths(surroundings()) : [socketPath];
  const errors: Error[] = [];
  for (const path of paths) {
    const answer = await askAt(path, question).catch((error: Error) => {
      errors.push(error);
    });
    if (answer) return parse<Body>(path, answer);
  }
  throw notReachable(paths, errors);
}

function parse<Body>(path: string, { status, body }: Answer): Body {
  try {
    if (status < 500 && status !== 404) return JSON.parse(body) as Body;
  } catch {
    // Not JSON: not a probe.
  }
  throw new CommandError(
    'WEIR_CLI_NOT_A_PROBE',
    `what answers at ${path} is no probe of this version (HTTP ${status}). Give the probe's socket with --control.`,
  );
}
