// SPDX-License-Identifier: Apache-2.0
// What all pages have around them: navigation, the top with filter and time, messages and menus.
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LocationProvider } from 'preact-iso';
import { hasRole } from '../api/session';
import { DialogHost } from '../control/dialog-host';
import { MenuHost } from '../control/menu';
import { Notice, Skeleton } from '../control/panel';
import { ToastHost } from '../control/toast';
import { FIRST_PAGE, PAGES, type Page } from '../page/registry';
import { knownPages } from '../view/known-pages';
import { preferences } from '../view/preferences';
import { useView } from '../view/view';
import { BrokenPage } from './broken-page';
import { ConnectionBanner } from './connection-banner';
import { Navigation } from './navigation';
import { TopBar } from './top-bar';

/** Links of the dashboard: a page's name and its query. Others are the browser's. */
const OWN_LINKS = /^(?:\.\/)?[a-z-]*(?:\?.*)?$/;

export function App() {
  return (
    <LocationProvider scope={OWN_LINKS}>
      <Frame />
    </LocationProvider>
  );
}

function Frame() {
  const view = useView();
  const pages = PAGES.filter(({ role }) => role === undefined || hasRole(role));
  knownPages.value = new Set(pages.map(({ id }) => id));
  const wanted = view.page === '' ? FIRST_PAGE : view.page;
  const page = pages.find(({ id }) => id === wanted);
  const content = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = page === undefined ? 'Weir' : `${page.title} · Weir`;
  }, [page]);
  return (
    <div class="frame" data-navigation={preferences.value.navigation}>
      <button type="button" class="skip-link" onClick={() => content.current?.focus()}>
        Skip to the page
      </button>
      <Navigation pages={pages} current={wanted} view={view} />
      <div class="frame-page">
        <TopBar page={page} view={view} />
        <ConnectionBanner />
        {view.isLater && (
          <p class="banner banner-warning" role="alert">
            This link is of a later Weir: what it shows here may be something else.
          </p>
        )}
        <main id="content" ref={content} tabIndex={-1} data-page={wanted}>
          {page === undefined ? <NoPage name={wanted} /> : <Content key={page.id} page={page} />}
        </main>
      </div>
      <ToastHost />
      <MenuHost />
      <DialogHost />
    </div>
  );
}

/** A page as soon as it is loaded. */
function Content({ page }: { readonly page: Page }) {
  const [loaded, setLoaded] = useState<{ Component?: ComponentType; error?: Error }>({});
  useEffect(() => {
    page.load().then(
      (module) => setLoaded({ Component: module.default }),
      (error: Error) => setLoaded({ error }),
    );
  }, [page]);
  const { Component, error } = loaded;
  if (error !== undefined) return <NotLoaded error={error} />;
  if (Component === undefined) return <Skeleton rows={6} />;
  return (
    <BrokenPage>
      <Component />
    </BrokenPage>
  );
}

function NotLoaded({ error }: { readonly error: Error }) {
  return (
    <Notice title="This page could not be loaded">
      <p>The collector does not answer, or it is another version by now. {error.message}</p>
      <button type="button" class="button" onClick={() => window.location.reload()}>
        Load it again
      </button>
    </Notice>
  );
}

function NoPage({ name }: { readonly name: string }) {
  return (
    <Notice title="There is no such page">
      <p>
        <code>{name}</code> is no page of this Weir, or it takes another role than yours.
      </p>
      <a class="button" href="./">
        To the overview
      </a>
    </Notice>
  );
}
