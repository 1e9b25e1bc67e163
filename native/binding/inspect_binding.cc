// SPDX-License-Identifier: Apache-2.0
#include "binding/inspect_binding.h"

#include <optional>
#include <string>
#include <vector>

#include "binding/config_reader.h"
#include "binding/guarded.h"
#include "classify/server_names.h"
#include "flow/label_text.h"
#include "inspect/flow_explanation.h"
#include "inspect/signature_cost.h"
#include "inspect/signature_review.h"

namespace weir {

namespace {

std::string text(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::String>().Utf8Value();
}

double number(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::Number>().DoubleValue();
}

template <typename Item, typename Write>
Napi::Array writeList(Napi::Env env, const std::vector<Item>& items, Write write) {
  Napi::Array array = Napi::Array::New(env, items.size());
  for (size_t i = 0; i < items.size(); ++i) array.Set(static_cast<uint32_t>(i), write(items[i]));
  return array;
}

Napi::Value writeOctets(Napi::Env env, const std::vector<uint8_t>& octets) {
  return Napi::Buffer<uint8_t>::Copy(env, octets.data(), octets.size());
}

Napi::Value writeOptional(Napi::Env env, const auto& value) {
  if (!value) return env.Null();
  return Napi::Number::New(env, static_cast<double>(*value));
}

CaptureWalkOptions readCapture(const Napi::Object& object) {
  constexpr double NS_A_MS = 1e6;
  CaptureWalkOptions options;
  options.path = text(object, "path");
  options.decode.tunnels = readTunnels(object.Get("tunnels").As<Napi::Array>());
  options.flows.idleTimeoutNs = static_cast<int64_t>(number(object, "idleTimeoutMs") * NS_A_MS);
  options.flows.activeTimeoutNs = static_cast<int64_t>(number(object, "activeTimeoutMs") * NS_A_MS);
  return options;
}

FlowChoice readChoice(const Napi::Object& object) {
  FlowChoice choice;
  choice.addresses[0] = text(object, "sourceAddress");
  choice.addresses[1] = text(object, "destinationAddress");
  choice.ports[0] = static_cast<uint16_t>(number(object, "sourcePort"));
  choice.ports[1] = static_cast<uint16_t>(number(object, "destinationPort"));
  choice.protocol = static_cast<uint8_t>(number(object, "protocol"));
  const Napi::Value start = object.Get("startMs");
  if (!start.IsNull()) choice.startMs = start.As<Napi::Number>().Int64Value();
  return choice;
}

Napi::Object writeMatch(Napi::Env env, const ExplainedMatch& match) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("pattern", match.pattern);
  object.Set("packet", match.packet);
  object.Set("evidenceBits", match.evidenceBits);
  object.Set("startOffset", writeOptional(env, match.startOffset));
  object.Set("endOffset", static_cast<double>(match.endOffset));
  object.Set("decides", match.decides);
  return object;
}

Napi::Object writeNearMiss(Napi::Env env, const NearMiss& miss) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("pattern", miss.pattern);
  object.Set("fittingBytes", static_cast<double>(miss.fittingBytes));
  object.Set("expected", writeOctets(env, miss.expected));
  object.Set("endsEarly", miss.endsEarly);
  object.Set("hasOtherSize", miss.hasOtherSize);
  return object;
}

Napi::Object writePiece(Napi::Env env, const StreamPiece& piece) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("packet", piece.packet);
  object.Set("offset", static_cast<double>(piece.offset));
  object.Set("length", piece.length);
  return object;
}

Napi::Object writeStream(Napi::Env env, const ExplainedStream& explained) {
  const PayloadStream& stream = explained.stream;
  Napi::Object object = Napi::Object::New(env);
  object.Set("transport", stream.transport == Transport::UDP ? "udp" : "tcp");
  object.Set("side", stream.side == StreamSide::SERVER ? "server" : "client");
  object.Set("startWasSeen", stream.startWasSeen);
  object.Set("datagramBytes", stream.datagramBytes);
  object.Set("octets", writeOctets(env, stream.octets));
  object.Set("pieces",
             writeList(env, stream.pieces, [&](const auto& one) { return writePiece(env, one); }));
  object.Set("matches", writeList(env, explained.matches,
                                  [&](const auto& one) { return writeMatch(env, one); }));
  object.Set("nearMisses", writeList(env, explained.nearMisses,
                                     [&](const auto& one) { return writeNearMiss(env, one); }));
  return object;
}

Napi::Object writeFacts(Napi::Env env, const FlowFacts& facts) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("serverName", facts.serverName);
  object.Set("alpn", facts.alpn);
  object.Set("ja4", facts.ja4);
  object.Set("software", facts.software);
  object.Set("clientName", facts.clientName);
  object.Set("tlsVersion", facts.tlsVersion);
  return object;
}

Napi::Object writeExplanation(Napi::Env env, const FlowExplanation& explanation) {
  const KeptFlow& flow = explanation.flow;
  Napi::Object object = Napi::Object::New(env);
  object.Set("packets", flow.packets);
  object.Set("application", flow.application);
  object.Set("protocol", flow.label.protocol);
  object.Set("rule", ruleText(flow.label));
  object.Set("confidence", confidenceName(flow.label.confidence));
  object.Set("verdictPackets", flow.label.packets);
  object.Set("facts", writeFacts(env, flow.facts));
  object.Set("streams", writeList(env, explanation.streams,
                                  [&](const auto& one) { return writeStream(env, one); }));
  return object;
}

