// SPDX-License-Identifier: Apache-2.0
// What v9 and IPFIX share: messages made of sets; templates and options data, which go out before
// the first record of a session, again by time and by count, and when something changes.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "export/flow_encoder.h"
#include "export/message_exporter.h"
#include "export/options_record.h"

namespace weir {

struct TemplateExporterOptions {
  uint32_t observationDomain = 0;  ///< source id in v9: one a lane
  std::vector<ApplicationRow> applications;
  int64_t refreshNs = 60'000'000'000;  ///< templates and options data go out again after this
  uint32_t refreshMessages = 4096;     ///< or after this many messages
  uint32_t enterpriseNumber = 0;       ///< of private elements; 0: none are exported
};

/// Where v9 and IPFIX differ in form.
struct SetFormat {
  uint16_t headerBytes;
  uint16_t templateSet;
  uint16_t optionsTemplateSet;
  uint16_t alignmentBytes;  ///< sets end on multiples of this
};

/// What an exporter announces beside the templates of its flows.
struct OptionsTemplates {
  TemplateView applications;
  TemplateView namings;
  TemplateView statistics;
  TemplateView interfaces;
  std::span<const TemplateView> sampling;  ///< all that it may use
};

class TemplateExporter : public MessageExporter {
 public:
  void tick(int64_t nowNs) final;
  void finish() final;
  void setApplications(const std::vector<ApplicationRow>& rows) final;
  void setInterfaces(const std::vector<InterfaceRow>& rows) final;
  void setSampling(const SamplingState& sampling) final;
  void setIgnored(const IgnoredTraffic& ignored) final { ignored_ = ignored; }
  void tellStatistics() final;

 protected:
  TemplateExporter(std::unique_ptr<MessageSender> sender, const SetFormat& format,
                   TemplateExporterOptions options);

  [[nodiscard]] virtual std::span<const TemplateView> flowTemplates() const = 0;
  [[nodiscard]] virtual const OptionsTemplates& optionsTemplates() const = 0;
  /// Those of `optionsTemplates().sampling` that say this algorithm.
  [[nodiscard]] virtual std::span<const TemplateView> samplingTemplates(
      SamplingAlgorithm algorithm) const = 0;
  /// Writes what stands in a template record, `templateBytes` octets.
  virtual void putTemplate(const TemplateView& form, uint8_t* to) const = 0;
  [[nodiscard]] virtual size_t templateBytes(const TemplateView& form) const = 0;
  /// Announces what only one of the protocols has, templates if `areTemplatesDue`.
  virtual void announceMore() {}

  /// Writes the header of a message whose sets are complete.
  virtual void putHeader() = 0;

  void sessionBegan() override { isAnnounced_ = false; }

  /// Before a record of `application`: its name goes out ahead of its first record, and from then
  /// on with every announcement. A table of all names would be a burst that overruns a collector's
  /// buffer.
  void introduce(uint32_t application) {
    if (application < isIntroduced_.size() && !isIntroduced_[application]) tellName(application);
  }

  /// The number of what named the record's flow, which is told likewise. 0: nothing did, or there
  /// are more than numbers.
  uint16_t namingOf(const FlowRecord& record) {
    if (record.label == nullptr) return 0;
    const auto known = namings_.find(namingKey(record));
    return known == namings_.end() ? tellNaming(record) : known->second;
  }

  /// Writes a record of `encoding`'s template. The caller counts it.
  void writeFlow(const FlowEncoding& encoding, const EncodedFlow& flow) {
    encoding.encode(flow, nextRecord(encoding.form.id, encoding.recordBytes));
  }
  void writeTemplate(const TemplateView& form);
  template <typename Row>
  void writeOptions(const TemplateView& form, const Row& row) {
    writeOctets(form.id, encodeOptions(form, row));
  }
  /// RFC 7011 8.1: over a reliable transport once a session.
  [[nodiscard]] bool areTemplatesDue() const { return !isAnnounced_ || !sender().isReliable(); }

  /// Of the message that is begun.
  [[nodiscard]] uint16_t records() const { return records_; }
  [[nodiscard]] uint16_t dataRecords() const { return records_ - templateRecords_; }
  [[nodiscard]] const TemplateExporterOptions& options() const { return options_; }

 private:
  /// No session may begin amid an announcement, which is what a new session starts with.
  enum class Phase : uint8_t { RECORDS, ANNOUNCING };
  static constexpr uint16_t NO_SET = UINT16_MAX;

  /// Where the next record of a set goes; may send the message and begin another one.
  uint8_t* nextRecord(uint16_t setId, size_t recordBytes) {
    if (setId != setId_ || length() + recordBytes + paddingBytes_ > limitBytes()) {
      openSet(setId, recordBytes);
    }
    ++records_;
    return take(recordBytes);
  }
  void writeOctets(uint16_t setId, const std::vector<uint8_t>& record);
  void openSet(uint16_t setId, size_t recordBytes);
  void closeSet();
  void begin();
  void finishMessage() final;
  [[nodiscard]] bool isAnnouncementDue(int64_t nowNs) const;
  void announce();
  void announceTemplates();
  void makeRoomForNames();
  void tellName(uint32_t application);
  [[nodiscard]] const ApplicationRow* applicationOf(uint32_t selector) const;
  uint16_t tellNaming(const FlowRecord& record);
  static uint64_t namingKey(const FlowRecord& record) {
    const FlowLabel& label = *record.label;
    return uint64_t{record.application} << 32U | uint64_t{label.ruleOrdinal} << 16U |
           static_cast<uint64_t>(label.rule) << 8U | static_cast<uint64_t>(label.confidence);
  }
  void announceApplications();
  void announceNamings();
  void announceInterfaces();
  void announceSampling();
  void announceStatistics();
  /// Sends what waits, then what `write` writes.
  template <typename Write>
  void announceApart(Write write);

  SetFormat format_;
  TemplateExporterOptions options_;
  std::vector<bool> isIntroduced_;                  ///< by selector, up to the largest
  std::unordered_map<uint64_t, uint16_t> namings_;  ///< numbers by `namingKey`
  std::vector<NamingRow> toldNamings_;
  std::vector<InterfaceRow> interfaces_;
  SamplingState sampling_;
  IgnoredTraffic ignored_;
  size_t paddingBytes_;  ///< that a set may need at most
  size_t setStart_ = 0;
  uint16_t setId_ = NO_SET;
  uint16_t records_ = 0;
  uint16_t templateRecords_ = 0;
  uint32_t messagesSinceAnnouncement_ = 0;
  int64_t announcedNs_ = 0;
  bool isAnnounced_ = false;  ///< templates are known in this session
  Phase phase_ = Phase::RECORDS;
};

}  // namespace weir
