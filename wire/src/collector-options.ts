// SPDX-License-Identifier: Apache-2.0
// How a program reaches the collector's API: the options are the same wherever one does.
import Type from 'typebox';
import { option } from './config.js';

/** What differs between the programs. */
interface CollectorUse {
  /** Of the address, e.g. "collector to take decisions from". */
  readonly description: string;
  /** That the key must have, e.g. "gateway". */
  readonly scope: string;
}

const text = () => Type.Optional(Type.String({ minLength: 1 }));

/** Properties for a `section`. */
export const collectorOptions = ({ description, scope }: CollectorUse) => ({
  collector: option(Type.String({ pattern: '^https?://' }), {
    flag: '--collector <url>',
    description,
    default: 'http://127.0.0.1:8055',
  }),
  apiKey: option(text(), {
    flag: '--api-key <key>',
    description: `key with the scope ${scope}, where the collector asks for one; others on this machine see flags, so rather use the file`,
  }),
  apiKeyFile: option(text(), {
    flag: '--api-key-file <file>',
    description: 'file with the key',
  }),
  collectorCa: option(text(), {
    flag: '--collector-ca <file>',
    description:
      "authority (PEM) of the collector's certificate, where the system does not know it",
  }),
});