/// explainFlow({capture, signatures, flow}): an explanation, or null.
Napi::Value explainFlowOf(const Napi::CallbackInfo& info) {
  const auto request = info[0].As<Napi::Object>();
  std::optional<FlowExplanation> explanation;
  guarded(info.Env(), [&] {
    auto database = createMatcherDatabase(
        Engine::HYPERSCAN, readSignatures(request.Get("signatures").As<Napi::Object>()),
        DatabaseCache(text(request, "cacheFolder")));
    explanation = explainFlow(readCapture(request.Get("capture").As<Napi::Object>()), database,
                              readChoice(request.Get("flow").As<Napi::Object>()));
  });
  if (!explanation) return info.Env().Null();
  return writeExplanation(info.Env(), *explanation);
}

ReviewedSample readSample(const Napi::Object& object) {
  const auto payload = object.Get("payload").As<Napi::Buffer<uint8_t>>();
  return {text(object, "transport") == "udp" ? Transport::UDP : Transport::TCP,
          text(object, "side") == "server" ? StreamSide::SERVER : StreamSide::CLIENT,
          {payload.Data(), payload.Data() + payload.Length()}};
}

Napi::Value writeRefusal(Napi::Env env, const std::optional<EngineRefusal>& refusal) {
  if (!refusal) return env.Null();
  Napi::Object object = Napi::Object::New(env);
  object.Set("code", refusal->code);
  object.Set("message", refusal->message);
  const bool isPlaced = refusal->offset != SignatureError::NO_OFFSET;
  object.Set("offset", isPlaced ? Napi::Number::New(env, refusal->offset) : env.Null());
  return object;
}

Napi::Object writePatternReview(Napi::Env env, const PatternReview& review) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("hyperscan", writeRefusal(env, review.hyperscan));
  object.Set("emulator", writeRefusal(env, review.emulator));
  object.Set("isAnchored", review.isAnchored);
  object.Set("evidenceBits", writeOptional(env, review.evidenceBits));
  return object;
}

Napi::Array writeIndexes(Napi::Env env, const std::vector<uint32_t>& indexes) {
  return writeList(env, indexes, [&](uint32_t index) { return Napi::Number::New(env, index); });
}

/// reviewSignatures(signatures, samples, cacheFolder)
Napi::Value reviewSignaturesOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto listed = info[1].As<Napi::Array>();
  std::vector<ReviewedSample> samples;
  for (uint32_t i = 0; i < listed.Length(); ++i) {
    samples.push_back(readSample(listed.Get(i).As<Napi::Object>()));
  }
  SignatureReview review;
  guarded(env, [&] {
    review = reviewSignatures(readSignatures(info[0].As<Napi::Object>()), samples,
                              DatabaseCache(info[2].As<Napi::String>().Utf8Value()));
  });
  Napi::Object object = Napi::Object::New(env);
  object.Set("patterns", writeList(env, review.patterns,
                                   [&](const auto& one) { return writePatternReview(env, one); }));
  object.Set("samples", writeList(env, review.samples,
                                  [&](const auto& one) { return writeIndexes(env, one); }));
  return object;
}

Napi::Object writeCost(Napi::Env env, const PatternCost& cost) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("pattern", cost.pattern);
  object.Set("isAnchored", cost.isAnchored);
  object.Set("nsPerOctet", cost.nsPerOctet);
  object.Set("share", cost.share);
  object.Set("saving", writeOptional(env, cost.saving));
  return object;
}

/// measureCosts({capture, signatures, compared})
Napi::Value measureCostsOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto request = info[0].As<Napi::Object>();
  SignatureCosts costs;
  guarded(env, [&] {
    const CostOptions options{readCapture(request.Get("capture").As<Napi::Object>()),
                              static_cast<uint32_t>(number(request, "compared"))};
    costs = measureCosts(options, readSignatures(request.Get("signatures").As<Napi::Object>()));
  });
  Napi::Object object = Napi::Object::New(env);
  object.Set("heads", static_cast<double>(costs.heads));
  object.Set("octets", static_cast<double>(costs.octets));
  object.Set("nsPerOctet", costs.nsPerOctet);
  object.Set("patterns",
             writeList(env, costs.patterns, [&](const auto& one) { return writeCost(env, one); }));
  return object;
}

/// findServerName(signatures, name): index of the rule, or null.
Napi::Value findServerNameOf(const Napi::CallbackInfo& info) {
  const SignatureSet signatures = readSignatures(info[0].As<Napi::Object>());
  const uint32_t rule = ServerNames(signatures).find(info[1].As<Napi::String>().Utf8Value());
  if (rule == ServerNames::NO_RULE) return info.Env().Null();
  return Napi::Number::New(info.Env(), rule);
}

}  // namespace

void defineInspect(Napi::Env env, Napi::Object exports) {
  exports.Set("explainFlow", Napi::Function::New(env, explainFlowOf));
  exports.Set("reviewSignatures", Napi::Function::New(env, reviewSignaturesOf));
  exports.Set("measureCosts", Napi::Function::New(env, measureCostsOf));
  exports.Set("findServerName", Napi::Function::New(env, findServerNameOf));
}

}  // namespace weir
