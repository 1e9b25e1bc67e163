// SPDX-License-Identifier: Apache-2.0

import type { RedisKeys } from './redis-keys.js';
import { answersOf, pairsOf, type RedisLink, readEntries, streamEntries } from './redis-link.js';
import {
  keptText,
  readKept,
  readTemplate,
  type TemplateText,
  templateText,
} from './shared-template.js';
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

/** What the Redis has, and when that was last heard. */
interface KnownTemplate {
  readonly toldMilliseconds: number;
  readonly definition: string;
  readonly heardMilliseconds: number;
}

/** Publishes what this collector's decoder learns, and gives it what others learnt. */
export class TemplateExchange {
  published = 0;
  imported = 0;
  passedOver = 0;
  readonly #options: TemplateExchangeOptions;
  /** What the Redis has: exporter -> field. */
  readonly #known = new Map<string, Map<string, KnownTemplate>>();
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
        Object.entries(pairsOf(answers[i])).map(([field, text]) =>
          readKept({ exporterAddress, field }, text),
        ),
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
      others.map(({ fields: { exporter = '', field = '', told = '0', definition = '' } }) => ({
        ...{ exporterAddress: exporter, field, toldMilliseconds: Number(told) || 0, definition },
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

  /** undefined when it is known, or older than what is known, or none, or one too many. */
  #toImport(text: TemplateText): SharedTemplate | undefined {
    const template = readTemplate(text);
    if (template === undefined || !this.#hasRoom(text.exporterAddress, text.field)) {
      this.passedOver++;
      return undefined;
    }
    const place = placeOf(text);
    const own = this.#waiting.get(place);
    if (own !== undefined && isNewer(own, text)) return undefined;
    const known = this.#knownOf(text);
    if (known !== undefined && isNewer(known, text)) {
      // Its collector did not know better: it and the Redis have to learn.
      const { toldMilliseconds, definition } = known;
      this.#waiting.set(place, { ...text, toldMilliseconds, definition });
      return undefined;
    }
    this.#waiting.delete(place);
    this.#remember(text);
    return known?.definition === text.definition ? undefined : template;
  }

  /** What the decoder has learnt, unless the Redis has it. */
  async #collect(): Promise<void> {
    const { source, now } = this.#options;
    const isRefresh = now() - this.#refreshedMilliseconds >= REFRESH_MS;
    if (isRefresh) {
      // Told again, each one lives on.
      this.#changes = [];
      this.#refreshedMilliseconds = now();
      this.#forgetSilent();
    }
    const { templates, changes } = await source.templatesSince(this.#changes);
    this.#changes = changes;
    for (const template of templates) {
      const text = templateText(template);
      if (text === undefined || !this.#hasRoom(text.exporterAddress, text.field)) this.passedOver++;
      else if (isRefresh || this.#knownOf(text)?.definition !== text.definition) this.#wait(text);
    }
  }

  #wait(text: TemplateText): void {
    const known = this.#knownOf(text);
    // Takes its room already; no definition is empty.
    if (known === undefined) this.#remember({ ...text, toldMilliseconds: 0, definition: '' });
    else if (isNewer(known, text)) return;
    const toldMilliseconds = Math.max(text.toldMilliseconds, known?.toldMilliseconds ?? 0);
    this.#waiting.set(placeOf(text), { ...text, toldMilliseconds });
  }

  /** What no collector tells of any more makes room. */
  #forgetSilent(): void {
    const oldest = this.#options.now() - KEEP_SECONDS * 1000;
    for (const [exporter, fields] of this.#known) {
      for (const [field, known] of fields) {
        if (known.heardMilliseconds < oldest) fields.delete(field);
      }
      if (fields.size === 0) this.#known.delete(exporter);
    }
  }

  async #publish(): Promise<void> {
    const { link, keys, collectorName, now } = this.#options;
    const templates = [...this.#waiting].slice(0, MOST_A_TURN);
    if (templates.length === 0) return;
    const pipeline = link.pipeline();
    for (const [, text] of templates) {
      const { exporterAddress, field, definition, toldMilliseconds: told } = text;
      const key = keys.templates(exporterAddress);
      const news = ['exporter', exporterAddress, 'field', field, 'told', told];
      pipeline.hset(key, field, keptText(text)).expire(key, KEEP_SECONDS);
      pipeline.zadd(keys.exporters, now(), exporterAddress);
      pipeline.xadd(
        ...([keys.templateNews, 'MAXLEN', '~', NEWS_KEPT, '*'] as const),
        ...['collector', collectorName, ...news, 'definition', definition],
      );
    }
    await answersOf(pipeline);
    for (const [at, text] of templates) {
      if (this.#waiting.get(at) === text) this.#waiting.delete(at);
      this.#remember(text);
      this.published++;
    }
  }

  #knownOf({ exporterAddress, field }: TemplateText): KnownTemplate | undefined {
    return this.#known.get(exporterAddress)?.get(field);
  }

  #remember({ exporterAddress, field, toldMilliseconds, definition }: TemplateText): void {
    const fields = this.#known.get(exporterAddress) ?? new Map<string, KnownTemplate>();
    this.#known.set(exporterAddress, fields);
    const heardMilliseconds = this.#options.now();
    fields.set(field, { toldMilliseconds, definition, heardMilliseconds });
  }

  #hasRoom(exporterAddress: string, field: string): boolean {
    const { mostTemplatesAnExporter: most = MOST_TEMPLATES_AN_EXPORTER } = this.#options;
    const fields = this.#known.get(exporterAddress);
    if (fields === undefined) return this.#known.size < MOST_EXPORTERS;
    return fields.has(field) || fields.size < most;
  }
}

function placeOf({ exporterAddress, field }: TemplateText): string {
  return `${exporterAddress} ${field}`;
}

/** Whether what is known is another definition, told later. */
function isNewer(known: Omit<KnownTemplate, 'heardMilliseconds'>, text: TemplateText): boolean {
  return known.definition !== text.definition && known.toldMilliseconds > text.toldMilliseconds;
}
