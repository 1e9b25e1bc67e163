// SPDX-License-Identifier: Apache-2.0
// Everything that can be said against the files of a folder before traffic meets them.
import { type PatternReview, reviewSignatures, type SignatureReview } from '@weir/native';
import { defaultCacheFolder } from '../probe.js';
import { NONE_CHECKED } from '../signatures/checked-files.js';
import { readFolder } from '../signatures/load-signatures.js';
import type { Sample } from '../signatures/sample.js';
import type { LoadedApplication } from '../signatures/signature-file.js';
import type { Problem } from '../signatures/signature-file-error.js';
import { toSet } from '../signatures/signature-set.js';

/** What fits fewer bits is met by chance in the traffic of a day. */
const evidenceBitsMin = 24;

export interface LintReport {
  readonly folder: string;
  readonly applications: number;
  readonly patterns: number;
  readonly samples: number;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** One entry of a file's `match`; with direction "either" it is two patterns of the set. */
interface WrittenPattern {
  readonly application: LoadedApplication;
  readonly ordinal: number;
  /** in the set */
  readonly indexes: readonly number[];
}

interface Linted {
  readonly written: readonly WrittenPattern[];
  readonly samples: readonly Sample[];
  readonly review: SignatureReview;
  /** by index in the set */
  readonly ownerOf: readonly WrittenPattern[];
}

const nameOf = ({ application, ordinal }: WrittenPattern): string =>
  `${application.content.name}/match/${ordinal + 1}`;

function problemAt(pattern: WrittenPattern, code: string, message: string): Problem {
  const { application, ordinal } = pattern;
  return application.yaml.problemAt(code, [...application.at, 'match', ordinal, 'regex'], message);
}

function writtenPatterns(applications: readonly LoadedApplication[]): WrittenPattern[] {
  let next = 0;
  return applications.flatMap((application) =>
    (application.content.match ?? []).map(({ direction }, ordinal) => {
      const indexes = direction === 'either' ? [next, next + 1] : [next];
      next += indexes.length;
      return { application, ordinal, indexes };
    }),
  );
}

function placed(message: string, offset: number | null): string {
  return offset === null ? message : `at octet ${offset}: ${message}`;
}

function refusals(pattern: WrittenPattern, review: PatternReview): Problem[] {
  const { hyperscan } = review;
  if (hyperscan === null) return [];
  return [problemAt(pattern, 'REGEX', placed(hyperscan.message, hyperscan.offset))];
}

function weaknesses(pattern: WrittenPattern, review: PatternReview): Problem[] {
  const { emulator, hyperscan, isAnchored, evidenceBits } = review;
  const problems: Problem[] = [];
  const warn = (code: string, message: string): void => {
    problems.push(problemAt(pattern, code, message));
  };
  if (hyperscan !== null) return problems;
  if (emulator !== null) {
    const why = placed(emulator.message, emulator.offset);
    warn('EMULATOR', `the engine "emulator" refuses the set for it: ${why}`);
  }
  if (!isAnchored) {
    warn('UNANCHORED', 'looks at every octet of every flow: begin it with ^, or give it within');
  }
  const match = pattern.application.content.match?.[pattern.ordinal];
  const isWeak = evidenceBits !== null && evidenceBits < evidenceBitsMin;
  if (isWeak && match?.confidence !== 'behaviour') {
    const bits = Math.floor(evidenceBits);
    warn(
      'WEAK',
      `random data fits it: ${bits} bits of evidence are fewer than ${evidenceBitsMin}; ` +
        'say more of the payload, bound its size, or call it "confidence: behaviour"',
    );
  }
  return problems;
}

function sampleProblems({ samples, review, ownerOf }: Linted, at: readonly Place[]): Problem[] {
  return samples.flatMap((sample, index) => {
    const found = (review.samples[index] ?? []).map((one) => ownerOf[one] as WrittenPattern);
    const names = [...new Set(found.map(({ application }) => application.content.name))];
    const [first = 'unknown'] = names;
    const place = at[index] as Place;
    if (sample.matches && first !== sample.application) {
      const by = found[0] === undefined ? '' : ` by ${nameOf(found[0])}`;
      return [place.problem('EXAMPLE', `is named ${first}${by}, not ${sample.application}`)];
    }
    if (!sample.matches && names.includes(sample.application)) {
      const by = found.find(({ application }) => application.content.name === sample.application);
      return [place.problem('NEAR_MISS', `matches ${by === undefined ? '' : nameOf(by)}`)];
    }
    return [];
  });
}

/** Where a sample stands; samples come in the order of applications, examples first. */
interface Place {
  problem(code: string, message: string): Problem;
}

function samplePlaces(applications: readonly LoadedApplication[]): Place[] {
  return applications.flatMap(({ yaml, at, content }) =>
    (['examples', 'nearMisses'] as const).flatMap((key) =>
      (content[key] ?? []).map((_, index) => ({
        problem: (code: string, message: string) =>
          yaml.problemAt(code, [...at, key, index], message),
      })),
    ),
  );
}

/** Patterns that no example shows at work, and applications that say nothing of what is not theirs. */
function missingSamples(applications: readonly LoadedApplication[], linted: Linted): Problem[] {
  const shown = new Set(
    linted.samples.flatMap((sample, index) =>
      sample.matches ? (linted.review.samples[index] ?? []) : [],
    ),
  );
  const unshown = linted.written
    .filter(({ indexes }) => !indexes.some((index) => shown.has(index)))
    .map((pattern) => problemAt(pattern, 'NO_EXAMPLE', 'no example here matches it'));
  const unguarded = applications
    .filter(({ content }) => content.match !== undefined && !content.nearMisses?.length)
    .map(({ yaml, at }) =>
      yaml.problemAt('NO_NEAR_MISS', at, 'has no nearMisses: what looks like it and is not?'),
    );
  return [...unshown, ...unguarded];
}

/** Patterns that match examples, but are always beaten by a pattern of another application. */
function shadowed({ samples, review, ownerOf, written }: Linted): Problem[] {
  const winners = new Set<WrittenPattern>();
  const beatenBy = new Map<WrittenPattern, WrittenPattern>();
  for (const [index] of samples.entries()) {
    const found = (review.samples[index] ?? []).map((one) => ownerOf[one] as WrittenPattern);
    const [first] = found;
    for (const pattern of found) {
      if (first === undefined) continue;
      if (pattern.application === first.application) winners.add(pattern);
      else beatenBy.set(pattern, first);
    }
  }
  return written
    .filter((pattern) => beatenBy.has(pattern) && !winners.has(pattern))
    .map((pattern) =>
      problemAt(
        pattern,
        'SHADOWED',
        `never names a flow of the examples: ${nameOf(beatenBy.get(pattern) as WrittenPattern)} ` +
          'goes before it; give it a priority, or say what tells them apart',
      ),
    );
}

/** The same regex for the same octets in two applications: the later one never counts. */
function repeated(written: readonly WrittenPattern[]): Problem[] {
  const first = new Map<string, WrittenPattern>();
  return written.flatMap((pattern) => {
    const match = pattern.application.content.match?.[pattern.ordinal];
    if (match === undefined) return [];
    const { confidence: _, priority: __, ...looked } = match;
    const key = JSON.stringify(Object.entries(looked).sort());
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, pattern);
      return [];
    }
    return [problemAt(pattern, 'SHADOWED', `is the same as ${nameOf(earlier)}`)];
  });
}

