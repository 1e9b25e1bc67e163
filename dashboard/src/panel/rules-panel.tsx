// SPDX-License-Identifier: Apache-2.0
import type { FlowDecision as Decision, ApplicationRule as Rule } from '@weir/wire';
import type { Control } from '../api/use-control';
import { formatEndpoint } from '../format/flow';
import { formatDuration, formatMoment, formatSpan } from '../format/time';
import { ApplicationName } from './applications';
import { TrashIcon } from './icons';
import { ErrorNotice, Notice, Panel, Skeleton } from './panel';

const SHOWN_DECISIONS = 6;

export interface RulesPanelProps {
  readonly control: Pick<Control, 'rules' | 'decisions'>;
  /** Asks whether to delete it. */
  readonly onDelete: (rule: Rule) => void;
}

/** What is blocked on purpose, and what that does right now. */
export function RulesPanel({ control, onDelete }: RulesPanelProps) {
  const { data: rules, error } = control.rules;
  const decisions = control.decisions.data;
  return (
    <Panel
      title="Rules"
      note={decisions && <DecisionCount count={decisions.length} />}
      testId="rules"
    >
      {!rules && (error ? <ErrorNotice error={error} /> : <Skeleton rows={3} />)}
      {rules?.length === 0 && (
        <Notice title="Nothing is blocked">
          <p>
            Block an application to stop its flows on every gateway that follows this collector.
          </p>
        </Notice>
      )}
      {rules && rules.length > 0 && (
        <ul className="rule-list">
          {rules.map((rule) => (
            <RuleItem key={rule.id} rule={rule} onDelete={onDelete} />
          ))}
        </ul>
      )}
      {decisions && decisions.length > 0 && <DecisionList decisions={decisions} />}
    </Panel>
  );
}

function DecisionCount({ count }: { readonly count: number }) {
  return (
    <>
      <span data-testid="decision-count">{count}</span>
      {count === 1 ? ' active decision' : ' active decisions'}
    </>
  );
}

interface RuleItemProps {
  readonly rule: Rule;
  readonly onDelete: (rule: Rule) => void;
}

function RuleItem({ rule, onDelete }: RuleItemProps) {
  return (
    <li className="rule" data-testid="rule" data-application={rule.applicationName}>
      <span className="badge badge-danger">Block</span>
      <div className="rule-text">
        <ApplicationName name={rule.applicationName} />
        <span className="rule-note" title={`Since ${formatMoment(rule.createdMilliseconds)}`}>
          holds {formatSpan(rule.holdSeconds)} after the last record
          {rule.comment && ` · ${rule.comment}`}
        </span>
      </div>
      <button
        type="button"
        className="button-icon"
        aria-label={`Delete the rule that blocks ${rule.applicationName}`}
        title="Delete this rule"
        data-testid="rule-delete"
        onClick={() => onDelete(rule)}
      >
        <TrashIcon />
      </button>
    </li>
  );
}

function DecisionList({ decisions }: { readonly decisions: readonly Decision[] }) {
  const newest = decisions.toSorted((a, b) => b.revision - a.revision).slice(0, SHOWN_DECISIONS);
  const hidden = decisions.length - newest.length;
  return (
    <div className="decisions" data-testid="decisions">
      <h3>Blocked flows</h3>
      <ul>
        {newest.map((decision) => (
          <DecisionItem key={decision.id} decision={decision} />
        ))}
      </ul>
      {hidden > 0 && <p className="decisions-more">and {hidden} more</p>}
    </div>
  );
}

function DecisionItem({ decision }: { readonly decision: Decision }) {
  const { selector } = decision;
  const endpoint = (address: string, port: number) =>
    formatEndpoint(address, port, selector.protocolIdentifier);
  const left = formatDuration(decision.expiresMilliseconds - Date.now());
  return (
    <li title={decision.reason}>
      <span className="address">
        {endpoint(selector.sourceAddress, selector.sourceTransportPort)}
        <span className="arrow-between"> ↔ </span>
        {endpoint(selector.destinationAddress, selector.destinationTransportPort)}
      </span>
      <span className="decision-left">{left} left</span>
    </li>
  );
}
