// SPDX-License-Identifier: Apache-2.0

/** Sequence numbers of one (exporter, domain). Units are flows for v5 and export packets for v9. */
export interface SequenceState {
  /** What the next datagram should carry; undefined before the first. */
  next: number | undefined;
  sysUptime: number;
  lostUnits: number;
  lateDatagrams: number;
  lateInARow: number;
  restarts: number;
}

export interface SequenceStep {
  readonly sequence: number;
  /** Units that this datagram counts for. */
  readonly units: number;
  /** Milliseconds since the exporter started. */
  readonly sysUptime: number;
}

/** An uptime that goes back by more than this is a restart, by less a datagram that came late. */
const REORDER_MS = 30_000;
/** No gap: a jump of so many units is an exporter that counts anew. */
const LARGEST_GAP_UNITS = 1 << 20;
/** So many "late" datagrams in a row are an exporter that counts anew. */
const MOST_LATE_IN_A_ROW = 8;

export function createSequence(): SequenceState {
  return {
    next: undefined,
    sysUptime: 0,
    lostUnits: 0,
    lateDatagrams: 0,
    lateInARow: 0,
    restarts: 0,
  };
}

/** Takes one datagram into account; both counters wrap at 2^32. */
export function trackSequence(state: SequenceState, step: SequenceStep): void {
  if (state.next === undefined) {
    accept(state, step);
    return;
  }
  const gap = (step.sequence - state.next) | 0;
  const late = gap < 0;
  if (isRestart(state, step, gap)) {
    state.restarts++;
  } else if (late) {
    state.lateDatagrams++;
    state.lateInARow++;
    // It was counted as lost when its successor overtook it.
    state.lostUnits = Math.max(0, state.lostUnits - step.units);
    return;
  } else {
    state.lostUnits += gap;
  }
  accept(state, step);
}

function isRestart(state: SequenceState, step: SequenceStep, gap: number): boolean {
  const uptimeStep = (step.sysUptime - state.sysUptime) | 0;
  return (
    uptimeStep < -REORDER_MS ||
    Math.abs(gap) > LARGEST_GAP_UNITS ||
    (gap < 0 && (uptimeStep < 0 ? step.sequence === 0 : state.lateInARow >= MOST_LATE_IN_A_ROW))
  );
}

function accept(state: SequenceState, step: SequenceStep): void {
  state.next = (step.sequence + step.units) >>> 0;
  state.sysUptime = step.sysUptime;
  state.lateInARow = 0;
}
