// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/exporter_table.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace weir::collect {

namespace {

/// An exporter is established when it sent so many datagrams over so long.
constexpr uint64_t ESTABLISHED_DATAGRAMS = 8;
constexpr int64_t ESTABLISHED_MS = 30'000;
/// Established exporters that were silent for so long make room when there is none.
constexpr int64_t PUSHED_OUT_MS = 3'600'000;

uint64_t randomSeed() {
  std::random_device source;
  return uint64_t{source()} << 32U | source();
}

size_t entriesOf(const ToldOptions& told) {
  return told.applications.size() + told.namings.size() + told.interfaces.size() +
         told.samplers.size() + told.samplingOfInterface.size();
}

}  // namespace

/// Seeded: whoever forges senders cannot choose addresses that collide.
size_t ExporterTable::KeyHash::operator()(const Key& key) const noexcept {
  uint64_t words[2];
  std::memcpy(words, key.address.data(), sizeof words);
  const auto fold = [](uint64_t left, uint64_t right) {
    const auto product = static_cast<unsigned __int128>(left) * right;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U);
  };
  return fold(fold(words[0] ^ seed, words[1] ^ ~seed) ^ key.session, seed | 1U);
}

ExporterTable::ExporterTable(const ExporterLimits& limits, DecodeCounters& counters)
    : limits_(limits),
      counters_(counters),
      pendingBudget_{0, limits.pendingOctets},
      byKey_(64, KeyHash{randomSeed()}) {}

ExporterDomain* ExporterTable::domain(const DomainKey& key, int64_t nowMilliseconds) {
  Exporter* const sender = exporter({key.address, key.session}, nowMilliseconds);
  if (sender == nullptr) {
    counters_.add(DecodeCount::tooManyExporters);
    return nullptr;
  }
  auto& domains = sender->domains;
  for (size_t i = 0; i < domains.size(); ++i) {
    const bool isIt = domains[i]->observationDomainId == key.observationDomainId &&
                      domains[i]->protocol == key.protocol;
    if (!isIt) continue;
    // In front is found first: exporters send many datagrams of one domain in a row.
    if (i > 0) std::swap(domains[i], domains[i - 1]);
    return domains[i > 0 ? i - 1 : 0].get();
  }
  return addDomain(*sender, key, nowMilliseconds);
}

Exporter* ExporterTable::exporter(const Key& key, int64_t nowMilliseconds) {
  const auto known = byKey_.find(key);
  if (known == byKey_.end()) return add(key, nowMilliseconds);
  touch(known->second, nowMilliseconds);
  return known->second->get();
}

Exporter* ExporterTable::add(const Key& key, int64_t nowMilliseconds) {
  if (byKey_.size() >= limits_.exporters && !makeRoom(nowMilliseconds)) return nullptr;
  fresh_.push_front(std::make_unique<Exporter>(pendingBudget_, limits_));
  Exporter& added = *fresh_.front();
  added.address = key.address;
  added.session = key.session;
  added.datagrams = 1;
  added.firstSeenMilliseconds = nowMilliseconds;
  added.lastSeenMilliseconds = nowMilliseconds;
  byKey_.emplace(key, fresh_.begin());
  return &added;
}

void ExporterTable::touch(Exporters::iterator position, int64_t nowMilliseconds) {
  Exporter& seen = **position;
  Exporters& from = listOf(seen);
  ++seen.datagrams;
  seen.lastSeenMilliseconds = std::max(seen.lastSeenMilliseconds, nowMilliseconds);
  // A connection was not forged: its other end answered.
  seen.isEstablished = seen.isEstablished || seen.session != 0 ||
                       (seen.datagrams >= ESTABLISHED_DATAGRAMS &&
                        seen.lastSeenMilliseconds - seen.firstSeenMilliseconds >= ESTABLISHED_MS);
  Exporters& to = listOf(seen);
  to.splice(to.begin(), from, position);
}

void ExporterTable::establish(Exporter& exporter) {
  const auto known = byKey_.find({exporter.address, exporter.session});
  if (exporter.isEstablished || known == byKey_.end()) return;
  exporter.isEstablished = true;
  established_.splice(established_.begin(), fresh_, known->second);
}

bool ExporterTable::makeRoom(int64_t nowMilliseconds) {
  if (!fresh_.empty()) {
    remove(std::prev(fresh_.end()));
    return true;
  }
  if (established_.empty()) return false;
  const auto oldest = std::prev(established_.end());
  if (nowMilliseconds - (*oldest)->lastSeenMilliseconds < PUSHED_OUT_MS) return false;
  remove(oldest);
  return true;
}

ExporterDomain* ExporterTable::addDomain(Exporter& exporter, const DomainKey& key,
                                         int64_t nowMilliseconds) {
  while (domains_ >= limits_.domains && reclaim(exporter)) {
  }
  if (exporter.domains.size() >= limits_.domainsPerExporter || domains_ >= limits_.domains) {
    counters_.add(DecodeCount::tooManyDomains);
    return nullptr;
  }
  auto added = std::make_unique<ExporterDomain>();
  added->exporter = &exporter;
  added->exporterAddress = key.address;
  added->protocol = key.protocol;
  added->observationDomainId = key.observationDomainId;
  added->session = key.session;
  added->statistics.firstSeenMilliseconds = nowMilliseconds;
  ++domains_;
  exporter.domains.push_back(std::move(added));
  return exporter.domains.back().get();
}

