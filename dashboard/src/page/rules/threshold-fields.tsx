// SPDX-License-Identifier: Apache-2.0
import type { Threshold } from '@weir/wire';
import { Icon } from '../../control/icons';
import { AmountInput, CountInput, SpanInput } from '../../control/quantity-input';
import { Select } from '../../control/select';
import { NEW_THRESHOLD } from './rule-draft';

export interface ThresholdFieldsProps {
  readonly thresholds: readonly Threshold[];
  readonly onChange: (thresholds: Threshold[]) => void;
}

const MOST = 4;
const METRICS = [
  { value: 'octets', label: 'octets' },
  { value: 'packets', label: 'packets' },
  { value: 'flows', label: 'flows' },
  { value: 'peers', label: 'peers' },
] as const;
const OWNERS = [
  { value: 'host', label: 'of each host' },
  { value: 'flow', label: 'of each flow' },
  { value: 'network', label: 'of each network' },
] as const;
const SPANS = [
  { value: 'day', label: 'in the day' },
  { value: 'hour', label: 'in the hour' },
  { value: 'month', label: 'in the month' },
  { value: 'seconds', label: 'within' },
] as const;
const SECONDS = 10;

/** How much there has to be of what the filter holds for. */
export function ThresholdFields({ thresholds, onChange }: ThresholdFieldsProps) {
  const replace = (at: number, threshold: Threshold) =>
    onChange(thresholds.map((one, index) => (index === at ? threshold : one)));
  return (
    <fieldset class="rule-part">
      <legend>From how much on</legend>
      <div class="fields">
        {thresholds.map((threshold, index) => (
          <ThresholdLine
            // Lines have no identity but their place
            key={index}
            threshold={threshold}
            onChange={(changed) => replace(index, changed)}
            onRemove={() => onChange(thresholds.filter((_, at) => at !== index))}
          />
        ))}
        {thresholds.length < MOST && (
          <div>
            <button
              type="button"
              class="button"
              onClick={() => onChange([...thresholds, NEW_THRESHOLD])}
            >
              <Icon name="plus" /> {thresholds.length === 0 ? 'Only above an amount' : 'And also'}
            </button>
          </div>
        )}
      </div>
    </fieldset>
  );
}

interface ThresholdLineProps {
  readonly threshold: Threshold;
  readonly onChange: (threshold: Threshold) => void;
  readonly onRemove: () => void;
}

function ThresholdLine({ threshold, onChange, onRemove }: ThresholdLineProps) {
  const { metric, of, atLeast, per } = threshold;
  const Amount = metric === 'octets' ? AmountInput : CountInput;
  return (
    <div class="threshold">
      <Amount
        label="At least"
        value={atLeast}
        onChange={(amount) => onChange({ ...threshold, atLeast: Math.max(1, amount ?? 1) })}
      />
      <Select
        label="Of what"
        value={metric}
        choices={METRICS}
        onChange={(value) => onChange({ ...threshold, metric: value })}
      />
      <Select
        label="Of whom"
        value={of}
        choices={OWNERS}
        onChange={(value) => onChange({ ...threshold, of: value })}
      />
      <Select
        label="Within what time"
        value={typeof per === 'number' ? 'seconds' : per}
        choices={SPANS}
        onChange={(value) => onChange({ ...threshold, per: value === 'seconds' ? SECONDS : value })}
      />
      {typeof per === 'number' && (
        <SpanInput
          label="Time"
          value={per}
          onChange={(seconds) => onChange({ ...threshold, per: Math.max(1, seconds ?? SECONDS) })}
        />
      )}
      <button type="button" class="button-icon" aria-label="Leave this out" onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  );
}
