// SPDX-License-Identifier: Apache-2.0
// A YAML file that knows where in its text each value stands.
import type { TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';
import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { KEYS, PATTERN_WORDS } from './schema.js';
import { hintFor, type Problem } from './signature-file-error.js';
import { openText, type Path, type SourceFile } from './source-file.js';

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

/** Characters of an escape in double quotes, by what follows the backslash (YAML 1.2 section 5.7). */
const ESCAPE_WIDTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Where the character of this index stands in how a scalar is written; 0 when lines are folded. */
function offsetInScalar(written: string, index: number): number {
  if (written.includes('\n')) return 0;
  const quote = /^['"]/.exec(written)?.[0] ?? '';
  let at = quote.length;
  for (let count = 0; count < index; count++) {
    if (quote === "'" && written.startsWith("''", at)) at += 2;
    else if (quote === '"' && written[at] === '\\') at += ESCAPE_WIDTHS[written[at + 1] ?? ''] ?? 2;
    else at += 1;
  }
  return at;
}

/** One error of syntax makes more of what follows; keys that stand twice make none. */
function firstOf(errors: readonly YAMLError[]): YAMLError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
}

/** What a person meant who wrote an alias of nothing. */
function describeAlias({ source }: Alias): string {
  const what = `*${source} is an alias in YAML, of an anchor that is not there;`;
  if (!source.startsWith('.')) return `${what} write it in quotes: '*${source}'`;
  const name = source.slice(1);
  return `${what} write ${name}, which covers all names below it, too`;
}

/** Parsed when somebody asks for what it says or for a place in it. */
export class YamlFile implements SourceFile {
  private readonly lines = new LineCounter();
  private parsed: Document | undefined;
  readonly takesSamples = true;
  readonly problems: Problem[] = [];

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** One that cannot be read is empty, with a problem noted. */
  static open(file: string): YamlFile {
    const { text, problems } = openText(file, 'utf8');
    const yaml = new YamlFile(file, text);
    yaml.problems.push(...problems);
    return yaml;
  }

  private get document(): Document {
    if (this.parsed !== undefined) return this.parsed;
    const parsed = parseDocument(this.text, { lineCounter: this.lines, uniqueKeys: true });
    this.parsed = parsed;
    for (const error of [...firstOf(parsed.errors), ...parsed.warnings]) this.reportSyntax(error);
    visit(parsed, {
      Alias: (_, alias) => {
        if (alias.resolve(parsed) !== undefined) return;
        this.addProblem('YAML_SYNTAX', [], describeAlias(alias), alias.range?.[0] ?? 0);
      },
    });
    return parsed;
  }

  report(code: string, path: Path, message: string) {
    this.problems.push(this.problemAt(code, path, message));
  }

  problemAt(code: string, path: Path, message: string, octet?: number | null): Problem {
    const within = octet === undefined || octet === null ? 0 : this.offsetWithin(path, octet);
    return this.problemOf(code, path, message, this.offsetOf(path) + within);
  }

  placeOf(path: Path): string {
    const { line, col } = this.lines.linePos(this.offsetOf(path));
    return `${line}:${col}`;
  }

  private reportSyntax({ message, pos: [offset] }: YAMLError) {
    const [text = message] = message.split(/ at line \d+|\n/);
    const line = this.text.split('\n')[this.lines.linePos(offset).line - 1] ?? '';
    const isUnquoted = /\bregex: *[^'\s]/.test(line);
    const wayOut = isUnquoted ? '; write the regex in single quotes' : '';
    this.addProblem('YAML_SYNTAX', [], `${text}${wayOut}`, offset);
  }

  /** Whether the document is a map with this key. */
  has(key: string) {
    return isMap(this.document.contents) && this.document.has(key);
  }

  /** The content, or undefined with problems noted. */
  read<Value>(
    validator: Validator<Record<never, never>, TSchema, Value, Value>,
  ): Value | undefined {
    const content = this.content();
    if (content === undefined) return undefined;
    if (validator.Check(content.value)) return content.value;
    for (const error of validator.Errors(content.value)) this.reportSchemaError(error);
    return undefined;
  }

  private content(): { readonly value: unknown } | undefined {
    const { document } = this;
    if (this.problems.length > 0) return undefined;
    try {
      return { value: document.toJS() };
    } catch (error) {
      // Aliases may stand for more than memory holds, which the library refuses.
      this.report('YAML_SYNTAX', [], (error as Error).message);
      return undefined;
    }
  }

  private reportSchemaError(error: ReturnType<Validator['Errors']>[number]) {
    const path = fromPointer(error.instancePath);
    if (error.keyword === 'additionalProperties') {
      for (const key of error.params.additionalProperties) {
        const message = `unknown key${hintFor(key, KEYS)}`;
        this.addProblem('UNKNOWN_KEY', [...path, key], message, this.offsetOfKey(path, key));
      }
    } else if (error.keyword === 'enum') {
      const allowed = error.params.allowedValues.map(String);
      const hint = hintFor(String(this.document.getIn(path)), allowed);
      this.report('SCHEMA', path, `must be one of ${allowed.join(', ')}${hint}`);
    } else if (path.length === 0 && error.keyword === 'type') {
      this.report('SCHEMA', path, 'must be an application, "name: …" and more, or a "family: …"');
    } else if (error.keyword === 'pattern') {
      const pattern = String(error.params.pattern);
      this.report('SCHEMA', path, PATTERN_WORDS.get(pattern) ?? error.message);
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

  /** Of an octet of the text at `path`, from where the scalar begins. */
  private offsetWithin(path: Path, octet: number): number {
    const node = this.document.getIn(path, true);
    if (!isScalar(node) || !node.range || typeof node.value !== 'string') return 0;
    const [begin, end] = node.range;
    const index = Buffer.from(node.value).subarray(0, octet).toString().length;
    return offsetInScalar(this.text.slice(begin, end), index);
  }

  private offsetOfKey(path: Path, key: string) {
    const map = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : this.offsetOf(path);
  }
}
