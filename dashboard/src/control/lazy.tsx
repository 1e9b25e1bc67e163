// SPDX-License-Identifier: Apache-2.0
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorNotice, Skeleton } from './panel';

/** A component that is loaded when it is shown for the first time. */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [, redraw] = useState<unknown>();
    const [error, setError] = useState<Error>();
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then((component) => {
        loaded = component;
        redraw({});
      }, setError);
    }, []);
    if (error !== undefined) return <ErrorNotice error={error} />;
    const Component = loaded;
    return Component === undefined ? <Skeleton rows={1} tall /> : <Component {...props} />;
  };
}
