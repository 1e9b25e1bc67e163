// SPDX-License-Identifier: Apache-2.0
#include "export/template_exporter.h"

#include <algorithm>
#include <cstring>

#include "flow/label_text.h"

namespace weir {

namespace {

constexpr size_t SET_HEADER_BYTES = 4;

}  // namespace

TemplateExporter::TemplateExporter(std::unique_ptr<MessageSender> sender, const SetFormat& format,
                                   TemplateExporterOptions options)
    : MessageExporter(std::move(sender), format.headerBytes),
      format_(format),
      options_(std::move(options)),
      paddingBytes_(format.alignmentBytes - 1U) {
  makeRoomForNames();
}

void TemplateExporter::makeRoomForNames() {
  uint32_t largest = 0;
  for (const ApplicationRow& row : options_.applications) largest = std::max(largest, row.selector);
  isIntroduced_.resize(std::max<size_t>(isIntroduced_.size(), largest + size_t{1}));
}

void TemplateExporter::tick(int64_t nowNs) {
  MessageExporter::tick(nowNs);
  if (!isAnnouncementDue(nowNs)) return;
  sendMessage();
  checkSession();
  announce();
}

bool TemplateExporter::isAnnouncementDue(int64_t nowNs) const {
  const bool wasSetBack = nowNs < announcedNs_;
  return !isAnnounced_ || wasSetBack || nowNs - announcedNs_ >= options_.refreshNs ||
         messagesSinceAnnouncement_ >= options_.refreshMessages;
}

void TemplateExporter::finish() {
  tellStatistics();
  MessageExporter::finish();
}

void TemplateExporter::setApplications(const std::vector<ApplicationRow>& rows) {
  options_.applications = rows;
  makeRoomForNames();
  announceApart([&] { announceApplications(); });
}

void TemplateExporter::setInterfaces(const std::vector<InterfaceRow>& rows) {
  interfaces_ = rows;
  announceApart([&] { announceInterfaces(); });
}

void TemplateExporter::setSampling(const SamplingState& sampling) {
  if (sampling == sampling_) return;
  sampling_ = sampling;
  announceApart([&] { announceSampling(); });
}

void TemplateExporter::tellStatistics() {
  announceApart([&] { announceStatistics(); });
}

template <typename Write>
void TemplateExporter::announceApart(Write write) {
  if (!isAnnounced_) return;  // the announcement to come says it
  flush();                    // so that statistics count it
  phase_ = Phase::ANNOUNCING;
  write();
  flush();
  phase_ = Phase::RECORDS;
}

void TemplateExporter::announce() {
  phase_ = Phase::ANNOUNCING;
  if (areTemplatesDue()) announceTemplates();
  announceApplications();
  announceNamings();
  announceInterfaces();
  announceSampling();
  announceStatistics();
  announceMore();
  flush();
  phase_ = Phase::RECORDS;
  isAnnounced_ = true;
  announcedNs_ = exportTimeNs();
  messagesSinceAnnouncement_ = 0;
}

void TemplateExporter::announceTemplates() {
  for (const TemplateView& form : flowTemplates()) writeTemplate(form);
  const OptionsTemplates& forms = optionsTemplates();
  writeTemplate(forms.applications);
  writeTemplate(forms.namings);
  writeTemplate(forms.interfaces);
  writeTemplate(forms.statistics);
  for (const TemplateView& form : forms.sampling) writeTemplate(form);
}

void TemplateExporter::announceApplications() {
  for (const ApplicationRow& row : options_.applications)
    if (isIntroduced_[row.selector]) writeOptions(optionsTemplates().applications, row);
}

void TemplateExporter::tellName(uint32_t application) {
  isIntroduced_[application] = true;
  if (!isAnnounced_) return;  // the announcement to come says it
  const ApplicationRow* const row = applicationOf(application);
  if (row != nullptr) writeOptions(optionsTemplates().applications, *row);
}

const ApplicationRow* TemplateExporter::applicationOf(uint32_t selector) const {
  const auto& rows = options_.applications;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const ApplicationRow& row) {
    return row.selector == selector;
  });
  return found == rows.end() ? nullptr : &*found;
}

/// A number keeps its meaning as long as the exporter lives, also over a reload.
uint16_t TemplateExporter::tellNaming(const FlowRecord& record) {
  const ApplicationRow* const application = applicationOf(record.application);
  if (application == nullptr || toldNamings_.size() == UINT16_MAX) return 0;
  const auto id = static_cast<uint16_t>(toldNamings_.size() + 1);
  namings_.emplace(namingKey(record), id);
  toldNamings_.push_back({id, namingText(application->name, *record.label)});
  if (isAnnounced_) writeOptions(optionsTemplates().namings, toldNamings_.back());
  return id;
}

void TemplateExporter::announceNamings() {
  for (const NamingRow& row : toldNamings_) writeOptions(optionsTemplates().namings, row);
}

void TemplateExporter::announceInterfaces() {
  for (const InterfaceRow& row : interfaces_) writeOptions(optionsTemplates().interfaces, row);
}

void TemplateExporter::announceSampling() {
  for (const TemplateView& form : samplingTemplates(sampling_.algorithm))
    writeOptions(form, sampling_);
}

void TemplateExporter::announceStatistics() {
  const ExporterCounters current = counters();
  writeOptions(optionsTemplates().statistics,
               ExporterStatistics{options_.observationDomain, current, ignored_});
}

void TemplateExporter::writeTemplate(const TemplateView& form) {
  const bool isOptions = form.scopeFields != 0;
  const size_t bytes = templateBytes(form);
  putTemplate(form,
              nextRecord(isOptions ? format_.optionsTemplateSet : format_.templateSet, bytes));
  ++templateRecords_;
  if (isOptions) closeSet();  // some collectors read one from a set
}

void TemplateExporter::writeOctets(uint16_t setId, const std::vector<uint8_t>& record) {
  std::memcpy(nextRecord(setId, record.size()), record.data(), record.size());
}

/// Closes the open set and opens another where a record of `recordBytes` fits.
void TemplateExporter::openSet(uint16_t setId, size_t recordBytes) {
  closeSet();
  const size_t needed = SET_HEADER_BYTES + recordBytes + paddingBytes_;
  if (isBegun() && length() + needed > limitBytes()) sendMessage();
  if (!isBegun()) begin();
  setStart_ = length();
  setId_ = setId;
  take(SET_HEADER_BYTES);
}

void TemplateExporter::begin() {
  if (phase_ == Phase::RECORDS) {
    checkSession();
    if (!isAnnounced_) announce();
  }
  beginMessage();
}

void TemplateExporter::closeSet() {
  if (setId_ == NO_SET) return;
  const size_t padding = -length() % format_.alignmentBytes;
  std::memset(take(padding), 0, padding);
  WireWriter out(message() + setStart_);
  out.put16(setId_);
  out.put16(length() - setStart_);  // RFC 3954 5.3: padding counts
  setId_ = NO_SET;
}

void TemplateExporter::finishMessage() {
  closeSet();
  putHeader();
  records_ = 0;
  templateRecords_ = 0;
  ++messagesSinceAnnouncement_;
}

}  // namespace weir
