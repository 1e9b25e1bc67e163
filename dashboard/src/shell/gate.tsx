// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/client';
import { liveStream } from '../api/live-stream';
import { session, signedIn } from '../api/session';
import { preferencesOf } from '../view/preferences';
import { App } from './app';
import { SignInPage } from './sign-in-page';

const RETRY_MS = 3_000;

/** The dashboard for who may see it, the sign-in page for everybody else. */
export function Gate() {
  const { status } = session.value;
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (status !== 'asking') return;
    const abort = new AbortController();
    const askWho = () =>
      ask('/api/v1/session', {}, abort.signal).then(signedIn, ({ message }: Error) =>
        setFailure(message),
      );
    void askWho();
    // While the collector does not answer nobody knows; a 401 ends the asking.
    const timer = setInterval(askWho, RETRY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [status]);
  if (status === 'out') return <SignInPage />;
  if (status === 'in') return <Inside />;
  return failure === undefined ? null : (
    <p class="banner" role="alert" data-testid="unreachable">
      {failure} This page tries again every few seconds.
    </p>
  );
}

/** The stream lives as long as the session that it was opened in. */
function Inside() {
  const { value } = session;
  const name = value.status === 'in' ? value.session.name : '';
  useEffect(() => {
    preferencesOf(name);
    liveStream.start();
    return () => liveStream.stop();
  }, [name]);
  return <App />;
}
