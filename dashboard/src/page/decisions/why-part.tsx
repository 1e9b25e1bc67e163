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
import { decisionFacts, EvidencePart } from './decision-sheet';

export function WhyPart({ view }: { readonly view: View }) {
  const { address } = view.parameters;
  const { data, error, fresh } = useAnswer(
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
      {address !== undefined && data && !error && <Touches why={data.why} now={data.now} />}
    </Panel>
  );
}

function Touches({ why, now }: { readonly why: WhyResponse; readonly now: number }) {
  const { touches, protectedBy, address } = why;
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
      {touches.map((touch) => (
        <Touch key={`${touch.decision.id} ${touch.decision.revision}`} touch={touch} now={now} />
      ))}
    </div>
  );
}

interface TouchProps {
  readonly touch: WhyResponse['touches'][number];
  readonly now: number;
}

function Touch({ touch, now }: TouchProps) {
  const { decision, endedMilliseconds, ending, packets, octets } = touch;
  const [kind, text] = verdictOf(touch);
  return (
    <details class="touch" open={endedMilliseconds === undefined}>
      <summary>
        <span class={`badge badge-${kind}`}>{text}</span> {actionText(decision.action)}:{' '}
        {selectorText(decision.selector)} <span class="muted">{decision.reason}</span>
      </summary>
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

function verdictOf({ counts, endedMilliseconds, decision }: TouchProps['touch']): [string, string] {
  if (endedMilliseconds !== undefined) return ['plain', 'is over'];
  if (decision.isSimulated) return ['warning', 'simulated'];
  if (!counts) return ['plain', 'overridden'];
  return [decision.action.kind === 'allow' ? 'ok' : 'danger', 'holds'];
}
