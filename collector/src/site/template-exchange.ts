// SPDX-License-Identifier: Apache-2.0

import type { RedisKeys } from './redis-keys.js';
import { answersOf, pairsOf, type RedisLink, readEntries, streamEntries } from './redis-link.js';
import { readTemplate, type TemplateText, templateText } from './shared-template.js';
import type { SharedTemplate, TemplateSource } from './site.js';

export interface TemplateExchangeOptions {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  readonly collectorName: string;
  readonly source: TemplateSource;
  readonly now: () => number;
  readonly mostTemplatesAnExporter?: number;
}

const MOST_TEMPLATES_AN_EXPORTER = 1000;
const MOST_EXPORTERS = 10_000;
/** Templates that are published and taken in one turn: anybody can send templates to a collector. */
const MOST_A_TURN = 200;
const NEWS_KEPT = 10_000;
/** Templates of an exporter that no collector tells of any more are forgotten after this time. */
const KEEP_SECONDS = 3600;
/** All templates are told again that often, to keep them. */
const REFRESH_MS = 900_000;

/** Publishes what this collector's decoder learns, and gives it what others learnt. */
export class TemplateExchange {
  published = 0;
  imported = 0;
  passedOver = 0;
  readonly #options: TemplateExchangeOptions;
  /** What the Redis has: exporter -> field -> definition. */
  readonly #known = new Map<string, Map<string, string>>();
  /** What it should get. */
  readonly #waiting = new Map<string, TemplateText>();
  #toRead: string[] = [];
  #changes: readonly number[] = [];
  #lastNews = '0-0';
  #refreshedMilliseconds = 0;
  #isFresh = false;

  constructor(options: TemplateExchangeOptions) {
    this.#options = options;
  }

  /** The Redis may have forgotten everything, or something: begins anew. */
  reset(): void {
    this.#known.clear();
    this.#waiting.clear();
    this.#toRead = [];
    this.#changes = [];
    this.#isFresh = false;
  }

  /** A bounded amount of work. @throws the connection's or the server's error */
  async turn(): Promise<void> {
    if (!this.#isFresh) await this.#begin();
    await this.#readKept();
    if (this.#toRead.length > 0) return;
    await this.#readNews();
    await this.#collect();
    await this.#publish();
  }

  /** First what was there, by exporter; the news that come meanwhile are read afterwards. */
  async #begin(): Promise<void> {
    const { link, keys, now } = this.#options;
    const [, news, exporters] = await answersOf(
      link
        .pipeline()
        .zremrangebyscore(keys.exporters, 0, now() - KEEP_SECONDS * 1000)
        .xrevrange(keys.templateNews, '+', '-', 'COUNT', 1)
        .zrange(keys.exporters, 0, String(MOST_EXPORTERS - 1)),
    );
    this.#lastNews = streamEntries(news)[0]?.id ?? '0-0';
    this.#toRead = exporters as string[];
    this.#refreshedMilliseconds = now();
    this.#isFresh = true;
  }

  async #readKept(): Promise<void> {
    const { link, keys } = this.#options;
    const exporters = this.#toRead.slice(0, MOST_A_TURN);
    if (exporters.length === 0) return;
    const pipeline = link.pipeline();
    for (const exporter of exporters) pipeline.hgetall(keys.templates(exporter));
    const answers = await answersOf(pipeline);
    this.#toRead.splice(0, exporters.length);
    await this.#take(
      exporters.flatMap((exporterAddress, i) =>
        Object.entries(pairsOf(answers[i])).map(([field, definition]) => ({
          ...{ exporterAddress, field, definition },
        })),
      ),
    );
  }

  async #readNews(): Promise<void> {
    const { link, keys, collectorName } = this.#options;
    const [answer] = await answersOf(
      link.pipeline().xread('COUNT', MOST_A_TURN, 'STREAMS', keys.templateNews, this.#lastNews),
    );
    const entries = readEntries(answer);
    const others = entries.filter(({ fields }) => fields.collector !== collectorName);
    await this.#take(
      others.map(({ fields: { exporter = '', field = '', definition = '' } }) => ({
        ...{ exporterAddress: exporter, field, definition },
      })),
    );
    this.#lastNews = entries.at(-1)?.id ?? this.#lastNews;
  }

  async #take(texts: readonly TemplateText[]): Promise<void> {
    const templates = texts.flatMap((text) => this.#toImport(text) ?? []);
    if (templates.length === 0) return;
    await this.#options.source.importTemplates(templates);
    this.imported += templates.length;
  }

  /** undefined when it is known, or none, or one too many. */
  #toImport(text: TemplateText): SharedTemplate | undefined {
    const template = readTemplate(text);
    if (template === undefined || !this.#hasRoom(text.exporterAddress, text.field)) {
      this.passedOver++;
      return undefined;
    }
    return this.#remember(text) === text.definition ? undefined : template;
  }

  /** What the decoder has learnt, unless the Redis has it. */
  async #collect(): Promise<void> {
    const { source, now } = this.#options;
    if (now() - this.#refreshedMilliseconds >= REFRESH_MS) {
      this.#changes = [];
      this.#refreshedMilliseconds = now();
      // Told again, each one lives on.
      this.#known.clear();
    }
    const { templates, changes } = await source.templatesSince(this.#changes);
    this.#changes = changes;
    for (const template of templates) {
      const text = templateText(template);
      if (text === undefined || !this.#hasRoom(text.exporterAddress, text.field)) this.passedOver++;
      else this.#wait(text);
    }
  }

  #wait(text: TemplateText): void {
    const { exporterAddress, field, definition } = text;
    const known = this.#known.get(exporterAddress)?.get(field);
    if (known === definition) return;
    // Takes its room already; no definition is empty.
    if (known === undefined) this.#remember({ exporterAddress, field, definition: '' });
    this.#waiting.set(`${exporterAddress} ${field}`, text);
  }

  async #publish(): Promise<void> {
    const { link, keys, collectorName, now } = this.#options;
    const templates = [...this.#waiting].slice(0, MOST_A_TURN);
    if (templates.length === 0) return;
    const pipeline = link.pipeline();
    for (const [, { exporterAddress, field, definition }] of templates) {
      const key = keys.templates(exporterAddress);
      const news = ['exporter', exporterAddress, 'field', field, 'definition', definition];
      pipeline.hset(key, field, definition).expire(key, KEEP_SECONDS);
      pipeline.zadd(keys.exporters, now(), exporterAddress);
      pipeline.xadd(
        ...([keys.templateNews, 'MAXLEN', '~', NEWS_KEPT, '*'] as const),
        ...['collector', collectorName, ...news],
      );
    }
    await answersOf(pipeline);
    for (const [at, text] of templates) {
      if (this.#waiting.get(at) === text) this.#waiting.delete(at);
      this.#remember(text);
      this.published++;
    }
  }

  /** @returns the definition that was known before */
  #remember({ exporterAddress, field, definition }: TemplateText): string | undefined {
    const fields = this.#known.get(exporterAddress) ?? new Map<string, string>();
    this.#known.set(exporterAddress, fields);
    const before = fields.get(field);
    fields.set(field, definition);
    return before;
  }

  #hasRoom(exporterAddress: string, field: string): boolean {
    const { mostTemplatesAnExporter: most = MOST_TEMPLATES_AN_EXPORTER } = this.#options;
    const fields = this.#known.get(exporterAddress);
    if (fields === undefined) return this.#known.size < MOST_EXPORTERS;
    return fields.has(field) || fields.size < most;
  }
}
