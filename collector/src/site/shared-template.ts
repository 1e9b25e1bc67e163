// SPDX-License-Identifier: Apache-2.0
import { addressOctets } from '@weir/wire';
import type { SharedTemplate } from './site.js';

/** A template in a Redis: under `field` of its exporter's hash. */
export interface TemplateText {
  readonly exporterAddress: string;
  readonly field: string;
  /** base64 */
  readonly definition: string;
}

/** A definition has at most some thousand fields of eight octets. */
const MOST_DEFINITION_OCTETS = 65_536;

/** undefined when it is too large to be shared. */
export function templateText(template: SharedTemplate): TemplateText | undefined {
  const { exporterAddress, exportProtocol, observationDomainId, templateId, definition } = template;
  if (definition.length > MOST_DEFINITION_OCTETS) return undefined;
  return {
    exporterAddress,
    field: `${exportProtocol}/${observationDomainId}/${templateId}`,
    definition: Buffer.from(definition).toString('base64'),
  };
}

/** undefined when it is none: others may write into the Redis, too. */
export function readTemplate(text: Partial<TemplateText>): SharedTemplate | undefined {
  const { exporterAddress = '', field = '', definition = '' } = text;
  const match = /^(netflow9|ipfix)\/(\d{1,10})\/(\d{1,5})$/.exec(field);
  if (match === null || addressOctets(exporterAddress) === undefined) return undefined;
  if (definition.length > MOST_DEFINITION_OCTETS * 2 || definition === '') return undefined;
  return {
    exporterAddress,
    exportProtocol: match[1] as string,
    observationDomainId: Number(match[2]),
    templateId: Number(match[3]),
    definition: Buffer.from(definition, 'base64'),
  };
}
