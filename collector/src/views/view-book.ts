// SPDX-License-Identifier: Apache-2.0
// The dashboard's views that people have saved, in a file of the data folder.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SavedView, type SavedViewInput } from '@weir/wire';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { CollectorError, messageOf, reasonOf } from '../errors.js';
import { writeDurably } from '../series/durable-file.js';

const ViewFile = Type.Object({ version: Type.Literal(1), views: Type.Array(SavedView) });

/** Of one owner. */
const MOST_VIEWS = 200;

/** Who asks: a name, and whether everybody's views may be changed. */
export interface Viewer {
  readonly name: string;
  readonly mayChange: 'own' | 'all';
}

/** What cannot be done with a view, and what to do instead. */
export class ViewRefusal extends Error {
  override readonly name = 'ViewRefusal';
  readonly reason: 'unknown' | 'exists' | 'too-many' | 'not-yours';

  constructor(reason: ViewRefusal['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Changes are on disk before they count, one after the other. */
export class ViewBook {
  readonly #path: string;
  #views: readonly SavedView[] = [];
  #changing: Promise<unknown> = Promise.resolve();

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'views.json');
  }

  /** Reads what was saved. @throws CollectorError WEIR_COLLECTOR_VIEWS */
  async start(): Promise<void> {
    this.#views = await loadViews(this.#path);
  }

  /** One's own and those that are shared, by name. */
  seenBy({ name }: Viewer): SavedView[] {
    return this.#views
      .filter(({ owner, isShared }) => isShared || owner === name)
      .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  /** @throws ViewRefusal exists, too-many; CollectorError WEIR_COLLECTOR_VIEWS_NOT_KEPT */
  create(viewer: Viewer, input: SavedViewInput): Promise<SavedView> {
    return this.#change((views) => {
      const own = views.filter(({ owner }) => owner === viewer.name);
      if (own.length >= MOST_VIEWS) {
        throw new ViewRefusal(
          'too-many',
          `you have ${MOST_VIEWS} views; delete one that nobody needs`,
        );
      }
      const now = Date.now();
      const view: SavedView = {
        ...input,
        id: randomBytes(8).toString('hex'),
        owner: viewer.name,
        createdMilliseconds: now,
        changedMilliseconds: now,
      };
      refuseSameName(views, view);
      return { views: [...views, view], result: view };
    });
  }

  /** @throws ViewRefusal unknown, not-yours, exists; CollectorError WEIR_COLLECTOR_VIEWS_NOT_KEPT */
  replace(
    viewer: Viewer,
    id: string,
    input: SavedViewInput,
  ): Promise<{ before: SavedView; after: SavedView }> {
    return this.#change((views) => {
      const before = ownView(views, id, viewer);
      const after = { ...before, ...input, changedMilliseconds: Date.now() };
      const others = views.filter((view) => view !== before);
      refuseSameName(others, after);
      return { views: [...others, after], result: { before, after } };
    });
  }

  /** @throws ViewRefusal unknown, not-yours; CollectorError WEIR_COLLECTOR_VIEWS_NOT_KEPT */
  remove(viewer: Viewer, id: string): Promise<SavedView> {
    return this.#change((views) => {
      const removed = ownView(views, id, viewer);
      return { views: views.filter((view) => view !== removed), result: removed };
    });
  }

  /** Deletes those that only their owner sees, of owners that are meant. @throws CollectorError WEIR_COLLECTOR_VIEWS_NOT_KEPT */
  removePrivate(isMeant: (view: SavedView) => boolean): Promise<readonly SavedView[]> {
    return this.#change((views) => {
      const removed = views.filter((view) => !view.isShared && isMeant(view));
      const kept = views.filter((view) => !removed.includes(view));
      return { views: removed.length === 0 ? views : kept, result: removed };
    });
  }

  #change<Result>(
    make: (views: readonly SavedView[]) => { views: readonly SavedView[]; result: Result },
  ): Promise<Result> {
    const changed = this.#changing.then(async () => {
      const { views, result } = make(this.#views);
      if (views === this.#views) return result;
      await saveViews(this.#path, views);
      this.#views = views;
      return result;
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

/** Of a view that somebody does not even see nothing is told. */
function ownView(views: readonly SavedView[], id: string, viewer: Viewer): SavedView {
  const view = views.find((known) => known.id === id);
  const isOwn = view?.owner === viewer.name;
  if (view === undefined || !(isOwn || view.isShared || viewer.mayChange === 'all')) {
    throw new ViewRefusal('unknown', `there is no view "${id}"; it may have been deleted`);
  }
  if (isOwn || viewer.mayChange === 'all') return view;
  throw new ViewRefusal('not-yours', `this view is ${view.owner}'s; save one of your own`);
}

function refuseSameName(views: readonly SavedView[], { name, owner }: SavedView): void {
  const same = views.find(
    (view) => view.owner === owner && view.name.toLowerCase() === name.toLowerCase(),
  );
  if (same === undefined) return;
  throw new ViewRefusal('exists', `there is a view "${same.name}" already; take another name`);
}

async function loadViews(path: string): Promise<readonly SavedView[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CollectorError('WEIR_COLLECTOR_VIEWS', `${path} (${messageOf(error)})`, error);
  });
  if (text === undefined) return [];
  const content = parse(text);
  if (Check(ViewFile, content)) return content.views;
  throw new CollectorError(
    'WEIR_COLLECTOR_VIEWS',
    `${path} is not what this Weir writes; mend it, or move it away to start without views`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function saveViews(path: string, views: readonly SavedView[]): Promise<void> {
  try {
    await writeDurably(path, `${JSON.stringify({ version: 1, views }, undefined, 2)}\n`);
  } catch (error) {
    const detail = `${reasonOf(error)}; see that the disk of the data folder has room and try again`;
    throw new CollectorError('WEIR_COLLECTOR_VIEWS_NOT_KEPT', detail, error);
  }
}
