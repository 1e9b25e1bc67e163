// SPDX-License-Identifier: Apache-2.0
// "Why am I blocked?": everything that touches an address, now and during the last day.
import type { WhyResponse } from '@weir/wire';
import { ask } from '../../api/client';
import { WITH_DECISIONS } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { Facts } from '../../control/facts';
import { Icon } from '../../control/icons';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { formatCount } from '../../format/quantity';
import { actionText, selectorText } from '../../format/rule-texts';
import { amountText, momentText } from '../../view/shown';
import type { View } from '../../view/view';
import { DecisionActions, decisionFacts, EvidencePart } from './decision-sheet';
import { lift } from './lift-decision';
import { answerFirst, standingOf } from './why-order';

export function WhyPart({ view }: { readonly view: View }) {
  const { address } = view.parameters;
  const { data, error, fresh, refresh } = useAnswer(
    address === undefined
      ? undefined
      : {
          key: `why ${address}`,
          ...WITH_DECISIONS,
          load: async (signal) => {
            const why = (await ask('/api/v1/why', { address }, signal)) as WhyResponse;
            return { why, now: Date.now() };
          },
        },
  );
  return (
    <Panel
      title="Why is this address blocked?"
      note="decisions that hold, and those of the last day"
      testId="why"
      outdated={data && !fresh}
    >
      <form
        class="toolbar why-form"
        onSubmit={(event) => {
          event.preventDefault();
          view.change({ address: String(new FormData(event.currentTarget).get('address')).trim() });
        }}
      >
        <input
          key={address}
          class="text-input"
          name="address"
          aria-label="Address"
          placeholder="192.0.2.7 or 2001:db8::7"
          required
          maxLength={45}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          defaultValue={address ?? ''}
        />
        <button type="submit" class="button">
          <Icon name="question" /> Why?
        </button>
      </form>
      {address !== undefined && error && <ErrorNotice error={error} />}
      {address !== undefined && !data && !error && <Skeleton rows={4} />}
      {address !== undefined && data && !error && (
        <Touches view={view} answer={data} refresh={refresh} />
      )}
    </Panel>
  );
}

interface TouchesProps {
  readonly view: View;
  readonly answer: { readonly why: WhyResponse; readonly now: number };
  readonly refresh: () => void;
}

function Touches({ answer: { why, now }, ...shared }: TouchesProps) {
  const { protectedBy, address } = why;
  const touches = answerFirst(why.touches);
  return (
    <div class="touches" role="status">
      {protectedBy !== undefined && (
        <p class="protected">
          <Icon name="check" /> {address} is protected: {protectedBy}
        </p>
      )}
      {touches.length === 0 && (
        <Notice title={`Nothing touches ${address}`}>
          <p>No decision holds for it, and none has during the last day.</p>
        </Notice>
      )}
      {touches.map((touch, at) => (
        <Touch
          key={`${touch.decision.id} ${touch.decision.revision}`}
          isAnswer={at === 0}
          {...{ touch, now, ...shared }}
        />
      ))}
    </div>
  );
}

interface TouchProps {
  readonly touch: WhyResponse['touches'][number];
  readonly now: number;
  /** The one that says most; the others are opened by who wants to know. */
  readonly isAnswer: boolean;
  readonly view: View;
  readonly refresh: () => void;
}

function Touch({ touch, now, isAnswer, view, refresh }: TouchProps) {
  const { decision, endedMilliseconds, ending, packets, octets } = touch;
  return (
    <details class="touch" open={isAnswer && endedMilliseconds === undefined}>
      <summary>
        <span class={`badge badge-${badgeOf(touch)}`}>{standingOf(touch)}</span>{' '}
        {actionText(decision.action)}: {selectorText(decision.selector)}{' '}
        <span class="muted">{decision.reason}</span>
      </summary>
      {endedMilliseconds === undefined && (
        <div class="sheet-actions touch-actions">
          <DecisionActions
            view={view}
            decision={decision}
            onLift={() => void lift(decision, refresh)}
          />
        </div>
      )}
      <div class="touch-facts">
        <Facts
          facts={[
            ...decisionFacts(decision, now).filter(
              ({ term }) => endedMilliseconds === undefined || term !== 'Ends',
            ),
            ...(endedMilliseconds === undefined
              ? []
              : [{ term: 'Ended', value: `${momentText(endedMilliseconds)}, ${ending}` }]),
            {
              term: 'Met',
              value: `${formatCount(packets)} packets, ${amountText(octets, 'octets')}`,
            },
          ]}
        />
        {decision.evidence && <EvidencePart evidence={decision.evidence} />}
      </div>
    </details>
  );
}

const BADGES = {
  holds: 'danger',
  simulated: 'warning',
  overridden: 'plain',
  'is over': 'plain',
} as const;

function badgeOf(touch: TouchProps['touch']): string {
  const standing = standingOf(touch);
  return standing === 'holds' && touch.decision.action.kind === 'allow' ? 'ok' : BADGES[standing];
}
