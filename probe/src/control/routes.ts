// SPDX-License-Identifier: Apache-2.0
// What the control socket and the metrics port answer.
import Fastify, { type FastifyInstance } from 'fastify';
import { EXPOSITION_TYPE, expositionText } from '../metrics/exposition.js';
import { probeMetrics } from '../metrics/probe-metrics.js';
import type { ProbeStatus, ReloadAnswer } from '../status.js';
import { CONTROL } from './socket-path.js';

export interface ControlActions {
  status(): ProbeStatus;
  reload(): Promise<ReloadAnswer>;
}

function server(): FastifyInstance {
  return Fastify({ logger: false, bodyLimit: 1024, forceCloseConnections: true });
}

function addMetrics(routes: FastifyInstance, actions: ControlActions): void {
  routes.get(CONTROL.metrics, (_, reply) =>
    reply.type(EXPOSITION_TYPE).send(expositionText(probeMetrics(actions.status()))),
  );
}

/** For who may reach the socket: also changes things. */
export function controlServer(actions: ControlActions): FastifyInstance {
  const routes = server();
  routes.get(CONTROL.status, () => actions.status());
  routes.post(CONTROL.reload, async (_, reply) => {
    const answer = await actions.reload();
    return reply.code(answer.result === 'reloaded' ? 200 : 422).send(answer);
  });
  addMetrics(routes, actions);
  return routes;
}

/** For the network: tells, changes nothing. */
export function metricsServer(actions: ControlActions): FastifyInstance {
  const routes = server();
  addMetrics(routes, actions);
  routes.get('/healthz', (_, reply) => {
    const { state, stuckLanes, warnings } = actions.status();
    const isWell = state === 'running' && stuckLanes.length === 0;
    return reply.code(isWell ? 200 : 503).send({ status: isWell ? 'ok' : 'failing', warnings });
  });
  return routes;
}
