// SPDX-License-Identifier: Apache-2.0
// NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): messages of sets, whose forms the exporter tells.
#include <algorithm>

#include "collect/decode/message.h"

namespace weir::collect {

namespace {

/// RFC 3954 5.1: version, count, sysUptime, UNIX seconds, package sequence, source id.
constexpr size_t NETFLOW9_HEADER_OCTETS = 20;
/// RFC 7011 3.1: version, length, export time, sequence number, observation domain id.
constexpr size_t IPFIX_HEADER_OCTETS = 16;
/// RFC 3954 5.2, RFC 7011 3.3.2: id and length; the length counts itself.
constexpr ptrdiff_t SET_HEADER_OCTETS = 4;
constexpr uint16_t FIRST_DATA_SET = 256;

}  // namespace

void Decoder::decodeNetflow9(Message& message) {
  if (message.size() < NETFLOW9_HEADER_OCTETS) return counters_.add(DecodeCount::truncatedHeader);
  if (!enter(message, ExportProtocol::NETFLOW9, message.at32(16))) return;
  message.time.sysUptime = message.at32(4);
  message.time.exportMilliseconds = int64_t{message.at32(8)} * 1000;
  noteClock(message);
  noteSequence(message, {message.at32(12), message.time.sysUptime}, 1);
  replayAll(message);
  decodeSets(message, message.begin() + NETFLOW9_HEADER_OCTETS);
}

void Decoder::decodeIpfix(Message& message) {
  if (message.size() < IPFIX_HEADER_OCTETS) return counters_.add(DecodeCount::truncatedHeader);
  const bool isCut = message.at16(2) > message.size();
  if (!enter(message, ExportProtocol::IPFIX, message.at32(12))) return;
  if (isCut) counters_.add(DecodeCount::truncatedDatagram);
  message.time.exportMilliseconds = int64_t{message.at32(4)} * 1000;
  noteClock(message);
  const int64_t systemInit = message.domain->options.systemInitMilliseconds;
  message.time.hasSysUptime = systemInit != 0;
  message.time.sysUptime = static_cast<uint32_t>(message.time.exportMilliseconds - systemInit);
  SequenceTracker& sequence = message.domain->sequence;
  const auto place = sequence.begin({message.at32(8), 0});
  replayAll(message);
  const bool isWhole = decodeSets(message, message.begin() + IPFIX_HEADER_OCTETS);
  if (isWhole && !isCut && message.units) {
    sequence.end(place, *message.units);
  } else {
    sequence.endUnknown();
  }
}

/// Returns whether all sets could be read; some exporters fill the datagram up with zeros.
bool Decoder::decodeSets(Message& message, const uint8_t* at) {
  const uint8_t* const end = message.end();
  while (end - at >= SET_HEADER_OCTETS) {
    const ptrdiff_t length = load16(at + 2);
    if (length < SET_HEADER_OCTETS || length > end - at) break;
    decodeSet(message, load16(at), message.set(at + SET_HEADER_OCTETS, at + length));
    at += length;
  }
  const bool isPadding = std::all_of(at, end, [](uint8_t octet) { return octet == 0; });
  if (!isPadding) counters_.add(DecodeCount::malformedSet);
  return isPadding;
}

void Decoder::decodeSet(Message& message, uint16_t id, const RecordSet& set) {
  const bool isIpfix = message.domain->protocol == ExportProtocol::IPFIX;
  const uint16_t templates = isIpfix ? 2 : 0;
  if (id == templates) return readTemplates(message, set, TemplateKind::DATA);
  if (id == templates + 1) return readTemplates(message, set, TemplateKind::OPTIONS);
  if (id < FIRST_DATA_SET) return counters_.add(DecodeCount::reservedSet);
  const auto known = message.domain->templates.find(id);
  if (known == message.domain->templates.end()) return waitForTemplate(message, id, set);
  known->second.usedMilliseconds = message.time.receivedMilliseconds;
  decodeData(message, known->second, set);
}

void Decoder::decodeData(Message& message, Template& form, const RecordSet& set) {
  const size_t from = message.to.rows;
  const bool isFlows = form.definition.kind == TemplateKind::DATA;
  const size_t records = isFlows ? writer_.write(form, set, message.to) : options_.read(form, set);
  if (message.units) *message.units += static_cast<uint32_t>(records);
  finishRows(message, set, from);
}

void Decoder::waitForTemplate(Message& message, uint16_t id, const RecordSet& set) {
  message.units.reset();
  if (set.begin == set.end) return;
  exporters_.addPending({message.domain, id, set.time, set.standsFor, {set.begin, set.end}});
}

/// Keeps a template and decodes what waited for it.
void Decoder::learn(Message& message, TemplateDefinition definition) {
  const int64_t now = message.time.receivedMilliseconds;
  const auto known = message.domain->templates.find(definition.id);
  if (known != message.domain->templates.end() && known->second.definition == definition) {
    known->second.usedMilliseconds = now;
    known->second.toldMilliseconds = now;
    known->second.isImported = false;
    return;
  }
  // Whatever comes of the new one: data in its layout must not be read by the old one.
  exporters_.forget(*message.domain, definition.id);
  auto form = compileTemplate(std::move(definition));
  if (!form) return counters_.add(DecodeCount::malformedTemplate);
  form->usedMilliseconds = now;
  form->toldMilliseconds = now;
  Template* const kept = exporters_.keep(*message.domain, std::move(*form));
  if (kept == nullptr) return;
  counters_.add(DecodeCount::templates);
  replay(message, *kept);
}

void Decoder::replay(Message& message, Template& form) {
  // What waited is no part of this message's sequence numbers.
  const auto units = message.units;
  auto waiting = message.domain->exporter->pending.take(*message.domain, form.definition.id);
  for (const PendingSet& set : waiting) {
    counters_.add(DecodeCount::replayedSets);
    const uint8_t* const begin = set.octets.data();
    decodeData(message, form,
               {*message.domain, begin, begin + set.octets.size(), set.time, set.standsFor});
  }
  message.units = units;
}

/// Templates came from another collector since the last datagram.
void Decoder::replayAll(Message& message) {
  if (!message.domain->replayIsDue) return;
  message.domain->replayIsDue = false;
  for (auto& [id, form] : message.domain->templates) replay(message, form);
}

void Decoder::withdraw(Message& message, uint16_t id, TemplateKind kind) {
  auto& templates = message.domain->templates;
  std::vector<uint16_t> gone;
  for (const auto& [known, form] : templates)
    if (known == id || (id < FIRST_DATA_SET && form.definition.kind == kind)) gone.push_back(known);
  for (const uint16_t known : gone) exporters_.forget(*message.domain, known);
  counters_.add(DecodeCount::withdrawnTemplates, gone.size());
}

}  // namespace weir::collect
