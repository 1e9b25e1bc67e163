// SPDX-License-Identifier: Apache-2.0
// How flows get here: what to type on which device, and whether something has come.
import type { HealthResponse } from '@weir/wire';
import { useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { CodeBlock } from '../../control/code-block';
import { Field } from '../../control/field';
import { Icon } from '../../control/icons';
import { ErrorNotice, Panel, Skeleton } from '../../control/panel';
import { Select } from '../../control/select';
import { formatCount } from '../../format/quantity';
import type { View } from '../../view/view';
import {
  DEVICE_GUIDES,
  type DeviceGuide,
  isLoopback,
  isReachableName,
  likelyAddress,
} from './exporter-guides';
import { exporterKey, protocolTitle } from './exporter-state';
import './exporters.css';

const LOOK_AGAIN_MS = 2_000;
const GUIDE = 'device';

/** For the page of exporters, and instead of charts while there is nothing to draw. */
export function ConnectGuide({ view }: { readonly view: View }) {
  const { data: health, error } = useAnswer({
    key: 'health of the guide',
    everyMs: LOOK_AGAIN_MS,
    load: (signal) => ask('/api/v1/health', {}, signal),
  });
  if (!health) return error ? <ErrorNotice error={error} /> : <Skeleton rows={8} />;
  const guide = DEVICE_GUIDES.find(({ id }) => id === view.parameters[GUIDE]) ?? DEVICE_GUIDES[0];
  return (
    <Panel title="Connect an exporter" testId="connect">
      <div class="connect">
        <p class="connect-lead">
          A router, a switch or a probe tells this collector of the traffic that it sees, by
          NetFlow, IPFIX or sFlow. Choose what you have; type what stands below on it.
        </p>
        <Arrivals health={health} view={view} />
        <DeviceList view={view} chosen={guide as DeviceGuide} />
        <Instructions
          key={(guide as DeviceGuide).id}
          guide={guide as DeviceGuide}
          health={health}
        />
      </div>
    </Panel>
  );
}

function DeviceList({ view, chosen }: { readonly view: View; readonly chosen: DeviceGuide }) {
  return (
    <nav class="devices" aria-label="Devices">
      {DEVICE_GUIDES.map(({ id, title }, index) => (
        <a
          key={id}
          class="device"
          href={view.link(view.page, {
            tab: view.parameters.tab,
            [GUIDE]: index === 0 ? undefined : id,
          })}
          aria-current={id === chosen.id ? 'true' : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}

interface InstructionsProps {
  readonly guide: DeviceGuide;
  readonly health: HealthResponse;
}

function Instructions({ guide, health: { receive } }: InstructionsProps) {
  const ports = [...new Set(receive.listens.filter(isUdp).map(({ port }) => port))];
  const customary = ports.includes(guide.customaryPort) ? guide.customaryPort : ports[0];
  const [chosenPort, setPort] = useState<number>();
  const [address, setAddress] = useState(() => likelyAddress(location.hostname, receive.addresses));
  const port = chosenPort ?? customary ?? guide.customaryPort;
  const isGood = isReachableName(address);
  const target = { address: isGood ? address : 'COLLECTOR', port };
  return (
    <div class="instructions">
      <p>{guide.about}</p>
      <div class="instructions-target">
        <Field
          label="This collector, as the device reaches it"
          problem={isGood ? undefined : 'an address or a host name'}
        >
          <input
            type="text"
            value={address}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => setAddress(event.currentTarget.value.trim())}
          />
        </Field>
        <Field label="UDP port">
          <Select
            value={String(port)}
            choices={ports.map((one) => ({ value: String(one), label: String(one) }))}
            onChange={(value) => setPort(Number(value))}
          />
        </Field>
      </div>
      <CodeBlock
        text={guide.configuration(target)}
        label={`Configuration for ${guide.title}`}
        testId="configuration"
      />
      <Hindrances health={{ receive }} />
    </div>
  );
}

type Listen = HealthResponse['receive']['listens'][number];
const isUdp = ({ transport }: Listen): boolean => transport === 'udp';

/** What of this collector's own configuration would keep records away. */
function Hindrances({ health: { receive } }: { readonly health: Pick<HealthResponse, 'receive'> }) {
  const { listens, allowedExporters } = receive;
  return (
    <>
      {listens.every(({ host }) => isLoopback(host)) && (
        <p class="advice">
          This collector listens on its own machine only: other devices do not reach it. Start it
          with <code>--listen 0.0.0.0:2055</code>.
        </p>
      )}
      {allowedExporters.length > 0 && (
        <p class="advice">
          It takes records only from {allowedExporters.join(', ')}. Add the device with{' '}
          <code>--allow-exporter</code>.
        </p>
      )}
    </>
  );
}

/** Notices by itself what arrives, from the moment that the guide is opened. */
function Arrivals({ health, view }: { readonly health: HealthResponse; readonly view: View }) {
  const known = useRef<ReadonlySet<string>>(undefined);
  const { data } = useAnswer({
    key: 'exporters of the guide',
    everyMs: LOOK_AGAIN_MS,
    load: (signal) => ask('/api/v1/exporters', {}, signal),
  });
  if (data === undefined) return null;
  known.current ??= new Set(data.exporters.map(exporterKey));
  const before = known.current;
  const fresh = data.exporters.filter(
    (exporter) => !before.has(exporterKey(exporter)) && exporter.records > 0,
  );
  const isFirst = before.size === 0;
  return (
    <div class="arrivals" role="status" data-testid="arrivals">
      {fresh.map((exporter) => (
        <p key={exporterKey(exporter)} class="arrival">
          <Icon name="check" />
          <span>
            <strong>{exporter.exporterAddress}</strong> sends{' '}
            {protocolTitle(exporter.exportProtocol)}: {formatCount(exporter.records)}{' '}
            {exporter.records === 1 ? 'record' : 'records'} so far.
          </span>
          <a href={view.link('overview')}>Show the traffic</a>
        </p>
      ))}
      {fresh.length === 0 && <Waiting health={health} isFirst={isFirst} />}
    </div>
  );
}

function Waiting({
  health,
  isFirst,
}: {
  readonly health: HealthResponse;
  readonly isFirst: boolean;
}) {
  const { datagrams, records, dropsByReason } = health.receive;
  const dropped = Object.entries(dropsByReason).filter(([, count]) => count > 0);
  if (isFirst && datagrams > 0 && records === 0) {
    return (
      <p class="advice">
        {formatCount(datagrams)} datagrams have come, and no record yet. NetFlow v9 and IPFIX need
        their template first, which devices send every few minutes.
        {dropped.length > 0 &&
          ` Dropped: ${dropped.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ')}.`}
      </p>
    );
  }
  return (
    <p class="waiting">
      <span class="pulse" aria-hidden="true" />
      Waiting for {isFirst ? 'the first record' : 'another exporter'}. This page notices by itself.
    </p>
  );
}
