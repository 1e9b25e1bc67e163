// SPDX-License-Identifier: Apache-2.0
// Lines of JSON: what both directions say, and what is left out.
#include "export/json_record_writer.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "export/test_collector.h"

namespace weir {
namespace {

/// The line that `record` becomes.
std::string lineOf(const FlowRecord& record) {
  const std::string path = "/tmp/weir-json-" + std::to_string(getpid());
  const auto file = std::make_shared<RecordFile>(path);
  file->open();
  JsonRecordWriter writer(file, applicationTexts({{7, "ICMP", "", "network"}}));
  writer.write(record);
  writer.finish();
  std::ifstream written(path);
  std::string line;
  std::getline(written, line);
  CHECK(written.peek() == std::ifstream::traits_type::eof());
  unlink(path.c_str());
  return line;
}

bool has(const std::string& line, const std::string& member) {
  return line.find(member + ",") != std::string::npos;
}

OwnedRecord ping(uint8_t ipVersion) {
  OwnedRecord owned;
  owned.record.ipVersion = ipVersion;
  owned.record.protocol = ipVersion == 4 ? 1 : 58;
  owned.record.application = 7;
  owned.record.forward = {.octets = 84, .packets = 1, .icmpTypeCode = 0x0800, .ipTimeToLive = 64};
  return owned;
}

TEST_CASE("the answer's ICMP type and TTL stand in the line, and only when there was one") {
  for (const uint8_t ipVersion : {4, 6}) {
    const std::string icmp = "cmpTypeCodeIPv" + std::to_string(ipVersion) + "\":";
    OwnedRecord owned = ping(ipVersion);
    const std::string unanswered = lineOf(owned.get());
    CHECK(has(unanswered, "\"i" + icmp + "2048"));
    CHECK(has(unanswered, "\"ipTTL\":64"));
    CHECK(unanswered.find("reverseI") == std::string::npos);
    for (const uint16_t typeCode : {0, 0x8100}) {
      owned.record.reverse = {
          .octets = 84, .packets = 1, .icmpTypeCode = typeCode, .ipTimeToLive = 57};
      const std::string answered = lineOf(owned.get());
      CHECK(has(answered, "\"reverseI" + icmp + std::to_string(typeCode)));
      CHECK(has(answered, "\"reverseIpTTL\":57"));
    }
  }
}

}  // namespace
}  // namespace weir
