// SPDX-License-Identifier: Apache-2.0
import { liveStream } from '../api/live-stream';

/** Says that what is shown may be old. */
export function ConnectionBanner() {
  if (liveStream.status.value !== 'lost') return null;
  return (
    <p class="banner" role="alert" data-testid="unreachable">
      <strong>The collector does not answer.</strong> What you see is its last answer. Check that{' '}
      <code>weir collector</code> is running; this page tries again every few seconds.
    </p>
  );
}
