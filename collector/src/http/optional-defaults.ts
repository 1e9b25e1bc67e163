// SPDX-License-Identifier: Apache-2.0

interface Described {
  readonly default?: unknown;
}
interface ObjectSchema {
  required?: string[];
  readonly properties?: Readonly<Record<string, Described>>;
}
interface Operation {
  readonly parameters?: { required?: boolean; readonly schema?: Described }[];
  readonly requestBody?: {
    readonly content?: Readonly<Record<string, { readonly schema?: ObjectSchema }>>;
  };
}

/** What has a default need not be given: says so of every parameter and of every body's properties. */
export function declareDefaultsOptional<Document extends object>(document: Document): Document {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const { parameters = [], requestBody } of operations) {
    for (const parameter of parameters) {
      if (parameter.schema?.default !== undefined) parameter.required = false;
    }
    for (const { schema } of Object.values(requestBody?.content ?? {})) {
      const { properties = {}, required } = schema ?? {};
      if (schema === undefined || required === undefined) continue;
      schema.required = required.filter((name) => properties[name]?.default === undefined);
    }
  }
  return document;
}
