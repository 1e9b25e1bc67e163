// SPDX-License-Identifier: Apache-2.0
// A YAML file that knows where in its text each value stands.
import type { TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './signature-file-error.js';

export type Path = readonly (string | number)[];

function spell(path: Path) {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** RFC 6901; array indexes become numbers so that they select in sequences. */
function fromPointer(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Parsed when somebody asks for what it says or for a place in it. */
export class YamlFile {
  private readonly lines = new LineCounter();
  private parsed: Document | undefined;
  readonly problems: Problem[] = [];

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  private get document(): Document {
    if (this.parsed !== undefined) return this.parsed;
    const parsed = parseDocument(this.text, { lineCounter: this.lines, uniqueKeys: true });
    this.parsed = parsed;
    for (const { message, pos } of [...parsed.errors, ...parsed.warnings]) {
      this.addProblem('YAML_SYNTAX', [], message.split('\n')[0] ?? message, pos[0]);
    }
    return parsed;
  }

  /** Notes a problem at the value (or, failing that, at the nearest thing around it). */
  report(code: string, path: Path, message: string) {
    this.problems.push(this.problemAt(code, path, message));
  }

  /** What `report` notes, for those who keep their own list. */
  problemAt(code: string, path: Path, message: string): Problem {
    return this.problemOf(code, path, message, this.offsetOf(path));
  }

  lineOf(path: Path) {
    return this.lines.linePos(this.offsetOf(path)).line;
  }

  /** Whether the document is a map with this key. */
  has(key: string) {
    return isMap(this.document.contents) && this.document.has(key);
  }

  /** The content, or undefined with problems noted. */
  read<Value>(
    validator: Validator<Record<never, never>, TSchema, Value, Value>,
  ): Value | undefined {
    const { document } = this;
    if (this.problems.length > 0) return undefined;
    const content: unknown = document.toJS();
    if (validator.Check(content)) return content;
    for (const error of validator.Errors(content)) this.reportSchemaError(error);
    return undefined;
  }

  private reportSchemaError(error: ReturnType<Validator['Errors']>[number]) {
    const path = fromPointer(error.instancePath);
    if (error.keyword === 'additionalProperties') {
      for (const key of error.params.additionalProperties) {
        this.addProblem('UNKNOWN_KEY', [...path, key], 'unknown key', this.offsetOfKey(path, key));
      }
    } else if (error.keyword === 'enum') {
      const allowed = error.params.allowedValues.join(', ');
      this.report('SCHEMA', path, `must be one of ${allowed}`);
    } else if (error.keyword !== 'boolean') {
      // 'boolean' repeats each unknown key without its name.
      this.report('SCHEMA', path, error.message);
    }
  }

  private addProblem(code: string, path: Path, message: string, offset: number) {
    this.problems.push(this.problemOf(code, path, message, offset));
  }

  private problemOf(code: string, path: Path, message: string, offset: number): Problem {
    const { line, col } = this.lines.linePos(offset);
    return { code, file: this.file, line, column: col, construct: spell(path), message };
  }

  private offsetOf(path: Path): number {
    const node = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    if (isNode(node) && node.range) return node.range[0];
    return path.length === 0 ? 0 : this.offsetOf(path.slice(0, -1));
  }

  private offsetOfKey(path: Path, key: string) {
    const map = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : this.offsetOf(path);
  }
}
