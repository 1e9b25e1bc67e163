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
  /** IANA number */
  readonly id: number;
  readonly name: string;
  readonly type: ElementType;
}

export interface TemplateField {
  readonly id: number;
  readonly name: string;
  /** octets */
  readonly length: number;
}

export interface Template {
  readonly name: string;
  readonly id: number;
  /** Options templates have scope fields; ids are scope types of RFC 3954. */
  readonly scope: readonly TemplateField[];
  readonly fields: readonly TemplateField[];
}