Template* ExporterTable::keep(ExporterDomain& domain, Template form) {
  forget(domain, form.definition.id);
  const size_t fields = form.definition.fields.size();
  Exporter& exporter = *domain.exporter;
  while (fields_ + fields > limits_.fields && reclaim(exporter)) {
  }
  if (domain.templates.size() >= limits_.templatesPerDomain ||
      exporter.fields + fields > limits_.fieldsPerExporter || fields_ + fields > limits_.fields) {
    counters_.add(DecodeCount::tooManyTemplates);
    return nullptr;
  }
  exporter.fields += fields;
  fields_ += fields;
  form.change = nextChange();
  const uint16_t id = form.definition.id;
  return &domain.templates.emplace(id, std::move(form)).first->second;
}

void ExporterTable::forget(ExporterDomain& domain, uint16_t templateId) {
  const auto known = domain.templates.find(templateId);
  if (known == domain.templates.end()) return;
  const size_t fields = known->second.definition.fields.size();
  domain.exporter->fields -= fields;
  fields_ -= fields;
  domain.templates.erase(known);
}

bool ExporterTable::admitOption(ExporterDomain& domain) {
  while (options_ >= limits_.options && reclaim(*domain.exporter)) {
  }
  if (domain.exporter->options >= limits_.optionsPerExporter || options_ >= limits_.options) {
    counters_.add(DecodeCount::tooManyOptions);
    return false;
  }
  ++domain.exporter->options;
  ++options_;
  return true;
}

void ExporterTable::adopt(ExporterDomain& domain, ToldOptions options) {
  const size_t entries = entriesOf(options);
  Exporter& exporter = *domain.exporter;
  if (entriesOf(domain.options) > 0) return;
  if (exporter.options + entries > limits_.optionsPerExporter ||
      options_ + entries > limits_.options)
    return counters_.add(DecodeCount::tooManyOptions, entries);
  exporter.options += entries;
  options_ += entries;
  domain.options = std::move(options);
}

void ExporterTable::addPending(PendingSet set) {
  Exporter& exporter = *set.domain->exporter;
  ++set.domain->statistics.unknownTemplateSets;
  const size_t octets = PendingSets::costOf(set);
  while (pendingBudget_.octets + octets > limits_.pendingOctets && reclaim(exporter)) {
  }
  counters_.add(DecodeCount::unknownTemplateDropped, exporter.pending.add(std::move(set)));
}

bool ExporterTable::reclaim(const Exporter& except) {
  for (auto at = fresh_.end(); at != fresh_.begin();) {
    --at;
    if (at->get() == &except) continue;
    remove(at);
    return true;
  }
  return false;
}

void ExporterTable::endSession(uint64_t session) {
  for (auto* list : {&fresh_, &established_}) {
    for (auto at = list->begin(); at != list->end();) {
      const auto next = std::next(at);
      if ((*at)->session == session) remove(at);
      at = next;
    }
  }
}

void ExporterTable::remove(Exporters::iterator position) {
  Exporter& gone = **position;
  byKey_.erase({gone.address, gone.session});
  domains_ -= gone.domains.size();
  fields_ -= gone.fields;
  options_ -= gone.options;
  // Its octets would count until it is buried.
  counters_.addToAll(DecodeCount::unknownTemplateDropped, gone.pending.clear());
  counters_.addToAll(DecodeCount::forgottenExporters);
  forgotten_.splice(forgotten_.begin(), listOf(gone), position);
}

void ExporterTable::removeDomain(Exporter& exporter, size_t index) {
  ExporterDomain& gone = *exporter.domains[index];
  while (!gone.templates.empty()) forget(gone, gone.templates.begin()->first);
  const size_t entries = entriesOf(gone.options);
  exporter.options -= entries;
  options_ -= entries;
  --domains_;
  counters_.add(DecodeCount::unknownTemplateDropped, exporter.pending.drop(gone));
  forgottenDomains_.push_back(std::move(exporter.domains[index]));
  exporter.domains.erase(exporter.domains.begin() + static_cast<ptrdiff_t>(index));
}

void ExporterTable::expire(int64_t nowMilliseconds) {
  for (auto* list : {&fresh_, &established_}) {
    while (!list->empty() &&
           nowMilliseconds - list->back()->lastSeenMilliseconds > limits_.silenceMs)
      remove(std::prev(list->end()));
    for (auto& exporter : *list) expireDomains(*exporter, nowMilliseconds);
  }
}

void ExporterTable::expireDomains(Exporter& exporter, int64_t nowMilliseconds) {
  for (size_t i = exporter.domains.size(); i-- > 0;) {
    ExporterDomain& domain = *exporter.domains[i];
    if (nowMilliseconds - domain.statistics.lastSeenMilliseconds > limits_.silenceMs) {
      removeDomain(exporter, i);
      continue;
    }
    std::vector<uint16_t> expired;
    for (const auto& [id, form] : domain.templates)
      if (nowMilliseconds - form.usedMilliseconds > limits_.templateLifetimeMs)
        expired.push_back(id);
    // RFC 7011 8.4: those of a connection live as long as it.
    if (exporter.session != 0) continue;
    for (const uint16_t id : expired) forget(domain, id);
    counters_.add(DecodeCount::expiredTemplates, expired.size());
  }
}

}  // namespace weir::collect
