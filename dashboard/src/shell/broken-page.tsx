// SPDX-License-Identifier: Apache-2.0
import { Component, type ComponentChildren } from 'preact';
import { Notice } from '../control/panel';

interface Props {
  readonly children?: ComponentChildren;
}

/** Stands in for what could not be drawn: without it there would be nothing but the ground. */
export class BrokenPage extends Component<Props, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div role="alert">
        <Notice title="This page could not be drawn">
          <p>{this.state.error.message}</p>
          <button type="button" class="button" onClick={() => window.location.reload()}>
            Load it again
          </button>
        </Notice>
      </div>
    );
  }
}
