// SPDX-License-Identifier: Apache-2.0

import { ConfidenceBars } from '../../control/confidence-mark';
import { openValueMenu } from '../../control/value-menu';
import { confidenceOf } from '../../format/confidence';
import { formatShare } from '../../format/quantity';
import { amountText } from '../../view/shown';
import type { ByConfidence } from './ranking';

/** One bar of all octets, and in words what its parts rest on. Narrow parts have their words below as well. */
export function Certainty({ parts }: { readonly parts: readonly ByConfidence[] }) {
  const total = parts.reduce((sum, { octets }) => sum + octets, 0);
  return (
    <div class="certainty">
      <div class="certainty-bar" aria-hidden="true">
        {parts.map(({ confidence, octets }) => (
          <span
            key={confidence}
            class="certainty-part"
            data-strength={confidenceOf(confidence).strength}
            style={{ flexGrow: octets }}
            title={confidenceOf(confidence).word}
          />
        ))}
      </div>
      <ul class="certainty-words">
        {parts.map(({ confidence, octets }) => {
          const { word, about } = confidenceOf(confidence);
          const keys = [{ dimension: 'applicationConfidence' as const, key: confidence }];
          return (
            <li key={confidence}>
              <button
                type="button"
                class="certainty-word"
                aria-haspopup="menu"
                onClick={(event) => openValueMenu({ keys }, event.currentTarget)}
              >
                <span class="certainty-head">
                  <ConfidenceBars value={confidence} />
                  {word}
                  <span class="certainty-share">{formatShare(octets, total)}</span>
                </span>
                <span class="certainty-about">
                  {about} {amountText(octets, 'octets')}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
