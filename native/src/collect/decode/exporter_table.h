// SPDX-License-Identifier: Apache-2.0
// All exporters that a decoder knows, bounded. Whoever has sent for a while is established, and is
// never pushed out by who is new: forged senders only push out each other.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "collect/decode/decode_counters.h"
#include "collect/decode/exporter_domain.h"
#include "collect/decode/pending_sets.h"

namespace weir::collect {

struct ExporterLimits {
  size_t exporters = 4096;
  size_t domainsPerExporter = 256;
  /// For all exporters together, as the next ones without "PerExporter".
  size_t domains = 16'384;
  size_t templatesPerDomain = 1024;
  /// Fields of templates: one datagram may define a template of 16,000.
  size_t fieldsPerExporter = 65'536;
  size_t fields = 1'048'576;
  size_t pendingOctetsPerExporter = size_t{4} << 20U;
  size_t pendingOctets = size_t{64} << 20U;
  /// Entries of the tables that options data fills.
  size_t optionsPerExporter = 65'536;
  size_t options = 1'048'576;
  /// Silent exporters and domains are forgotten after it.
  int64_t silenceMs = 24 * 3'600'000;
  /// Templates that are neither told nor used are forgotten after it.
  int64_t templateLifetimeMs = 24 * 3'600'000;
};

/// One sending address, or one connection.
struct Exporter {
  Exporter(PendingBudget& budget, const ExporterLimits& limits)
      : pending(budget, limits.pendingOctetsPerExporter) {}

  Address address{};
  uint64_t session = 0;
  std::vector<std::unique_ptr<ExporterDomain>> domains;
  PendingSets pending;
  size_t fields = 0;
  size_t options = 0;
  uint64_t datagrams = 0;
  int64_t firstSeenMilliseconds = 0;
  int64_t lastSeenMilliseconds = 0;
  bool isEstablished = false;
};

/// Whose datagram it is.
struct DomainKey {
  Address address;
  uint64_t session;
  ExportProtocol protocol;
  uint32_t observationDomainId;
};

class ExporterTable {
 public:
  ExporterTable(const ExporterLimits& limits, DecodeCounters& counters);

  /// The domain that a datagram of now belongs to; nullptr (and counted) beyond the limits.
  ExporterDomain* domain(const DomainKey& key, int64_t nowMilliseconds);

  /// An exporter that was known before this start.
  void establish(Exporter& exporter);

  /// Keeps a template in place of one with its id; nullptr (and counted) beyond the limits.
  Template* keep(ExporterDomain& domain, Template form);
  void forget(ExporterDomain& domain, uint16_t templateId);
  /// Whether one more entry of options data has room; counts it if so, and the refusal if not.
  bool admitOption(ExporterDomain& domain);
  /// Takes options from before this start, as far as they have room, if the domain told none yet.
  void adopt(ExporterDomain& domain, ToldOptions options);

  /// Lets a set wait for its template; what has to go for it is counted.
  void addPending(PendingSet set);

  void endSession(uint64_t session);
  /// Forgets exporters, domains and templates that were silent too long.
  void expire(int64_t nowMilliseconds);
  /// Frees what was forgotten; nobody may look at its domains any more.
  void bury() {
    forgotten_.clear();
    forgottenDomains_.clear();
  }

  template <typename Visitor>
  void forEach(Visitor visit) const {
    for (const auto* list : {&fresh_, &established_})
      for (const auto& exporter : *list)
        for (const auto& domain : exporter->domains) visit(*domain);
  }

  [[nodiscard]] uint64_t lastChange() const { return change_; }
  uint64_t nextChange() { return ++change_; }

 private:
  struct Key {
    Address address;
    uint64_t session;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    uint64_t seed;
    size_t operator()(const Key& key) const noexcept;
  };
  using Exporters = std::list<std::unique_ptr<Exporter>>;

  Exporter* exporter(const Key& key, int64_t nowMilliseconds);
  Exporter* add(const Key& key, int64_t nowMilliseconds);
  ExporterDomain* addDomain(Exporter& exporter, const DomainKey& key, int64_t nowMilliseconds);
  void touch(Exporters::iterator position, int64_t nowMilliseconds);
  bool makeRoom(int64_t nowMilliseconds);
  void remove(Exporters::iterator position);
  /// Forgets the exporter that is not established and was silent for longest, but never `except`.
  bool reclaim(const Exporter& except);
  void removeDomain(Exporter& exporter, size_t index);
  void expireDomains(Exporter& exporter, int64_t nowMilliseconds);
  Exporters& listOf(const Exporter& exporter) {
    return exporter.isEstablished ? established_ : fresh_;
  }

  ExporterLimits limits_;
  DecodeCounters& counters_;
  PendingBudget pendingBudget_;
  /// Both with the one seen last in front.
  Exporters fresh_;
  Exporters established_;
  std::unordered_map<Key, Exporters::iterator, KeyHash> byKey_;
  Exporters forgotten_;
  std::vector<std::unique_ptr<ExporterDomain>> forgottenDomains_;
  size_t domains_ = 0;
  size_t fields_ = 0;
  size_t options_ = 0;
  uint64_t change_ = 0;
};

}  // namespace weir::collect
