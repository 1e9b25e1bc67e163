// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/options_reader.h"

#include <algorithm>
#include <array>

#include "collect/columns/valid_utf8.h"
#include "collect/decode/field_steps.h"
#include "collect/decode/generated/iana_elements.h"

namespace weir::collect {

namespace {

/// RFC 3954 6.1: scopes of v9 are system, interface, line card, cache and template, not elements.
constexpr uint16_t SCOPE_INTERFACE = 2;
constexpr uint16_t LAST_SCOPE_TYPE = 5;
constexpr size_t LONGEST_TEXT_OCTETS = 255;
constexpr ptrdiff_t LONGEST_PADDING = 3;
/// What a name may rest on (flow/flow_label.h).
constexpr std::array<std::string_view, 5> CONFIDENCES{"payload", "name", "expected", "behaviour",
                                                      "port"};

/// Engines that look at payload: user-defined ones (Weir's probe is one), PANA's layer 7 with and
/// without an enterprise number (RFC 6759 4.1), and the two products that IANA has since added.
bool looksAtPayload(uint64_t applicationId) {
  switch (applicationId >> 56U) {
    case 6:
    case 13:
    case 20:
    case 21:
    case 22:
      return true;
    default:
      return false;
  }
}

/// The element that a field stands for; 0: none that matters.
uint16_t elementOf(const TemplateDefinition& definition, size_t index, ExportProtocol protocol) {
  const FieldSpec& field = definition.fields[index];
  if (field.enterprise != IANA) return 0;
  const bool isScopeType = protocol == ExportProtocol::NETFLOW9 && index < definition.scopeFields &&
                           field.element <= LAST_SCOPE_TYPE;
  if (!isScopeType) return field.element;
  return field.element == SCOPE_INTERFACE ? element::ingressInterface : 0;
}

}  // namespace

std::string_view trimmedText(const uint8_t* field, size_t length) {
  std::string_view text(reinterpret_cast<const char*>(field),
                        std::min(length, LONGEST_TEXT_OCTETS));
  text = text.substr(0, text.find('\0'));
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

uint64_t OptionsReader::Value::number() const { return loadAny(octets, length); }
std::string OptionsReader::Value::text() const { return toOneLine(trimmedText(octets, length)); }

size_t OptionsReader::read(const Template& form, const RecordSet& set) {
  size_t records = 0;
  const uint8_t* at = set.begin;
  while (static_cast<size_t>(set.end - at) >= form.recordLength) {
    const size_t length = placeFields(form.definition, at, set.end, places_);
    if (length == 0) break;
    ++records;
    takeRecord(form, set.domain, at);
    at += length;
  }
  const bool isPadding = set.end - at <= LONGEST_PADDING ||
                         std::all_of(at, set.end, [](uint8_t octet) { return octet == 0; });
  if (!isPadding) counters_.add(DecodeCount::malformedRecord);
  counters_.add(DecodeCount::optionsRecords, records);
  set.domain.statistics.optionsRecords += records;
  return records;
}

void OptionsReader::takeRecord(const Template& form, ExporterDomain& domain,
                               const uint8_t* record) {
  told_.clear();
  for (size_t i = 0; i < places_.size(); ++i) {
    const uint16_t element = elementOf(form.definition, i, domain.protocol);
    if (element != 0) told_.push_back({element, {record + places_[i].offset, places_[i].length}});
  }
  takeApplication(domain);
  takeNaming(domain);
  takeInterface(domain);
  takeSampling(domain);
  takeStatistics(domain);
}

OptionsReader::Value OptionsReader::value(uint16_t element) const {
  const auto found = std::find_if(told_.begin(), told_.end(),
                                  [element](const Told& one) { return one.element == element; });
  return found == told_.end() ? Value{} : found->value;
}

void OptionsReader::takeApplication(ExporterDomain& domain) {
  const Value id = value(element::applicationId);
  const Value name = value(element::applicationName);
  const std::string text = name.text();
  if (id.length < 2 || text.empty()) return;
  const uint64_t key = loadApplicationId(id.octets, id.length);
  auto& known = domain.options.applications;
  const auto found = known.find(key);
  if (found == known.end() && !exporters_.admitOption(domain)) return;
  KnownApplication& application = known[key];
  const Value category = value(element::applicationCategoryName);
  if (application.name.text != text) application.name = {text};
  if (category.isTold()) application.category = {category.text()};
  const Value description = value(element::applicationDescription);
  if (description.isTold()) application.description = description.text();
  application.isFromPayload = looksAtPayload(key);
}

/// "BitTorrent/match/2, payload". Other exporters may have common properties of another kind.
void OptionsReader::takeNaming(ExporterDomain& domain) {
  const Value id = value(element::commonPropertiesId);
  if (!id.isTold() || id.number() == 0) return;
  const std::string text = value(element::selectorName).text();
  const size_t comma = text.rfind(", ");
  if (comma == std::string::npos || text.find('/') > comma) return;
  const std::string_view confidence = std::string_view(text).substr(comma + 2);
  if (std::ranges::find(CONFIDENCES, confidence) == CONFIDENCES.end()) return;
  auto& known = domain.options.namings;
  const uint64_t key = id.number();
  if (!known.contains(key) && !exporters_.admitOption(domain)) return;
  KnownNaming& naming = known[key];
  const std::string rule = text.substr(0, comma);
  if (naming.rule.text != rule) naming.rule = {rule};
  if (naming.confidence.text != confidence) naming.confidence = {std::string(confidence)};
}

void OptionsReader::takeInterface(ExporterDomain& domain) {
  Value index = value(element::ingressInterface);
  if (!index.isTold()) index = value(element::egressInterface);
  Value name = value(element::interfaceName);
  if (!name.isTold()) name = value(element::interfaceDescription);
  const std::string text = name.text();
  if (!index.isTold() || text.empty()) return;
  const auto key = static_cast<uint32_t>(index.number());
  auto& known = domain.options.interfaces;
  if (!known.contains(key) && !exporters_.admitOption(domain)) return;
  NameHandle& handle = known[key];
  if (handle.text != text) handle = {text};
}

/// 50 and 34 tell the interval; RFC 5477's selectors how many packets are taken and left.
uint64_t OptionsReader::intervalTold() const {
  for (const uint16_t element : {element::samplerRandomInterval, element::samplingInterval}) {
    const Value told = value(element);
    if (told.isTold() && told.number() != 0) return told.number();
  }
  const Value taken = value(element::samplingPacketInterval);
  if (taken.isTold() && taken.number() != 0) {
    const Value left = value(element::samplingPacketSpace);
    return 1 + (left.isTold() ? left.number() / taken.number() : 0);
  }
  const Value size = value(element::samplingSize);
  const Value population = value(element::samplingPopulation);
  if (!size.isTold() || size.number() == 0 || !population.isTold()) return 0;
  return population.number() / size.number();
}

void OptionsReader::takeSampling(ExporterDomain& domain) {
  const auto interval = static_cast<uint32_t>(std::min<uint64_t>(intervalTold(), UINT32_MAX));
  if (interval == 0) return;
  Value sampler = value(element::samplerId);
  if (!sampler.isTold()) sampler = value(element::selectorId);
  const Value interface = value(element::ingressInterface);
  const auto keep = [&](auto& table, auto key) {
    if (table.contains(key) || exporters_.admitOption(domain)) table[key] = interval;
  };
  if (!sampler.isTold() && interface.isTold()) {
    keep(domain.options.samplingOfInterface, static_cast<uint32_t>(interface.number()));
  } else {
    keep(domain.options.samplers, sampler.isTold() ? sampler.number() : 0);
  }
}

void OptionsReader::takeStatistics(ExporterDomain& domain) {
  const auto take = [&](uint16_t element, auto& to) {
    const Value told = value(element);
    if (told.isTold()) to = static_cast<std::remove_reference_t<decltype(to)>>(told.number());
  };
  ToldStatistics& to = domain.options.statistics;
  take(element::exportedMessageTotalCount, to.exportedMessageTotalCount);
  take(element::exportedOctetTotalCount, to.exportedOctetTotalCount);
  take(element::exportedFlowRecordTotalCount, to.exportedFlowRecordTotalCount);
  take(element::ignoredPacketTotalCount, to.ignoredPacketTotalCount);
  take(element::ignoredOctetTotalCount, to.ignoredOctetTotalCount);
  take(element::notSentFlowTotalCount, to.notSentFlowTotalCount);
  take(element::notSentPacketTotalCount, to.notSentPacketTotalCount);
  take(element::notSentOctetTotalCount, to.notSentOctetTotalCount);
  take(element::systemInitTimeMilliseconds, domain.options.systemInitMilliseconds);
}

}  // namespace weir::collect
