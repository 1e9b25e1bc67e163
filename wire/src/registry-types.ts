// SPDX-License-Identifier: Apache-2.0
// Shapes of the information element registry and of export templates.

/** How the octets of an element are read; lengths come from the template. */
export type ElementType =
  | 'unsigned'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'string'
  | 'octets'
  | 'milliseconds'
  | 'ntp'
  | 'uptime'
  | 'seconds'
  | 'boolean';

export interface Element {
  /** IANA number; of a private element the number under Weir's configured enterprise */
  readonly id: number;
  readonly name: string;
  readonly type: ElementType;
  /** What RFC 5610 type information says of an element that is not IANA's. */
  readonly private?: PrivateElement;
}

export interface PrivateElement {
  readonly dataType: string;
  readonly semantics: string;
  readonly units: string;
  readonly range?: readonly [number, number];
  readonly description: string;
}

/**
 * Whose number the id of a field is: IANA's, IANA's for the reverse direction (RFC 5103), the configured
 * enterprise's, or a scope type of NetFlow v9 (RFC 3954 section 6.1).
 */
export type ElementSpace = 'iana' | 'reverse' | 'private' | 'scope';

export interface TemplateField {
  readonly id: number;
  readonly name: string;
  /** octets; 65535 where each record tells (RFC 7011 section 7) */
  readonly length: number;
  readonly space: ElementSpace;
}

export interface Template {
  readonly name: string;
  readonly id: number;
  readonly protocol: 'netflow9' | 'ipfix';
  /** Only options templates have scope fields. */
  readonly scope: readonly TemplateField[];
  readonly fields: readonly TemplateField[];
}
