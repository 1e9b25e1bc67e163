// SPDX-License-Identifier: Apache-2.0
#include "classify/engine_order.h"

#include <algorithm>
#include <utility>

#include "classify/failover_matcher.h"
#include "classify/ncore_database.h"

namespace weir {
namespace {

bool isDevice(const EngineChoice& choice) {
  return choice.engine == Engine::EMULATOR || choice.engine == Engine::NCORE;
}

}  // namespace

std::string nameOf(const EngineChoice& choice) {
  switch (choice.engine) {
    case Engine::HYPERSCAN:
      return "hyperscan";
    case Engine::EMULATOR:
      return "emulator";
    case Engine::NONE:
      return "none";
    case Engine::NCORE:
      break;
  }
  const bool isAny = choice.device == EngineChoice::FIRST_DEVICE;
  return isAny ? "ncore" : "ncore:" + std::to_string(choice.device);
}

EngineOrder::EngineOrder(EngineOptions options, SignatureSet set, const DatabaseCache& cache,
                         std::shared_ptr<EngineTotals> totals)
    : MatcherDatabase(std::move(set)),
      options_(std::move(options)),
      databases_(options_.order.size()),
      use_(options_.order, std::move(totals)) {
  std::string reasons;
  for (size_t rank = 0; rank < databases_.size(); ++rank) {
    try {
      databases_[rank] = open(rank, cache);
    } catch (const EngineError& error) {
      use_.setUnavailable(rank, error);
      reasons += std::string(reasons.empty() ? "" : " ") + error.what();
    }
  }
  const bool hasAny = std::any_of(databases_.begin(), databases_.end(),
                                  [](const auto& database) { return database != nullptr; });
  if (!hasAny) throw EngineError(EngineFailure::UNAVAILABLE, reasons);
}

EngineOrder::EngineOrder(EngineOptions options, SignatureSet set, Databases databases,
                         std::shared_ptr<EngineTotals> totals)
    : MatcherDatabase(std::move(set)),
      options_(std::move(options)),
      databases_(std::move(databases)),
      use_(options_.order, std::move(totals)) {}

std::shared_ptr<const MatcherDatabase> EngineOrder::open(size_t rank,
                                                         const DatabaseCache& cache) const {
  const EngineChoice& choice = options_.order[rank];
  if (!isDevice(choice)) return createMatcherDatabase(choice.engine, signatures(), cache);
  const auto first = std::find_if(options_.order.begin(), options_.order.end(), isDevice);
  DeviceOptions device = options_.device;
  if (&*first != &choice) device.settings.clear();
  return createNcoreDatabase(choice, device, signatures(), RefusedPatterns::GO_TO_HYPERSCAN, cache);
}

std::shared_ptr<const EngineOrder> EngineOrder::reopened(const DatabaseCache& cache) const {
  Databases databases(options_.order.size());
  bool hasNew = false;
  for (size_t rank = 0; rank < databases.size(); ++rank) {
    databases[rank] = database(rank);
    if (databases[rank] && !use_.hasFailed(rank)) continue;
    databases[rank] = nullptr;
    letGoOfFailed(rank);
    try {
      databases[rank] = open(rank, cache);
      hasNew = true;
    } catch (const EngineError&) {  // still: the use says why since it failed
    }
  }
  if (!hasNew) return nullptr;
  const auto order =
      std::make_shared<EngineOrder>(options_, signatures(), std::move(databases), use_.totals());
  for (size_t rank = 0; rank < order->databases_.size(); ++rank)
    if (!order->databases_[rank]) order->use_.copyFailure(rank, use_);
  return order;
}

std::shared_ptr<const MatcherDatabase> EngineOrder::database(size_t rank) const {
  const std::lock_guard lock(mutex_);
  return databases_[rank];
}

void EngineOrder::letGoOfFailed(size_t rank) const {
  std::shared_ptr<const MatcherDatabase> failed;  // closed without the lock
  const std::lock_guard lock(mutex_);
  if (!use_.isUsed(rank)) failed.swap(databases_[rank]);
}

std::unique_ptr<Matcher> EngineOrder::createMatcher(uint32_t streamSlots) const {
  return std::make_unique<FailoverMatcher>(*this, streamSlots);
}

void EngineOrder::refuseCostly(const DatabaseCache& cache) const {
  for (size_t rank = 0; rank < options_.order.size(); ++rank) {
    if (const auto engine = database(rank)) engine->refuseCostly(cache);
  }
}

size_t EngineOrder::streamStateBytes(DatabasePart part) const {
  for (size_t rank = 0; rank < options_.order.size(); ++rank) {
    const auto engine = use_.hasFailed(rank) ? nullptr : database(rank);
    if (engine) return engine->streamStateBytes(part);
  }
  return 0;
}

std::shared_ptr<const MatcherDatabase> createEngines(const EngineOptions& options,
                                                     SignatureSet signatures,
                                                     const DatabaseCache& cache,
                                                     std::shared_ptr<EngineTotals> totals) {
  const EngineChoice& first = options.order.front();
  if (options.order.size() == 1 && !isDevice(first))
    return createMatcherDatabase(first.engine, std::move(signatures), cache);
  return std::make_shared<EngineOrder>(options, std::move(signatures), cache, std::move(totals));
}

}  // namespace weir
