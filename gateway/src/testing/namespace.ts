// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from '../enforce/program.js';

const run = promisify(execFile);
let made = 0;

/** Real nftables need root. */
export const IS_ROOT = process.getuid?.() === 0;

/** A network namespace of its own: what a test does to nftables there touches nothing else. */
export class Namespace implements AsyncDisposable {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async create(): Promise<Namespace> {
    made += 1;
    const namespace = new Namespace(`weir-gateway-${process.pid}-${made}`);
    await run('ip', ['netns', 'add', namespace.name]);
    await namespace.exec('ip', 'link', 'set', 'lo', 'up');
    return namespace;
  }

  get nftCommand(): Command {
    return ['ip', ...this.enter('nft')];
  }

  get tcCommand(): Command {
    return ['ip', ...this.enter('tc')];
  }

  get conntrackCommand(): Command {
    return ['ip', ...this.enter('conntrack')];
  }

  get ipCommand(): Command {
    return ['ip', ...this.enter('ip')];
  }

  /** Arguments of `ip` that run a command in here. */
  enter(...command: string[]): string[] {
    return ['netns', 'exec', this.name, ...command];
  }

  async exec(...command: string[]): Promise<string> {
    return (await run('ip', this.enter(...command))).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('ip', ['netns', 'del', this.name]);
  }
}
