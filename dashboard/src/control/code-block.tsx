// SPDX-License-Identifier: Apache-2.0
import { Icon } from './icons';
import { tellDone, tellFailed } from './toast';

export interface CodeBlockProps {
  readonly text: string;
  /** What is copied, for who does not see it. */
  readonly label: string;
  readonly testId?: string;
}

/** Text that is to be taken elsewhere as it stands. */
export function CodeBlock({ text, label, testId }: CodeBlockProps) {
  const copy = () => navigator.clipboard.writeText(text).then(() => tellDone('Copied'), tellFailed);
  return (
    <div class="code-block" data-testid={testId}>
      {/* Long lines scroll: the keyboard has to reach them. */}
      <pre {...{ tabIndex: 0, role: 'group', 'aria-label': label }}>
        <code>{text}</code>
      </pre>
      {/* A page without TLS on another machine has no clipboard. */}
      {navigator.clipboard !== undefined && (
        <button
          type="button"
          class="button button-square"
          aria-label={`Copy: ${label}`}
          title="Copy"
          onClick={copy}
        >
          <Icon name="copy" />
        </button>
      )}
    </div>
  );
}
