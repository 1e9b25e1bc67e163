// SPDX-License-Identifier: Apache-2.0
import { addressOctets } from '@weir/wire';
import type { SharedTemplate } from './site.js';

/** A template in a Redis: under `field` of its exporter's hash. */
export interface TemplateText {
  readonly exporterAddress: string;
  readonly field: string;
  /** SharedTemplate's; of two with one field the later one holds. */
  readonly toldMilliseconds: number;
  /** base64 */
  readonly definition: string;
}

/** A definition has at most some thousand fields of eight octets. */
const MOST_DEFINITION_OCTETS = 65_536;

/** undefined when it is too large to be shared. */
export function templateText(template: SharedTemplate): TemplateText | undefined {
  const { exporterAddress, exportProtocol, observationDomainId, templateId, definition } = template;
  const { toldMilliseconds } = template;
  if (definition.length > MOST_DEFINITION_OCTETS) return undefined;
  return {
    exporterAddress,
    field: `${exportProtocol}/${observationDomainId}/${templateId}`,
    toldMilliseconds,
    definition: Buffer.from(definition).toString('base64'),
  };
}

/** What the exporter's hash holds under the field. */
export function keptText({ toldMilliseconds, definition }: TemplateText): string {
  return `${toldMilliseconds} ${definition}`;
}

/** Reads what `keptText` wrote; anything else is a template without a definition. */
export function readKept(
  { exporterAddress, field }: Pick<TemplateText, 'exporterAddress' | 'field'>,
  text: string,
): TemplateText {
  const [, told = '0', definition = ''] = /^(\d{1,15}) (\S+)$/.exec(text) ?? [];
  return { exporterAddress, field, toldMilliseconds: Number(told), definition };
}

/** undefined when it is none: others may write into the Redis, too. */
export function readTemplate(text: Partial<TemplateText>): SharedTemplate | undefined {
  const { exporterAddress = '', field = '', toldMilliseconds = 0, definition = '' } = text;
  const match = /^(netflow9|ipfix)\/(\d{1,10})\/(\d{1,5})$/.exec(field);
  if (match === null || addressOctets(exporterAddress) === undefined) return undefined;
  if (definition.length > MOST_DEFINITION_OCTETS * 2 || definition === '') return undefined;
  return {
    exporterAddress,
    exportProtocol: match[1] as string,
    observationDomainId: Number(match[2]),
    templateId: Number(match[3]),
    toldMilliseconds,
    definition: Buffer.from(definition, 'base64'),
  };
}