const isBefore = (left: Problem, right: Problem): number =>
  left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column;

/**
 * Parses every file, whatever the build has found; problems of one file do not hide another's.
 * @throws ProbeError WEIR_PROBE_NO_SIGNATURES
 */
export function lintSignatures(folder: string, cacheFolder = defaultCacheFolder()): LintReport {
  const { applications, samples, problems } = readFolder(folder, NONE_CHECKED);
  const written = writtenPatterns(applications);
  const ownerOf = written.flatMap((pattern) => pattern.indexes.map(() => pattern));
  const set = toSet(applications);
  // A sample that stands for no payload is missing here: then places would not fit.
  const isWhole = samples.length === samplePlaces(applications).length;
  const judged = isWhole ? samples : [];
  const review = reviewSignatures(set, judged, cacheFolder);
  const linted: Linted = {
    written,
    samples: judged,
    review,
    ownerOf,
  };
  const reviewOf = ({ indexes: [index = 0] }: WrittenPattern): PatternReview =>
    review.patterns[index] as PatternReview;
  const errors = [
    ...problems,
    ...written.flatMap((pattern) => refusals(pattern, reviewOf(pattern))),
    ...sampleProblems(linted, samplePlaces(applications)),
  ];
  const warnings = [
    ...written.flatMap((pattern) => weaknesses(pattern, reviewOf(pattern))),
    ...(isWhole ? missingSamples(applications, linted) : []),
    ...shadowed(linted),
    ...repeated(written),
  ];
  return {
    folder,
    applications: applications.length,
    patterns: written.length,
    samples: samples.length,
    errors: errors.sort(isBefore),
    warnings: warnings.sort(isBefore),
  };
}
