// SPDX-License-Identifier: Apache-2.0
// What `weir signatures` and its subcommands do.
import { fileURLToPath } from 'node:url';
import {
  type ApplicationKind,
  canonicalName,
  captureFlows,
  explainCaptureFlow,
  findInCatalog,
  lintSignatures,
  listCatalog,
  OWN_SIGNATURES,
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

const folderOf = ({ signatures }: ProbeConfig): string => signatures ?? OWN_SIGNATURES;

function print(context: CommandContext, value: unknown, text: () => string): void {
  process.stdout.write(context.options.json ? `${JSON.stringify(value)}\n` : text());
}

/** What every subcommand does with --check. */
export async function checkSignatures(context: CommandContext): Promise<void> {
  const folder = folderOf(context.config.probe);
  listCatalog(folder);
  process.stderr.write(`weir: the signature files of ${folder} can be read.\n`);
}

export async function listSignatures(context: CommandContext): Promise<void> {
  const [word] = context.arguments;
  const { category, kind } = context.options as { category?: string; kind?: ApplicationKind };
  const entries = listCatalog(folderOf(context.config.probe), { category, kind, word });
  print(context, entries, () => catalogText(entries, terminalWidth()));
}

export async function showSignature(context: CommandContext): Promise<void> {
  const finding = findInCatalog(folderOf(context.config.probe), context.arguments[0] ?? '');
  print(context, finding, () => findingText(finding, terminalWidth()));
}

export async function lintFolder(context: CommandContext): Promise<void> {
  const report = lintSignatures(
    context.arguments[0] ?? folderOf(context.config.probe),
    context.config.probe.cacheFolder,
  );
  const { quiet, strict } = context.options;
  const shown = quiet ? { ...report, warnings: [] } : report;
  print(context, shown, () => lintText(report, { showsWarnings: !quiet, width: terminalWidth() }));
  const failed = report.errors.length > 0 || (strict === true && report.warnings.length > 0);
  if (failed) process.exitCode = 1;
}

/** The name as the signatures spell it. */
function expectedName(config: ProbeConfig, wanted: string): string {
  const name = wanted === 'unknown' ? wanted : canonicalName(folderOf(config), wanted);
  if (name !== undefined) return name;
  throw new CommandError(
    'WEIR_CLI_NO_SUCH_APPLICATION',
    `--expect: no application is called ${wanted}. "weir signatures list ${wanted}" looks for it.`,
  );
}

export async function testCaptures(context: CommandContext): Promise<void> {
  const { probe } = context.config;
  const { expect, unknown, summary } = context.options as Record<string, string | boolean>;
  const expected = typeof expect === 'string' ? expectedName(probe, expect) : undefined;
  const files: TestedFile[] = [];
  for (const file of context.arguments) {
    files.push({ file, flows: await captureFlows(probe, file) });
  }
  const flows = files.flatMap((tested) => tested.flows);
  const others = flows.filter(({ application }) => expected && application !== expected);
  const report = { files, applications: summarize(flows), expected, otherwise: others.length };
  const isListed = ({ application }: { application: string }): boolean =>
    unknown !== true || application === 'unknown';
  print(context, report, () => {
    const width = terminalWidth();
    const lists = summary ? '' : files.map((one) => flowsText(one, isListed, width)).join('\n');
    return `${lists}${lists === '' ? '' : '\n'}${summariesText(report.applications, width)}`;
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
  print(context, report, () => costText(report, { rows: top, width: terminalWidth() }));
}
