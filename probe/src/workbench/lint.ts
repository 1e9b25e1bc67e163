// SPDX-License-Identifier: Apache-2.0
// Everything that can be said against signature files before traffic meets them.
import path from 'node:path';
import { type PatternReview, reviewSignatures, type SignatureReview } from '@weir/native';
import type { ProbeConfig } from '../config.js';
import { defaultCacheFolder, foldersOf } from '../probe.js';
import { NONE_CHECKED } from '../signatures/checked-files.js';
import { holdsRegistry, signatureFiles } from '../signatures/folder.js';
import {
  problemsOf,
  type ReadSignatures,
  readSet,
  type SignatureFolders,
} from '../signatures/load-set.js';
import type { Layer } from '../signatures/load-signatures.js';
import type { Sample } from '../signatures/sample.js';
import type { LoadedApplication } from '../signatures/signature-file.js';
import type { Problem } from '../signatures/signature-file-error.js';
import {
  problemAt,
  refusalProblem,
  ruleOf,
  type WrittenPattern,
  writersOf,
  writtenPatterns,
} from '../signatures/written-patterns.js';

/** What fits fewer bits is met by chance in the traffic of a day. */
const evidenceBitsMin = 24;

export interface LintReport {
  /** whose files are judged */
  readonly folders: readonly string[];
  readonly applications: number;
  readonly patterns: number;
  readonly samples: number;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** What the judged files say, and what the engines make of it. */
interface Linted {
  readonly applications: readonly LoadedApplication[];
  readonly written: readonly WrittenPattern[];
  /** in the order of `review.samples`: of all files, and whether its file is judged */
  readonly samples: readonly { readonly sample: Sample; readonly isJudged: boolean }[];
  readonly review: SignatureReview;
  /** by index in the set */
  readonly writers: readonly WrittenPattern[];
}

const nameIn = ({ application }: WrittenPattern): string => application.content.name;

function weaknesses(pattern: WrittenPattern, review: PatternReview): Problem[] {
  const { emulator, hyperscan, isAnchored, evidenceBits } = review;
  const problems: Problem[] = [];
  const warn = (code: string, message: string, at?: { readonly offset: number | null }): void => {
    problems.push(problemAt(pattern, code, message, at?.offset));
  };
  if (hyperscan !== null) return problems;
  if (emulator !== null) {
    warn('EMULATOR', `the engine "emulator" refuses the set for it: ${emulator.message}`, emulator);
  }
  if (!isAnchored) {
    warn('UNANCHORED', 'looks at every octet of every flow: begin it with ^, or give it within');
  }
  const match = pattern.application.content.match?.[pattern.index];
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

/** Patterns that match a sample, the one that names it first. */
function matchesOf({ review, writers }: Linted, sample: number): WrittenPattern[] {
  return (review.samples[sample] ?? []).map((index) => writers[index] as WrittenPattern);
}

/** The pattern that makes of a sample what it must not be, if one does; null: none names it. */
function culprit(
  sample: Sample,
  found: readonly WrittenPattern[],
): WrittenPattern | null | undefined {
  if (!sample.matches) return found.find((one) => nameIn(one) === sample.application);
  const [first = null] = found;
  return first !== null && nameIn(first) === sample.application ? undefined : first;
}

function sampleProblems(linted: Linted): Problem[] {
  return linted.samples.flatMap(({ sample, isJudged }, index) => {
    const by = isJudged ? culprit(sample, matchesOf(linted, index)) : undefined;
    if (by === undefined) return [];
    if (!sample.matches) return [sample.problem('NEAR_MISS', `matches ${by && ruleOf(by)}`)];
    const named = by === null ? 'unknown' : `${nameIn(by)} by ${ruleOf(by)}`;
    return [sample.problem('EXAMPLE', `is named ${named}, not ${sample.application}`)];
  });
}

/** Patterns that name what the files below show as another application's. */
function takenOver(linted: Linted): Problem[] {
  const judged = new Set(linted.written);
  const shown = new Map<WrittenPattern, Sample>();
  for (const [index, { sample, isJudged }] of linted.samples.entries()) {
    const by = isJudged ? undefined : culprit(sample, matchesOf(linted, index));
    if (by && judged.has(by) && !shown.has(by)) shown.set(by, sample);
  }
  return [...shown].map(([pattern, { application, matches, source }]) => {
    const what = matches ? 'an example' : 'a near miss';
    const message = `names ${what} of ${application}: ${source}; say more of the payload, or give it a lower priority`;
    return problemAt(pattern, 'TAKES', message);
  });
}

/** Patterns that no example shows at work, and applications that say nothing of what is not theirs. */
function missingSamples(linted: Linted): Problem[] {
  const { applications, written, samples } = linted;
  const shown = new Set(
    samples.flatMap(({ sample }, index) => (sample.matches ? matchesOf(linted, index) : [])),
  );
  const guarded = new Set(
    samples.filter(({ sample }) => !sample.matches).map(({ sample }) => sample.application),
  );
  const unshown = written
    .filter((pattern) => pattern.application.source.takesSamples && !shown.has(pattern))
    .map((pattern) => problemAt(pattern, 'NO_EXAMPLE', 'no example here matches it'));
  const unguarded = applications
    .filter(({ source, content }) => source.takesSamples && content.match !== undefined)
    .filter(({ content }) => !guarded.has(content.name))
    .map(({ source, at }) =>
      source.problemAt('NO_NEAR_MISS', at, 'has no nearMisses: what looks like it and is not?'),
    );
  return [...unshown, ...unguarded];
}

/** Patterns that match examples, but are always beaten by a pattern of another application. */
function shadowed(linted: Linted): Problem[] {
  const winners = new Set<WrittenPattern>();
  const beatenBy = new Map<WrittenPattern, WrittenPattern>();
  for (const index of linted.samples.keys()) {
    const found = matchesOf(linted, index);
    const [first] = found;
    for (const pattern of found) {
      if (first === undefined) continue;
      if (nameIn(pattern) === nameIn(first)) winners.add(pattern);
      else beatenBy.set(pattern, first);
    }
  }
  return linted.written
    .filter((pattern) => beatenBy.has(pattern) && !winners.has(pattern))
    .map((pattern) =>
      problemAt(
        pattern,
        'SHADOWED',
        `never names a flow of the examples: ${ruleOf(beatenBy.get(pattern) as WrittenPattern)} ` +
          'goes before it; give it a priority, or say what tells them apart',
      ),
    );
}

/** The same regex for the same octets in two applications: the later one never counts. */
function repeated(all: readonly WrittenPattern[], linted: Linted): Problem[] {
  const judged = new Set(linted.written);
  const first = new Map<string, WrittenPattern>();
  return all.flatMap((pattern) => {
    const match = pattern.application.content.match?.[pattern.index];
    if (match === undefined) return [];
    const { confidence: _, priority: __, ...looked } = match;
    const key = JSON.stringify(Object.entries(looked).sort());
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, pattern);
    if (earlier === undefined || !judged.has(pattern)) return [];
    return [problemAt(pattern, 'SHADOWED', `is the same as ${ruleOf(earlier)}`)];
  });
}

/** A pattern file of l7-filter is two patterns of one place. */
function once(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()].sort(isBefore);
}

