// SPDX-License-Identifier: Apache-2.0
#include "binding/counters_writer.h"

namespace weir {

namespace {

// A double holds counts exactly up to 2^53, which is 9 petabytes.
void set(Napi::Object& object, const char* key, uint64_t value) {
  object.Set(key, static_cast<double>(value));
}

Napi::Object writeSum(Napi::Env env, const PacketSum& sum) {
  Napi::Object object = Napi::Object::New(env);
  set(object, "packets", sum.packets);
  set(object, "octets", sum.octets);
  return object;
}

Napi::Object writeExceptions(Napi::Env env, const LaneCounters& counters) {
  Napi::Object object = Napi::Object::New(env);
  for (size_t reason = 1; reason < counters.exceptions.size(); ++reason) {
    object.Set(exceptionName(static_cast<Exception>(reason)),
               writeSum(env, counters.exceptions[reason]));
  }
  return object;
}

Napi::Object writeClassifier(Napi::Env env, const ClassifierCounters& counters) {
  Napi::Object object = Napi::Object::New(env);
  set(object, "scannedOctets", counters.scannedOctets);
  set(object, "decidedFlows", counters.decidedFlows);
  set(object, "exhaustedFlows", counters.exhaustedFlows);
  set(object, "undecidedFlows", counters.undecidedFlows);
  set(object, "undecidedFlowBytes", counters.undecidedFlowBytes);
  set(object, "pooledStreamBytes", counters.pooledStreamBytes);
  set(object, "endedUndecidedFlows", counters.endedUndecidedFlows);
  set(object, "unscannableFlows", counters.unscannableFlows);
  set(object, "slotShortageFlows", counters.slotShortageFlows);
  set(object, "shedFlows", counters.shedFlows);
  set(object, "expectedFlows", counters.expectedFlows);
  set(object, "reorderedSegments", counters.reorderedSegments);
  set(object, "reorderDroppedSegments", counters.reorderDroppedSegments);
  set(object, "matcherBusyRequests", counters.matcherBusyRequests);
  set(object, "keptLabels", counters.keptLabels);
  set(object, "keptFacts", counters.keptFacts);
  set(object, "droppedFacts", counters.droppedFacts);
  return object;
}

Napi::Object writeTunnels(Napi::Env env, const TunnelCounters& counters) {
  Napi::Object object = Napi::Object::New(env);
  for (size_t outcome = 1; outcome < counters.size(); ++outcome)
    set(object, tunnelOutcomeName(static_cast<TunnelOutcome>(outcome)), counters[outcome]);
  return object;
}

Napi::Object writeCapture(Napi::Env env, const CaptureCounters& counters) {
  Napi::Object object = Napi::Object::New(env);
  set(object, "kernelDroppedPackets", counters.kernelDroppedPackets);
  set(object, "truncatedFileRecords", counters.truncatedFileRecords);
  set(object, "malformedFileBlocks", counters.malformedFileBlocks);
  set(object, "fileReadFailures", counters.fileReadFailures);
  set(object, "interfaceLosses", counters.interfaceLosses);
  set(object, "interfaceReturns", counters.interfaceReturns);
  set(object, "overheardLostPackets", counters.overheardLostPackets);
  return object;
}

Napi::Object writeFailures(Napi::Env env, const SenderCounters& sender) {
  Napi::Object object = Napi::Object::New(env);
  for (size_t reason = 0; reason < sender.failedMessagesByReason.size(); ++reason) {
    set(object, failureReasonName(static_cast<FailureReason>(reason)),
        sender.failedMessagesByReason[reason]);
  }
  return object;
}

Napi::Object writeExporter(Napi::Env env, const ExporterCounters& counters) {
  Napi::Object object = Napi::Object::New(env);
  set(object, "records", counters.records);
  set(object, "packets", counters.packets);
  set(object, "octets", counters.octets);
  set(object, "messages", counters.sender.messages);
  set(object, "messageOctets", counters.sender.messageOctets);
  set(object, "failedMessages", counters.sender.failedMessages);
  set(object, "failedRecords", counters.sender.failedRecords);
  set(object, "failedPackets", counters.sender.failedPackets);
  set(object, "failedOctets", counters.sender.failedOctets);
  set(object, "unreachableMessages", counters.sender.unreachableMessages);
  set(object, "sessions", counters.sender.sessions);
  set(object, "connected", counters.sender.connected);
  object.Set("failedMessagesByReason", writeFailures(env, counters.sender));
  object.Set("lastFailure", SendFailure::fromWord(counters.sender.lastFailure).text());
  object.Set("lastUnreachable", SendFailure::fromWord(counters.sender.lastUnreachable).text());
  set(object, "unsupportedRecords", counters.unsupportedRecords);
  set(object, "unsupportedPackets", counters.unsupportedPackets);
  set(object, "unsupportedOctets", counters.unsupportedOctets);
  set(object, "incompleteRecords", counters.incompleteRecords);
  set(object, "lagNs", counters.lagNs);
  return object;
}

Napi::Array writeExporters(Napi::Env env, const LaneCounters& counters, size_t exporters) {
  Napi::Array array = Napi::Array::New(env, exporters);
  for (size_t i = 0; i < exporters; ++i) {
    array.Set(static_cast<uint32_t>(i), writeExporter(env, counters.exporters[i]));
  }
  return array;
}

Napi::Array writeRecords(Napi::Env env, const LaneCounters& counters) {
  Napi::Array array = Napi::Array::New(env);
  for (uint32_t reason = 0; reason < counters.recordsByEndReason.size(); ++reason) {
    array.Set(reason, static_cast<double>(counters.recordsByEndReason[reason]));
  }
  return array;
}

}  // namespace

Napi::Object writeCounters(Napi::Env env, const LaneCounters& counters, size_t exporters) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("captured", writeSum(env, counters.captured));
  set(object, "frameOctets", counters.frameOctets);
  set(object, "overheardPackets", counters.overheardPackets);
  object.Set("exceptions", writeExceptions(env, counters));
  object.Set("notSampled", writeSum(env, counters.notSampled));
  object.Set("estimated", writeSum(env, counters.estimated));
  object.Set("recorded", writeSum(env, counters.recorded));
  object.Set("recordsByEndReason", writeRecords(env, counters));
  set(object, "flows", counters.table.flows);
  set(object, "evictedFlows", counters.table.evictedFlows);
  set(object, "liveFlows", counters.liveFlows);
  set(object, "samplingInterval", counters.samplingInterval);
  set(object, "samplingFactor", counters.samplingFactor);
  set(object, "overloadLevel", counters.overloadLevel);
  set(object, "overloadChanges", counters.overloadChanges);
  set(object, "classifyNs", counters.classifyNs);
  object.Set("capture", writeCapture(env, counters.capture));
  object.Set("tunnels", writeTunnels(env, counters.tunnels));
  object.Set("classifier", writeClassifier(env, counters.classifier));
  set(object, "cpuNs", counters.cpuNs);
  set(object, "wallNs", counters.wallNs);
  object.Set("exporters", writeExporters(env, counters, exporters));
  return object;
}

Napi::Object writeEngines(Napi::Env env, const std::vector<EngineState>& states,
                          const EngineTotals& totals) {
  Napi::Array order = Napi::Array::New(env);
  for (const EngineState& state : states) {
    Napi::Object engine = Napi::Object::New(env);
    engine.Set("name", state.name);
    set(engine, "matchers", state.matchers);
    engine.Set("failure", engineFailureName(state.failure));
    engine.Set("reason", state.reason);
    order.Set(order.Length(), engine);
  }
  Napi::Object failures = Napi::Object::New(env);
  for (size_t reason = 1; reason < totals.failures.size(); ++reason) {
    set(failures, engineFailureName(static_cast<EngineFailure>(reason)), totals.failures[reason]);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("order", order);
  object.Set("failures", failures);
  set(object, "refedStreams", totals.refedStreams);
  set(object, "lostStreams", totals.lostStreams);
  set(object, "redoneRequests", totals.redoneRequests);
  set(object, "cutRequests", totals.cutRequests);
  set(object, "unmatchedRequests", totals.unmatchedRequests);
  set(object, "journalBytes", totals.journalBytes);
  return object;
}

}  // namespace weir
