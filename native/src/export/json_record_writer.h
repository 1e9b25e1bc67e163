// SPDX-License-Identifier: Apache-2.0
// Writes records as JSON, one biflow a line, with IANA element names as keys.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "export/record_exporter.h"
#include "export/record_file.h"

namespace weir {

struct ApplicationText {
  std::string name;
  std::string category;
};

/// By selector; read-only, shared by all lanes.
using ApplicationTexts = std::unordered_map<uint32_t, ApplicationText>;

std::shared_ptr<const ApplicationTexts> applicationTexts(const std::vector<ApplicationRow>& rows);

class JsonRecordWriter final : public RecordExporter {
 public:
  JsonRecordWriter(std::shared_ptr<RecordFile> file,
                   std::shared_ptr<const ApplicationTexts> applications);

  void write(const FlowRecord& record) override;
  void tick(int64_t nowNs) override;
  void setApplications(const std::vector<ApplicationRow>& rows) override;
  void flush() override;
  void finish() override;
  [[nodiscard]] ExporterCounters counters() const override;

 private:
  void appendAddresses(const FlowRecord& record);
  void appendEncapsulation(const FlowRecord& record);
  void appendLinkAddresses(const FlowRecord& record);
  void appendCounters(const FlowRecord& record);
  void appendApplication(const FlowRecord& record);
  void appendFacts(const FlowFacts& facts);
  [[nodiscard]] const ApplicationText& textOf(uint32_t application) const;
  void appendNumber(const char* key, uint64_t value);
  void appendUnlessZero(const char* key, uint64_t value);
  void appendText(const char* key, std::string_view value);
  void appendUnlessEmpty(const char* key, const std::string& value);

  std::shared_ptr<RecordFile> file_;
  std::shared_ptr<const ApplicationTexts> applications_;
  std::string block_;
  uint64_t blockRecords_ = 0;
  int64_t blockSinceNs_ = 0;
  int64_t nowNs_ = 0;
};

}  // namespace weir
