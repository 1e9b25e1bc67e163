// SPDX-License-Identifier: Apache-2.0
// What `weir signatures` and its subcommands do.
import { fileURLToPath } from 'node:url';
import {
  type ApplicationKind,
  Catalog,
  captureFlows,
  checkSignatures,
  explainCaptureFlow,
  lintSignatures,
  type ProbeConfig,
  signatureCosts,
} from '@weir/probe';
import type { CommandContext } from '../command/section-command.js';
import { CommandError } from '../errors.js';
import { catalogText, findingText } from '../signatures/catalog-text.js';
import { costText } from '../signatures/cost-text.js';
import { explanationJson, explanationText } from '../signatures/explanation-text.js';
import { flowsText, summariesText, summarize, type TestedFile } from '../signatures/flows-text.js';
import { lintText } from '../signatures/lint-text.js';
import { takesColour, terminalWidth } from '../terminal.js';

/** A capture that comes with Weir, beside the packages in a checkout. */
const SAMPLE = fileURLToPath(new URL('../../../samples/sample.pcapng', import.meta.url));

function print(context: CommandContext, value: unknown, text: () => string): void {
  process.stdout.write(context.options.json ? `${JSON.stringify(value)}\n` : text());
}

/** What every subcommand does with --check. */
export async function checkFolders(context: CommandContext): Promise<void> {
  const folders = checkSignatures(context.config.probe);
  process.stderr.write(`weir: the signatures of ${folders.join(' and ')} can be used.\n`);
}

export async function listSignatures(context: CommandContext): Promise<void> {
  const [word] = context.arguments;
  const { category, kind } = context.options as { category?: string; kind?: ApplicationKind };
  const entries = new Catalog(context.config.probe).list({ category, kind, word });
  print(context, entries, () => catalogText(entries, terminalWidth()));
}

export async function showSignature(context: CommandContext): Promise<void> {
  const finding = new Catalog(context.config.probe).find(context.arguments[0] ?? '');
  print(context, finding, () => findingText(finding, terminalWidth()));
}

export async function lintFolder(context: CommandContext): Promise<void> {
  const report = lintSignatures(context.config.probe, context.arguments[0]);
  const { quiet, strict } = context.options;
  const shown = quiet ? { ...report, warnings: [] } : report;
  print(context, shown, () => lintText(report, { showsWarnings: !quiet, width: terminalWidth() }));
  const failed = report.errors.length > 0 || (strict === true && report.warnings.length > 0);
  if (failed) process.exitCode = 1;
}

/** As the signatures spell it. */
const nameOf = (config: ProbeConfig, wanted: string): string =>
  wanted === 'unknown' ? wanted : new Catalog(config).nameOf(wanted);

const unnamedOf = ({ file, flows }: TestedFile): TestedFile => ({
  file,
  flows: flows.filter(({ application }) => application === 'unknown'),
});

export async function testCaptures(context: CommandContext): Promise<void> {
  const { probe } = context.config;
  const { expect, unknown, summary } = context.options as Record<string, string | boolean>;
  const expected = typeof expect === 'string' ? nameOf(probe, expect) : undefined;
  const files: TestedFile[] = [];
  for (const file of context.arguments) {
    files.push({ file, flows: await captureFlows(probe, file) });
  }
  const flows = files.flatMap((tested) => tested.flows);
  const others = flows.filter(({ application }) => expected && application !== expected);
  const listed = summary ? [] : files.map((one) => (unknown ? unnamedOf(one) : one));
  const applications = summarize(flows);
  print(context, { files: listed, applications, expected, otherwise: others.length }, () => {
    const width = terminalWidth();
    const texts = [
      ...listed.map((one) => flowsText(one, width)),
      summariesText(applications, width),
    ];
    return texts.join('\n');
  });
  if (expected === undefined || (others.length === 0 && flows.length > 0)) return;
  throw new CommandError(
    'WEIR_CLI_NOT_AS_EXPECTED',
    flows.length === 0
      ? `--expect ${expected}: there are no flows.`
      : `${others.length} of ${flows.length} flows are not called ${expected}. ` +
          `"weir signatures explain FILE --flow N" says why.`,
  );
}

export async function explainFlowOf(context: CommandContext): Promise<void> {
  const [file = ''] = context.arguments;
  const { flow, all } = context.options as { flow: string; all?: boolean };
  const explanation = await explainCaptureFlow(context.config.probe, file, flow);
  print(context, explanationJson(explanation), () =>
    explanationText(explanation, {
      width: terminalWidth(),
      marks: takesColour() ? 'colour' : 'carets',
      extent: all ? 'all' : 'matches',
    }),
  );
}

export async function rankCosts(context: CommandContext): Promise<void> {
  const { top, compare } = context.options as { top: number; compare: number };
  const report = signatureCosts(context.config.probe, {
    file: context.arguments[0] ?? SAMPLE,
    compared: compare,
  });
  const shown = { ...report, patterns: report.patterns.slice(0, top) };
  print(context, shown, () => costText(report, { rows: top, width: terminalWidth() }));
}
