// SPDX-License-Identifier: Apache-2.0
// Completes decoded rows with what the operator says: names of exporters, interfaces and networks,
// countries and autonomous systems, services by port, the flow's scope, and whether it counts. What
// exporters say themselves (applications, interfaces, sampling) the decoder has put in before.
// A lane's own; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "collect/enrich/address_book.h"
#include "collect/enrich/enrich_counters.h"
#include "collect/enrich/enrichment_tables.h"

namespace weir::collect {

class Enricher {
 public:
  explicit Enricher(std::shared_ptr<const EnrichmentTables> tables);

  /// Other tables for the rows to come; nothing when they are the same.
  void use(std::shared_ptr<const EnrichmentTables> tables);

  /// Rows [from, to), each once.
  void enrich(FlowColumns& columns, size_t from, size_t to);

  [[nodiscard]] const EnrichCounters& counters() const noexcept { return counters_; }

 private:
  struct ExporterNames {
    NameHandle name;
    std::unordered_map<uint32_t, NameHandle> interfaces;
  };

  struct ServiceNames {
    NameHandle name;
    NameHandle category;
  };

  struct Rows {
    FlowColumns& columns;
    size_t from;
    size_t to;
  };

  void nameExporters(const Rows& rows);
  void describeAddresses(const Rows& rows);
  void nameServices(const Rows& rows);
  [[nodiscard]] bool nameService(FlowColumns& columns, size_t row, NameId unknown);
  void count(const Rows& rows);
  void tellScope(FlowColumns& columns, size_t row, bool isFromOwn, bool isToOwn);
  [[nodiscard]] bool isAtBoundary(const FlowColumns& columns, size_t row) const;
  [[nodiscard]] bool isFirstReport(const FlowColumns& columns, size_t row) const;

  std::shared_ptr<const EnrichmentTables> tables_;
  std::unique_ptr<AddressBook> addresses_;
  std::unordered_map<Address, ExporterNames, AddressHash> exporters_;
  std::vector<ServiceNames> services_;
  NameHandle unknown_{"unknown"};
  NameHandle byPort_{"port"};
  /// By whether the source and the destination are the operator's.
  std::array<NameHandle, 4> scopes_ = {NameHandle{"transit"}, NameHandle{"ingress"},
                                       NameHandle{"egress"}, NameHandle{"internal"}};
  EnrichCounters counters_;
};

}  // namespace weir::collect
