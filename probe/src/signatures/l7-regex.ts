// SPDX-License-Identifier: Apache-2.0
// The regular expressions of l7-filter (Spencer's V8 library in the kernel, POSIX extended in user
// space) as PCRE2 must be told them: what both dialects and PCRE2 read alike stays, what PCRE2 reads
// otherwise is spelt so that it means the same, and what the two dialects disagree on is refused.

/** Where in the expression, from 0, and why it cannot be taken. */
export class L7RegexError extends Error {
  constructor(
    readonly offset: number,
    readonly construct: string,
    message: string,
  ) {
    super(message);
  }
}

interface Item {
  readonly octet: number;
  readonly length: number;
}

const operators = '.[]()*+?|^$\\{}';

/** As PCRE2 spells an octet outside and inside of a class alike. */
function spell(octet: number): string {
  const letter = String.fromCharCode(octet);
  return /[A-Za-z0-9 _%:;,<>=!@"'/~]/.test(letter)
    ? letter
    : `\\x${octet.toString(16).padStart(2, '0')}`;
}

class Conversion {
  #at = 0;
  #result = '';
  #canRepeat = false;
  #depth = 0;

  constructor(private readonly text: string) {}

  run(): string {
    while (this.#at < this.text.length) this.#takeOne();
    if (this.#depth > 0) this.#refuse(this.text.length, '(', 'a parenthesis is not closed');
    return this.#result;
  }

  #takeOne(): void {
    const letter = this.text.charAt(this.#at);
    if ('*+?'.includes(letter)) this.#repeat(letter);
    else if ('(|)^$'.includes(letter)) this.#structure(letter);
    else if (letter === '[') this.#atom(this.#class());
    else if (letter === '.') this.#atom(this.#skip('.'));
    else if (letter === '{' || letter === '}')
      this.#refuse(this.#at, letter, `write \\${letter} for the octet; counts are not read alike`);
    else if (letter === ']') this.#atom(this.#skip('\\]'));
    else this.#octet();
  }

  #skip(converted: string): string {
    this.#at += 1;
    return converted;
  }

  #atom(converted: string): void {
    this.#result += converted;
    this.#canRepeat = true;
  }

  /** `.?+` is possessive in PCRE2 and `(?` begins a special group: neither is in these dialects. */
  #repeat(letter: string): void {
    if (!this.#canRepeat) this.#refuse(this.#at, letter, 'there is nothing that it could repeat');
    this.#result += this.#skip(letter);
    this.#canRepeat = false;
  }

  #structure(letter: string): void {
    if (letter === '(') this.#depth += 1;
    if (letter === ')') {
      if (this.#depth === 0) this.#refuse(this.#at, letter, 'it closes no parenthesis');
      this.#depth -= 1;
    }
    this.#result += this.#skip(letter);
    this.#canRepeat = letter === ')';
  }

  #octet(): void {
    const { octet, length } = this.#hex() ?? this.#escaped() ?? this.#plain();
    this.#at += length;
    this.#atom(spell(octet));
  }

  #plain(): Item {
    return { octet: this.text.charCodeAt(this.#at), length: 1 };
  }

  /** `\xHH`, which l7-filter replaces by the octet before it reads the expression. */
  #hex(): Item | undefined {
    const digits = /^\\x([0-9a-fA-F]{2})/.exec(this.text.slice(this.#at, this.#at + 4))?.[1];
    if (digits === undefined) return undefined;
    const octet = Number.parseInt(digits, 16);
    if (octet === 0) this.#refuse(this.#at, '\\x00', 'l7-filter ends the expression here');
    const letter = String.fromCharCode(octet);
    if (operators.includes(letter)) {
      const message = `l7-filter takes it for the operator ${letter}; write \\${letter} for the octet`;
      this.#refuse(this.#at, `\\x${digits}`, message);
    }
    return { octet, length: 4 };
  }

  #escaped(): Item | undefined {
    if (this.text.charAt(this.#at) !== '\\') return undefined;
    const letter = this.text.charAt(this.#at + 1);
    if (letter === '') this.#refuse(this.#at, '\\', 'nothing follows the backslash');
    if (/[A-Za-z0-9<>`']/.test(letter)) {
      this.#refuse(this.#at, `\\${letter}`, 'it does not mean the same in all of l7-filter');
    }
    return { octet: letter.charCodeAt(0), length: 2 };
  }

  /** In a class a backslash is an octet like others, a `]` in front too. */
  #class(): string {
    const start = this.#at;
    this.#at += 1;
    let converted = '[';
    if (this.text.charAt(this.#at) === '^') converted += this.#skip('^');
    const first = this.#at;
    while (this.#at === first || this.text.charAt(this.#at) !== ']') {
      if (this.#at >= this.text.length) this.#refuse(start, '[', 'the class is not closed');
      converted += this.#classItem(start);
    }
    return `${converted}${this.#skip(']')}`;
  }

  #classItem(start: number): string {
    if (/^\[[:.=]/.test(this.text.slice(this.#at, this.#at + 2))) {
      this.#refuse(this.#at, '[', 'named classes are not in all of l7-filter');
    }
    const from = this.#classOctet();
    const isRange = this.text.charAt(this.#at) === '-' && this.text.charAt(this.#at + 1) !== ']';
    if (!isRange || this.#at + 1 >= this.text.length) return spell(from);
    this.#at += 1;
    const to = this.#classOctet();
    if (to < from) this.#refuse(start, '[', 'a range of the class is out of order');
    return `${spell(from)}-${spell(to)}`;
  }

  #classOctet(): number {
    const { octet, length } = this.#hex() ?? this.#plain();
    this.#at += length;
    return octet;
  }

  #refuse(offset: number, construct: string, message: string): never {
    throw new L7RegexError(offset, construct, message);
  }
}

/**
 * `text`: a character for each octet. Gives an expression of ASCII that PCRE2, on octets and with
 * the dot for each of them, reads as l7-filter reads `text`. Throws L7RegexError.
 */
export function convertL7Regex(text: string): string {
  return new Conversion(text).run();
}
