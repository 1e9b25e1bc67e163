// SPDX-License-Identifier: Apache-2.0
// NetFlow version 9 (RFC 3954) with application names (RFC 6759).
#pragma once

#include <string>
#include <vector>

#include "export/datagram_exporter.h"
#include "export/generated/templates.h"
#include "export/wire_writer.h"

namespace weir {

struct Netflow9Options {
  uint32_t sourceId = 0;                     ///< observation domain: one a lane
  std::vector<ApplicationRow> applications;  ///< rows of the options table of RFC 6759 5.1
  int64_t refreshNs = 60'000'000'000;  ///< templates and application table go out again after this
  uint32_t refreshDatagrams = 4096;    ///< or after this many datagrams
};

/// Sequence numbers count export packets. Templates and the application table go out before the
/// first record.
class Netflow9Exporter final : public DatagramExporter {
 public:
  Netflow9Exporter(std::unique_ptr<MessageSender> sender, Netflow9Options options);

  void tick(int64_t nowNs) override;
  void setApplications(const std::vector<ApplicationRow>& rows) override;

 private:
  void writeDirection(const FlowRecord& record, const DirectionRecord& direction) override;
  size_t finishDatagram() override;

  void announce();
  void writeTemplates();
  void writeApplicationTable();
  void reserve(uint16_t setId, size_t recordBytes);
  void openSet(uint16_t setId);
  void closeSet();
  /// Where the next record of the open set goes; counts it in the header.
  WireWriter nextRecord(size_t recordBytes);

  Netflow9Options options_;
  size_t length_;
  size_t setStart_ = 0;  ///< 0: no set is open
  uint16_t setId_ = 0;
  uint16_t headerCount_ = 0;  ///< records of all kinds, templates included
  uint32_t sequence_ = 0;
  uint32_t datagramsSinceAnnouncement_ = 0;
  int64_t announcedNs_ = 0;
  bool announced_ = false;
};

}  // namespace weir
