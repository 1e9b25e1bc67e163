// SPDX-License-Identifier: Apache-2.0
// Runs the steps of the set-up so that a person sees what happens and how long it takes.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

export const LOG_FILE = path.join(ROOT, '.cache', 'setup.log');
const TAIL_LINES = 30;
const TAIL_CHARACTERS = 100_000;

export class SetupError extends Error {}

/** Someone asked to stop: no further step may begin. */
export class StoppedError extends SetupError {}

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

/** One line of a terminal that is rewritten; without a terminal a sign of life now and then. */
function liveLine(title) {
  const startMs = performance.now();
  const isTerminal = process.stdout.isTTY;
  let last = '';
  const show = () => {
    if (isTerminal) {
      const room = Math.max(0, (process.stdout.columns ?? 80) - title.length - 16);
      process.stdout.write(`\r\x1b[K  ${title} … ${seconds(startMs)}  ${last.slice(0, room)}`);
    } else {
      console.log(`  ${title} … ${seconds(startMs)}`);
    }
  };
  const timer = setInterval(show, isTerminal ? 200 : 20_000);
  show();
  return {
    note: (text) => {
      last = text.trim().split('\n').at(-1) ?? '';
    },
    end: (outcome) => {
      clearInterval(timer);
      process.stdout.write(
        `${isTerminal ? '\r\x1b[K' : ''}  ${title}: ${outcome} (${seconds(startMs)})\n`,
      );
    },
  };
}

/** Empties the log: it tells of one set-up. @throws SetupError */
export function beginLog() {
  try {
    mkdirSync(path.dirname(LOG_FILE), { recursive: true });
    writeFileSync(LOG_FILE, '');
  } catch (error) {
    throw new SetupError(
      `${error.message}. This folder has to belong to whoever sets it up: sudo chown -R "$(id -un)" ${ROOT}`,
    );
  }
}

/** npm does not let itself be interrupted while it unpacks; the next set-up clears away what it leaves. */
const STOP_GRACE_MS = 1000;

/** The command and all that it has started, compilers for instance. */
function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

/** A signal ends the step's command first: nothing goes on behind the back of who stopped it. */
function stopWith(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let received;
  const onSignal = (signal) => {
    received = signal;
    killGroup(child, signal);
    setTimeout(() => killGroup(child, 'SIGKILL'), STOP_GRACE_MS).unref();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    return received;
  };
}

/**
 * Runs a command with its output in the log file.
 * @returns the end of its output
 * @throws SetupError with the end of the output when it fails
 */
export async function runStep(title, command, args, options = {}) {
  const log = createWriteStream(LOG_FILE, { flags: 'a' });
  let output = '';
  log.write(`\n== ${title}: ${command} ${args.join(' ')}\n`);
  const line = liveLine(title);
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...options,
  });
  const stopping = stopWith(child);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log.write(chunk);
      line.note(String(chunk));
      output = (output + chunk).slice(-TAIL_CHARACTERS);
    });
  }
  const failure = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
  await new Promise((resolve) => log.end(resolve));
  const signal = stopping();
  line.end(signal ? 'stopped' : failure === undefined ? 'done' : 'failed');
  if (signal) throw new StoppedError(`stopped by ${signal}. Start again: it goes on from here.`);
  if (failure === undefined) return output;
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  throw new SetupError(
    `${title} failed (${failure}). The end of its output:\n\n${tail}\n\nAll of it: ${LOG_FILE}`,
  );
}
