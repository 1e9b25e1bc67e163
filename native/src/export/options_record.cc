// SPDX-License-Identifier: Apache-2.0
#include "export/options_record.h"

#include <algorithm>

#include "export/flow_encoder.h"

namespace weir {

namespace {

constexpr size_t LONGEST_TEXT_BYTES = 128;

/// samplerMode and samplingAlgorithm (RFC 3954 8): 1 deterministic, 2 random.
uint64_t samplerMode(SamplingAlgorithm algorithm) {
  return algorithm == SamplingAlgorithm::SYSTEMATIC_COUNT ? 1 : 2;
}

/// The longest beginning of at most `length` octets that ends with a whole character.
std::string_view cutText(std::string_view text, size_t length) {
  if (text.size() <= length) return text;
  const auto isContinuation = [&](size_t at) {
    return (static_cast<uint8_t>(text[at]) & 0xc0U) == 0x80U;
  };
  while (length > 0 && isContinuation(length)) --length;
  return text.substr(0, length);
}

void appendInteger(std::vector<uint8_t>& record, uint64_t value, size_t lengthBytes) {
  for (size_t shift = lengthBytes; shift-- > 0;) {
    record.push_back(shift < 8 ? static_cast<uint8_t>(value >> (8 * shift)) : 0);
  }
}

void appendText(std::vector<uint8_t>& record, std::string_view text, uint16_t lengthBytes) {
  if (lengthBytes == VARIABLE_LENGTH) {
    text = cutText(text, LONGEST_TEXT_BYTES);
    record.push_back(static_cast<uint8_t>(text.size()));
    record.insert(record.end(), text.begin(), text.end());
    return;
  }
  text = cutText(text, lengthBytes);
  record.insert(record.end(), text.begin(), text.end());
  record.insert(record.end(), lengthBytes - text.size(), 0);
}

}  // namespace

void appendOption(std::vector<uint8_t>& record, uint16_t lengthBytes, const OptionsValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    appendText(record, *text, lengthBytes);
  } else {
    appendInteger(record, std::get<uint64_t>(value), lengthBytes);
  }
}

OptionsValue optionsValue(const ApplicationRow& row, uint16_t number) {
  switch (number) {
    case element::applicationId:
      return uint64_t{applicationId(row.selector)};
    case element::applicationName:
      return std::string_view(row.name);
    case element::applicationDescription:
      return std::string_view(row.description);
    case element::applicationCategoryName:
      return std::string_view(row.category);
    case element::applicationSubCategoryName:
      return std::string_view(row.subCategory);
    default:
      return uint64_t{0};
  }
}

OptionsValue optionsValue(const NamingRow& row, uint16_t number) {
  switch (number) {
    case element::commonPropertiesId:
      return uint64_t{row.id};
    case element::selectorName:
      return std::string_view(row.text);
    default:
      return uint64_t{0};
  }
}

OptionsValue optionsValue(const InterfaceRow& row, uint16_t number) {
  switch (number) {
    case element::ingressInterface:
      return uint64_t{row.index};
    case element::interfaceName:
      return std::string_view(row.name);
    case element::interfaceDescription:
      return std::string_view(row.description);
    default:
      return uint64_t{0};
  }
}

OptionsValue optionsValue(const SamplingState& state, uint16_t number) {
  const uint64_t interval = state.interval;
  switch (number) {
    case element::samplingInterval:
    case element::samplerRandomInterval:
    case element::samplingPopulation:
      return interval;
    case element::samplingAlgorithm:
    case element::samplerMode:
      return samplerMode(state.algorithm);
    case element::selectorAlgorithm:
      return static_cast<uint64_t>(state.algorithm);
    case element::samplingPacketInterval:
    case element::samplingSize:
      return uint64_t{1};
    case element::samplingPacketSpace:
      return interval - 1;
    default:
      return uint64_t{0};  // samplerId, selectorId: the one that a domain has
  }
}

OptionsValue optionsValue(const ExporterStatistics& statistics, uint16_t number) {
  const SenderCounters& sender = statistics.counters.sender;
  switch (number) {
    case element::observationDomainId:
      return uint64_t{statistics.observationDomain};
    case element::exportedMessageTotalCount:
      return sender.messages;
    case element::exportedOctetTotalCount:
      return sender.messageOctets;
    case element::exportedFlowRecordTotalCount:
      return sender.sentRecords;
    case element::ignoredPacketTotalCount:
      return statistics.ignored.packets;
    case element::ignoredOctetTotalCount:
      return statistics.ignored.octets;
    case element::notSentFlowTotalCount:
      return sender.failedRecords + statistics.counters.unsupportedRecords;
    case element::notSentPacketTotalCount:
      return sender.failedPackets + statistics.counters.unsupportedPackets;
    case element::notSentOctetTotalCount:
      return sender.failedOctets + statistics.counters.unsupportedOctets;
    default:
      return uint64_t{0};
  }
}

OptionsValue optionsValue(const PrivateType& type, uint16_t number) {
  switch (number) {
    case element::privateEnterpriseNumber:
      return uint64_t{type.enterpriseNumber};
    case element::informationElementId:
      return uint64_t{type.element.id};
    case element::informationElementDataType:
      return uint64_t{type.element.dataType};
    case element::informationElementSemantics:
      return uint64_t{type.element.semantics};
    case element::informationElementUnits:
      return uint64_t{type.element.units};
    case element::informationElementRangeBegin:
      return type.element.rangeBegin;
    case element::informationElementRangeEnd:
      return type.element.rangeEnd;
    case element::informationElementName:
      return std::string_view(type.element.name);
    case element::informationElementDescription:
      return std::string_view(type.element.description);
    default:
      return uint64_t{0};
  }
}

}  // namespace weir
