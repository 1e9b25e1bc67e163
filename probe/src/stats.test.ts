// SPDX-License-Identifier: Apache-2.0
import type { ExporterCounters, LaneCounters } from '@weir/native';
import { describe, expect, it } from 'vitest';
import { expositionText } from './metrics/exposition.js';
import { probeMetrics } from './metrics/probe-metrics.js';
import { probeStats } from './stats.js';
import type { ProbeStatus } from './status.js';

const TARGETS = ['ipfix+tcp://192.0.2.1:4739', 'records'];

function exporter(records: number, lagNs: number): ExporterCounters {
  return { records, lagNs, failedMessagesByReason: {}, lastFailure: '' } as ExporterCounters;
}

interface LaneCase {
  readonly samplingInterval: number;
  readonly samplingFactor: number;
  readonly overloadLevel: number;
  readonly exporters: readonly ExporterCounters[];
}

function lane(of: LaneCase): LaneCounters {
  const sum = { packets: 1, octets: 100 };
  const counters = {
    ...{ captured: sum, notSampled: sum, estimated: sum, recorded: sum },
    ...{ exceptions: {}, recordsByEndReason: [] },
    ...{ capture: {}, tunnels: { entered: 3, malformed: 0 } },
    ...{ classifier: { undecidedFlowBytes: 512 } },
    ...{
      frameOctets: 1,
      overheardPackets: 0,
      flows: 1,
      liveFlows: 1,
      evictedFlows: 0,
      overloadChanges: 0,
    },
    ...of,
  };
  return counters as unknown as LaneCounters;
}

const LANES = [
  lane({
    samplingInterval: 10,
    samplingFactor: 4,
    overloadLevel: 3,
    exporters: [exporter(5, 1e9), exporter(2, 0)],
  }),
  lane({
    samplingInterval: 10,
    samplingFactor: 1,
    overloadLevel: 0,
    exporters: [exporter(6, 7.5e9), exporter(1, 2e8)],
  }),
];

describe('probeStats', () => {
  it('adds lanes up, and of what is a state takes the worst', () => {
    const stats = probeStats(LANES, TARGETS, 1);
    const { targets } = stats;
    expect(stats).toMatchObject({
      packets: 2,
      estimated: { packets: 2, octets: 200 },
      samplingInterval: 10,
      samplingFactor: 4,
      overloadLevel: 3,
    });
    expect(targets['ipfix+tcp://192.0.2.1:4739']).toMatchObject({ records: 11, lagSeconds: 7.5 });
    expect(targets.records).toMatchObject({ records: 3, lagSeconds: 0.2 });
  });
});

describe('probeMetrics', () => {
  const status = { source: {}, reloads: {}, lastReload: null } as ProbeStatus;
  const text = expositionText(
    probeMetrics({ ...status, startedAt: '', stats: probeStats(LANES, TARGETS, 1) }),
  );

  it("tells each lane's lag behind each target", () => {
    expect(text).toContain('# TYPE weir_probe_export_lag_seconds gauge\n');
    const lags = text.split('\n').filter((line) => line.startsWith('weir_probe_export_lag'));
    expect(lags).toEqual([
      'weir_probe_export_lag_seconds{lane="0",target="ipfix+tcp://192.0.2.1:4739"} 1',
      'weir_probe_export_lag_seconds{lane="0",target="records"} 0',
      'weir_probe_export_lag_seconds{lane="1",target="ipfix+tcp://192.0.2.1:4739"} 7.5',
      'weir_probe_export_lag_seconds{lane="1",target="records"} 0.2',
    ]);
  });

  it('tells what overload takes and what records make good', () => {
    expect(text).toContain('weir_probe_overload_level{lane="0"} 3\n');
    expect(text).toContain('weir_probe_sampling_interval{lane="0"} 10\n');
    expect(text).toContain('weir_probe_sampling_factor{lane="0"} 4\n');
    expect(text).toContain('weir_probe_not_sampled_packets_total{lane="1"} 1\n');
    expect(text).toContain('weir_probe_estimated_packets_total{lane="1"} 1\n');
    expect(text).toContain('weir_probe_estimated_bytes_total{lane="1"} 100\n');
  });

  it('has gauges for what can shrink, each with words of its own', () => {
    expect(text).toContain(
      '# HELP weir_probe_classifier_undecided_flow_bytes Memory held for flows whose application ' +
        'is still being looked for\n# TYPE weir_probe_classifier_undecided_flow_bytes gauge\n',
    );
  });

  it('tells what became of packets in tunnels', () => {
    expect(text).toContain('weir_probe_tunnel_packets_total{lane="0",outcome="entered"} 3\n');
    expect(text).toContain('weir_probe_tunnel_packets_total{lane="1",outcome="malformed"} 0\n');
  });
});
