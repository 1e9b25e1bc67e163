// SPDX-License-Identifier: Apache-2.0
// Findings as Markdown.
import { markdownTable } from '../markdown.js';
import {
  type Confusion,
  commonOnly,
  confusionsOf,
  countByLabel,
  type Finding,
  type Findings,
  FLOWS_OF_A_COMMON_PROTOCOL,
  shareOf,
} from './score.js';

const percent = (part: number, whole: number) =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;

function shareRow(title: string, findings: readonly Finding[]): string[] {
  const { flows, right, wrong, unknown } = shareOf(findings);
  const counts = [right, wrong, unknown];
  return [title, String(flows), ...counts.map((count) => `${count} (${percent(count, flows)})`)];
}

function sharesText({ protocols, services }: Findings): string {
  const common = `protocols with at least ${FLOWS_OF_A_COMMON_PROTOCOL} flows`;
  return markdownTable(
    ['', 'flows', 'right', 'wrong', 'unknown'],
    [
      shareRow('all protocols', protocols),
      shareRow(common, commonOnly(protocols)),
      shareRow('services', services),
    ],
  );
}

const confusionLine = ({ label, name, count, example }: Confusion) =>
  `- ${label} is called ${name}: ${count} (${example})`;

function confusionsText(findings: readonly Finding[]): string {
  const lines = confusionsOf(findings).map(confusionLine);
  return lines.length > 0 ? lines.join('\n') : '- none';
}

function unknownsText(findings: readonly Finding[]): string {
  const totals = countByLabel(findings);
  const unknown = findings.filter(({ verdict }) => verdict === 'unknown');
  const lines = [...countByLabel(unknown)]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => {
      const example = unknown.find((finding) => finding.label === label)?.flow ?? '';
      return `- ${label}: ${count} of ${totals.get(label)} (${example})`;
    });
  return lines.length > 0 ? lines.join('\n') : '- none';
}

function detailText(title: string, findings: readonly Finding[]): string {
  return [
    `### ${title}: wrong`,
    confusionsText(findings),
    `### ${title}: unknown`,
    unknownsText(findings),
  ].join('\n\n');
}

export function accuracyText(findings: Findings): string {
  return [
    sharesText(findings),
    detailText('Protocols', findings.protocols),
    detailText('Services', findings.services),
  ].join('\n\n');
}