/** Whoever named the wrong folder would else hear that nothing is wrong. */
function emptyFolders(folders: readonly string[]): Problem[] {
  const message = 'holds neither signature files (.yaml) nor pattern files (.pat)';
  return folders
    .filter((folder) => signatureFiles(folder).length === 0)
    .map((file) => ({ code: 'NO_FILES', file, line: 1, column: 1, construct: '', message }));
}

const isBefore = (left: Problem, right: Problem): number =>
  left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column;

/** `folder` is a set of its own, or comes on top of the others. */
function lintedFolders(config: ProbeConfig, folder: string | undefined): SignatureFolders {
  const folders = foldersOf(config);
  if (folder === undefined) return folders;
  if (holdsRegistry(folder)) return { ...folders, base: folder };
  const others = folders.more.filter((one) => path.resolve(one) !== path.resolve(folder));
  return { ...folders, more: [...others, folder] };
}

/** Of what is read, that which is to be judged: what comes on top, where something does. */
function judgedLayer({ base, more }: ReadSignatures, folders: SignatureFolders): Layer {
  return folders.more.length > 0 ? more : base;
}

function reviewed(read: ReadSignatures, judged: Layer, cacheFolder: string): Linted {
  const samples = [read.base, read.more].flatMap((layer) =>
    layer.samples.map((sample) => ({ sample, isJudged: layer === judged })),
  );
  const all = writtenPatterns([...read.base.applications, ...read.more.applications]);
  const mine = new Set(judged.applications);
  const tested = samples.map(({ sample }) => sample);
  return {
    applications: judged.applications,
    written: all.filter(({ application }) => mine.has(application)),
    samples,
    review: reviewSignatures(read.set, tested, cacheFolder),
    writers: writersOf(read.set, all),
  };
}

/**
 * Parses every file, whatever the build has found; problems of one file do not hide another's.
 * @throws ProbeError WEIR_PROBE_NO_SIGNATURES
 */
export function lintSignatures(config: ProbeConfig, folder?: string): LintReport {
  const folders = lintedFolders(config, folder);
  const read = readSet(folders, NONE_CHECKED);
  const judged = judgedLayer(read, folders);
  const linted = reviewed(read, judged, config.cacheFolder ?? defaultCacheFolder());
  const { written, review, writers } = linted;
  const reviewOf = new Map(review.patterns.map((one, index) => [writers[index], one]));
  const reviews = written.map((one) => [one, reviewOf.get(one) as PatternReview] as const);
  const errors = [
    ...problemsOf(read),
    ...reviews.flatMap(([one, { hyperscan }]) =>
      hyperscan === null ? [] : [refusalProblem(one, hyperscan)],
    ),
    ...sampleProblems(linted),
  ];
  const warnings = [
    ...reviews.flatMap(([one, itsReview]) => weaknesses(one, itsReview)),
    ...missingSamples(linted),
    ...shadowed(linted),
    ...takenOver(linted),
    ...repeated([...new Set(writers)], linted),
    ...emptyFolders(folders.more),
  ];
  return {
    folders: folders.more.length > 0 ? folders.more : [folders.base],
    applications: new Set(judged.applications.map(({ content }) => content.name)).size,
    patterns: written.length,
    samples: judged.samples.length,
    errors: once(errors),
    warnings: once(warnings),
  };
}
