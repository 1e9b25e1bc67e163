// SPDX-License-Identifier: Apache-2.0
// One pattern file of l7-filter: comments, then the name on a line, then the expression, then what
// only its user space version reads.
import { convertL7Regex, L7RegexError } from './l7-regex.js';
import type { Problem } from './signature-file-error.js';
import { openText, type Path, type SourceFile } from './source-file.js';

export interface L7Pattern {
  readonly source: L7File;
  readonly name: string;
  readonly regex: string;
  readonly caseless: boolean;
  /** The first comment, at most 55 octets. */
  readonly description: string;
  readonly groups: readonly string[];
}

interface Line {
  readonly number: number;
  readonly text: string;
}

interface Expression extends Line {
  /** Of its first octet in the line, from 1. */
  readonly column: number;
}

const descriptionOctetsMax = 55;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$/;

/** An octet a character; collects problems instead of throwing, so that all files are judged. */
export class L7File implements SourceFile {
  readonly takesSamples = false;
  readonly problems: Problem[] = [];
  /** Of the expression, once it is read. */
  #place = { line: 1, column: 1, construct: '' };

  constructor(
    readonly file: string,
    private readonly text: string,
  ) {}

  /** One that cannot be read is empty, with a problem noted. */
  static open(file: string): L7File {
    const { text, problems } = openText(file, 'latin1');
    const opened = new L7File(file, text);
    opened.problems.push(...problems);
    return opened;
  }

  report(code: string, path: Path, message: string): void {
    this.problems.push(this.problemAt(code, path, message));
  }

  /** All that can be said of it afterwards is said of its one expression, which is spelt anew. */
  problemAt(code: string, _path: Path, message: string): Problem {
    return { code, file: this.file, ...this.#place, message };
  }

  placeOf(_path: Path): string {
    return `${this.#place.line}:${this.#place.column}`;
  }

  /** Undefined with problems noted. */
  read(): L7Pattern | undefined {
    if (this.problems.length > 0) return undefined;
    const lines = this.#lines();
    const [name, expression, ...more] = lines.filter(({ text }) => /^[^#\s]/.test(text));
    const last = lines.length;
    if (!name) return this.#report('L7_EMPTY', last, 1, '', 'holds no name of a protocol');
    if (!namePattern.test(name.text)) {
      const message = 'a name is up to 24 letters, digits, _ . -';
      return this.#report('L7_NAME', name.number, 1, name.text, message);
    }
    if (!expression) return this.#report('L7_EMPTY', last, 1, name.text, 'holds no expression');
    const settings = this.#settings(more);
    if (settings === undefined) return undefined;
    const chosen = settings.pattern ?? { ...expression, column: 1 };
    const regex = this.#convert(chosen);
    if (regex === undefined) return undefined;
    this.#place = { line: chosen.number, column: chosen.column, construct: name.text };
    return {
      source: this,
      name: name.text,
      regex,
      caseless: settings.flags?.includes('REG_ICASE') ?? true,
      description: describe(lines),
      groups: this.#groups(lines),
    };
  }

  #lines(): Line[] {
    const texts = this.text.split(/\r?\n/);
    return texts.map((text, index) => ({ number: index + 1, text }));
  }

  /** `userspace pattern=` and `userspace flags=`; without flags l7-filter ignores the case. */
  #settings(lines: readonly Line[]) {
    const settings: { pattern?: Expression; flags?: string[] } = {};
    for (const { number, text } of lines) {
      const [, key, value] = /^userspace (pattern|flags)=(.*)$/.exec(text) ?? [];
      if (value === undefined) {
        return this.#report('L7_LINE', number, 1, text, 'is neither a comment nor a setting');
      }
      const column = text.length - value.length + 1;
      if (key === 'pattern') settings.pattern = { number, text: value, column };
      else settings.flags = value.split(/\s+/).filter((flag) => flag !== '');
      const unknown = settings.flags?.find((flag) => !/^REG_(EXTENDED|ICASE|NOSUB)$/.test(flag));
      if (unknown !== undefined) {
        return this.#report('L7_FLAG', number, column, unknown, 'is no flag that Weir knows');
      }
    }
    return settings;
  }

  #convert({ number, text, column }: Expression): string | undefined {
    try {
      return convertL7Regex(text);
    } catch (error) {
      if (!(error instanceof L7RegexError)) throw error;
      const { offset, construct, message } = error;
      return this.#report('L7_REGEX', number, column + offset, construct, message);
    }
  }

  #groups(lines: readonly Line[]): string[] {
    const groups = lines.map(({ text }) => /^# Protocol groups: *(.*)$/.exec(text)?.[1]);
    return groups.find((one) => one !== undefined)?.split(/\s+/) ?? [];
  }

  #report(
    code: string,
    line: number,
    column: number,
    construct: string,
    message: string,
  ): undefined {
    this.problems.push({ code, file: this.file, line, column, construct, message });
    return undefined;
  }
}

function describe(lines: readonly Line[]): string {
  const comment = lines.find(({ text }) => /^# *[^# ]/.test(text))?.text.replace(/^# */, '') ?? '';
  const ascii = comment.replaceAll(/[^ -~]/g, '?');
  if (ascii.length <= descriptionOctetsMax) return ascii.trim();
  return ascii.slice(0, descriptionOctetsMax).replace(/\s+\S*$/, '');
}
