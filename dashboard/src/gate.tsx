// SPDX-License-Identifier: Apache-2.0
import { API } from '@weir/wire';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { apiUrl, fetchSession } from './api/client';
import { LiveStream } from './api/live-stream';
import { sessionState, signedIn, subscribeSession } from './api/session';
import { App } from './app';
import { SignInPage } from './panel/sign-in-page';

const RETRY_MS = 3_000;

/** The dashboard for who may see it, the sign-in page for everybody else. */
export function Gate() {
  const { status } = useSyncExternalStore(subscribeSession, sessionState);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (status !== 'asking') return;
    const abort = new AbortController();
    const ask = () =>
      fetchSession(abort.signal).then(signedIn, ({ message }) => setFailure(message));
    void ask();
    // While the collector does not answer nobody knows; a 401 ends the asking.
    const timer = setInterval(ask, RETRY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [status]);
  if (status === 'out') return <SignInPage />;
  if (status === 'in') return <Inside />;
  return failure === undefined ? null : (
    <p className="banner" role="alert" data-testid="unreachable">
      {failure}
    </p>
  );
}

/** The stream lives as long as the session that it was opened in. */
function Inside() {
  const [stream] = useState(() => new LiveStream(apiUrl(API.stream)));
  useEffect(() => {
    stream.start();
    return () => stream.stop();
  }, [stream]);
  return <App stream={stream} />;
}
