// SPDX-License-Identifier: Apache-2.0
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { GatewayError } from '../errors.js';
import { LINE, PROBE, type ShapeClasses } from '../plan/shaping.js';
import { type Command, startProgram } from './program.js';
import { classesIn, rootOf } from './tc-listing.js';
import type { LeafKind } from './tc-script.js';

const RUN_LIMIT_MS = 30_000;
const QUEUES: readonly LeafKind[] = ['fq_codel', 'sfq'];

/** Runs tc on interfaces. */
export class Tc {
  readonly #command: Command;
  /** Number (major) of our qdisc, as tc writes it. */
  readonly #handle: string;

  constructor(command: Command, major: number) {
    this.#command = command;
    this.#handle = `${major.toString(16)}:`;
  }

  /**
   * Classes that stand under our handle; undefined: none, the root is free.
   * @throws GatewayError WEIR_GATEWAY_FOREIGN_QDISC when somebody else has the root
   */
  async read(device: string): Promise<ShapeClasses | undefined> {
    const root = rootOf(await this.#run(['-j', 'qdisc', 'show', 'dev', device, 'root']));
    if (root === undefined) return undefined;
    if (root.handle !== this.#handle || root.kind !== 'htb') {
      const happened = `${device} has a root qdisc of its own already: ${root.kind} ${root.handle}`;
      throw new GatewayError('WEIR_GATEWAY_FOREIGN_QDISC', happened);
    }
    return classesIn(await this.#run(['class', 'show', 'dev', device]));
  }

  /** In order, and up to the first line that fails. */
  async apply(lines: readonly string[]): Promise<void> {
    await this.#run(['-batch', '-'], `${lines.join('\n')}\n`);
  }

  /** The best queue that the kernel has for leaves; the line's class has to stand. */
  async leafKind(device: string): Promise<LeafKind> {
    const [line, probe] = [LINE, PROBE].map((number) => `${this.#handle}${number.toString(16)}`);
    const place = ['dev', device, 'classid', String(probe)];
    await this.#run(['class', 'replace', ...place, 'parent', String(line), 'htb', 'rate', '8kbit']);
    const kind = await this.#bestQueue(['dev', device, 'parent', String(probe)]);
    await this.#run(['class', 'del', ...place]);
    return kind;
  }

  async #bestQueue(where: readonly string[]): Promise<LeafKind> {
    for (const kind of QUEUES) {
      try {
        await this.#run(['qdisc', 'replace', ...where, kind]);
        return kind;
      } catch {
        // "Specified qdisc kind is unknown": the next one.
      }
    }
    return 'pfifo';
  }

  /** A process of tc. It ends at the latest with `signal`. */
  spawn(args: readonly string[], signal: AbortSignal): ChildProcessWithoutNullStreams {
    return startProgram(this.#command, args, signal);
  }

  async #run(args: readonly string[], input = ''): Promise<string> {
    const child = this.spawn(args, AbortSignal.timeout(RUN_LIMIT_MS));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const exited = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [status, output, errors] = await Promise.all([
      exited,
      text(child.stdout),
      text(child.stderr),
    ]).catch((cause) => {
      throw new GatewayError('WEIR_GATEWAY_TC_FAILED', `tc could not run: ${cause.message}.`, {
        cause,
      });
    });
    if (status !== 0) throw failureOf(errors);
    return output;
  }
}

function failureOf(errors: string): GatewayError {
  const said = errors.trim().split('\n').slice(0, 3).join('\n');
  if (/cannot find device/i.test(errors))
    return new GatewayError('WEIR_GATEWAY_NO_INTERFACE', `tc: ${said}`);
  if (/operation not permitted/i.test(errors))
    return new GatewayError('WEIR_GATEWAY_NO_RIGHTS', `tc may not change queues: ${said}`);
  return new GatewayError('WEIR_GATEWAY_TC_FAILED', `tc failed: ${said}`);
}
