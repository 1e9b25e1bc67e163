// SPDX-License-Identifier: Apache-2.0
import { Component, type ReactNode } from 'react';
import { Notice } from './panel';

interface Props {
  readonly children: ReactNode;
}

/** Stands in for a page that could not be drawn: without it React leaves nothing but the ground. */
export class BrokenPage extends Component<Props, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <main role="alert">
        <Notice title="This page could not be drawn">
          <p>{this.state.error.message}</p>
          <button type="button" className="button" onClick={() => window.location.reload()}>
            Load it again
          </button>
        </Notice>
      </main>
    );
  }
}
