// SPDX-License-Identifier: Apache-2.0
#include "classify/engine_order.h"

#include <algorithm>
#include <new>
#include <utility>

#include "classify/failover_matcher.h"
#include "classify/ncore_database.h"

namespace weir {
namespace {

constexpr const char* NO_QUEUE_YET = "ncore: no queue has been opened for a lane yet";

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
                         std::shared_ptr<EngineTotals> totals, std::shared_ptr<OpenDevices> devices)
    : MatcherDatabase(std::move(set)),
      options_(std::move(options)),
      devices_(std::move(devices)),
      databases_(options_.order.size()),
      offerOf_(options_.order.size()),
      use_(options_.order, std::move(totals)) {
  std::string reasons;
  for (size_t rank = 0; rank < databases_.size(); ++rank) {
    try {
      databases_[rank] = open(rank, cache);
    } catch (const EngineError& error) {
      use_.noteFailure(rank, error);
      reasons += std::string(reasons.empty() ? "" : " ") + error.what();
    }
  }
  const bool hasAny = std::any_of(databases_.begin(), databases_.end(),
                                  [](const auto& database) { return database != nullptr; });
  if (!hasAny) throw EngineError(EngineFailure::UNAVAILABLE, reasons);
  openSoftware(cache);
}

EngineOrder::EngineOrder(EngineOptions options, SignatureSet set, Databases databases,
                         std::shared_ptr<EngineTotals> totals)
    : MatcherDatabase(std::move(set)),
      options_(std::move(options)),
      databases_(std::move(databases)),
      offerOf_(options_.order.size()),
      use_(options_.order, std::move(totals)) {}

std::shared_ptr<const MatcherDatabase> EngineOrder::open(size_t rank,
                                                         const DatabaseCache& cache) const {
  const EngineChoice& choice = options_.order[rank];
  if (!isDevice(choice)) return createMatcherDatabase(choice.engine, signatures(), cache);
  auto device = devices_->open(rank, choice, deviceOptions(rank));
  try {
    return load(device, cache);
  } catch (const EngineError& error) {
    if (error.failure() != EngineFailure::LOST) throw;
  }
  device->markFailed();  // long ago, and no lane had anything to ask it
  device.reset();
  return load(devices_->open(rank, choice, deviceOptions(rank)), cache);
}

/// What a device takes need not be what Hyperscan takes; without it the device is used all the
/// same.
void EngineOrder::openSoftware(const DatabaseCache& cache) {
  if (software()) return;
  try {
    software_ = createMatcherDatabase(Engine::HYPERSCAN, signatures(), cache);
  } catch (const CodedError&) {
    software_ = nullptr;  // what is cut short then is counted: EngineTotals::cutRequests
  }
}

std::shared_ptr<const MatcherDatabase> EngineOrder::software() const {
  for (size_t rank = 0; rank < options_.order.size(); ++rank)
    if (options_.order[rank].engine == Engine::HYPERSCAN) return database(rank);
  return software_;
}

DeviceOptions EngineOrder::deviceOptions(size_t rank) const {
  const auto first = std::find_if(options_.order.begin(), options_.order.end(), isDevice);
  DeviceOptions device = options_.device;
  if (&*first != &options_.order[rank]) device.settings.clear();
  return device;
}

std::shared_ptr<const MatcherDatabase> EngineOrder::load(std::shared_ptr<OpenDevice> device,
                                                         const DatabaseCache& cache) const {
  return std::make_shared<NcoreDatabase>(std::move(device), options_.device.gatherNs, signatures(),
                                         RefusedPatterns::GO_TO_HYPERSCAN, cache);
}

bool EngineOrder::revive(const DatabaseCache& cache) const {
  letGoOfFailed();
  bool hasOffered = false;
  for (size_t rank = 0; rank < options_.order.size(); ++rank) {
    if (!use_.hasFailed(rank) || isFinal(rank) || !reviveRank(rank, cache)) continue;
    for (const auto& lane : lanes()) openStandby(*lane, rank);
    offer(rank);
    hasOffered = true;
  }
  return hasOffered;
}

bool EngineOrder::isFinal(size_t rank) const {
  const EngineFailure failure = use_.failure(rank);
  return failure == EngineFailure::TOO_SMALL || failure == EngineFailure::WRONG_ABI;
}

/// Whether the engine is open then. Its failure is forgotten before a lane has it: what is noted
/// from then on is its own.
bool EngineOrder::reviveRank(size_t rank, const DatabaseCache& cache) const {
  try {
    auto opened = database(rank);  // there is one where some lane lacked a queue
    if (!opened) opened = open(rank, cache);
    use_.forgetFailure(rank);
    setDatabase(rank, std::move(opened));
    return true;
  } catch (const EngineError& error) {
    use_.setFailure(rank, error.failure(), error.what());
  } catch (const SignatureError& error) {
    use_.setFailure(rank, EngineFailure::UNAVAILABLE, error.what());
  }
  return false;
}

void EngineOrder::letGoOfFailed() const {
  closeLeft();
  for (size_t rank = 0; rank < options_.order.size(); ++rank) letGoIfGone(rank);
}

/// Lanes that use it yet keep it until they see it fail. Some devices cannot be opened twice.
void EngineOrder::letGoIfGone(size_t rank) const {
  const auto failed = database(rank);  // first: one that follows it has no failure
  if (!failed || !isGone(rank)) return;
  if (const auto* const onDevice = dynamic_cast<const NcoreDatabase*>(failed.get()))
    onDevice->markDeviceFailed();
  for (const auto& lane : lanes()) leave(lane->put(rank, {}));
  closeLeft();
  const std::lock_guard lock(mutex_);
  if (databases_[rank] == failed) databases_[rank].reset();
}

/// One lane's failure need not be the device's: others may do well with it, or it lacked a queue.
bool EngineOrder::isGone(size_t rank) const {
  switch (use_.failure(rank)) {
    case EngineFailure::LOST:
      return true;
    case EngineFailure::STUCK:
    case EngineFailure::BROKEN:
      return !use_.isUsed(rank);
    default:
      return false;
  }
}

bool EngineOrder::noteFailure(size_t rank, const std::shared_ptr<const MatcherDatabase>& database,
                              const EngineError& error) const {
  const std::lock_guard lock(mutex_);
  const bool isCurrent = databases_[rank] == database;
  if (isCurrent) {
    use_.noteFailure(rank, error);
  } else {
    use_.countFailure(error.failure());
  }
  return isCurrent;
}

void EngineOrder::offer(size_t rank) const {
  const std::lock_guard lock(mutex_);
  if (!databases_[rank]) return;  // a reload let go of it meanwhile: it has failed again
  offerOf_[rank] = offers_ + 1;
  offers_.store(offerOf_[rank], std::memory_order_release);
}

uint64_t EngineOrder::offerOf(size_t rank) const {
  const std::lock_guard lock(mutex_);
  return offerOf_[rank];
}

/// None where the matcher has no room: that is noted.
LaneEngine EngineOrder::make(size_t rank, uint32_t streamSlots) const {
  LaneEngine made{database(rank), nullptr};
  if (!made.database) return {};
  try {
    made.matcher = made.database->createMatcher(streamSlots);
    return made;
  } catch (const EngineError& error) {
    noteFailure(rank, made.database, error);
  } catch (const std::bad_alloc&) {
    noteFailure(rank, made.database,
                {EngineFailure::UNAVAILABLE, "there is no memory for a lane's matcher"});
  }
  return {};
}

LaneEngine EngineOrder::engineFor(StandbyMatchers& lane, size_t rank) const {
  if (!isDevice(options_.order[rank])) {
    LaneEngine made = make(rank, lane.streamSlots());
    if (made.matcher) lane.noteUse(made.database);
    return made;
  }
  const auto current = database(rank);
  if (!current) return {};
  LaneEngine opened = lane.take(rank, current);
  if (!opened.matcher && !use_.hasFailed(rank))  // it has come back, and failed again since
    noteFailure(rank, current, {EngineFailure::UNAVAILABLE, NO_QUEUE_YET});
  return opened;
}

void EngineOrder::openStandbys() const {
  for (const auto& lane : lanes()) {
    for (size_t rank = 0; rank < options_.order.size(); ++rank) {
      if (!use_.hasFailed(rank)) openStandby(*lane, rank);
    }
  }
}

void EngineOrder::openStandby(StandbyMatchers& lane, size_t rank) const {
  const auto current = database(rank);
  if (!isDevice(options_.order[rank]) || !current || !lane.lacks(rank, current)) return;
  LaneEngine made = make(rank, lane.streamSlots());
  if (made.matcher) leave(lane.put(rank, std::move(made)));
}

/// Those that are there still.
std::vector<std::shared_ptr<StandbyMatchers>> EngineOrder::lanes() const {
  std::vector<std::shared_ptr<StandbyMatchers>> lanes;
  const std::lock_guard lock(mutex_);
  std::erase_if(lanes_, [](const auto& lane) { return lane.expired(); });
  for (const auto& known : lanes_) {
    if (auto lane = known.lock()) lanes.push_back(std::move(lane));
  }
  return lanes;
}

void EngineOrder::leave(LaneEngine engine) const {
  if (!engine.matcher) return;
  const std::lock_guard lock(mutex_);
  left_.push_back(std::move(engine));
}

void EngineOrder::closeLeft() const {
  std::vector<LaneEngine> left;  // closed without the lock
  const std::lock_guard lock(mutex_);
  left.swap(left_);
}

void EngineOrder::setDatabase(size_t rank, std::shared_ptr<const MatcherDatabase> database) const {
  const std::lock_guard lock(mutex_);  // the one before is closed without it
  databases_[rank].swap(database);
}

std::shared_ptr<const MatcherDatabase> EngineOrder::database(size_t rank) const {
  const std::lock_guard lock(mutex_);
  return databases_[rank];
}

std::unique_ptr<Matcher> EngineOrder::createMatcher(uint32_t streamSlots) const {
  auto standby = std::make_shared<StandbyMatchers>(streamSlots, options_.order.size());
  {
    const std::lock_guard lock(mutex_);
    lanes_.push_back(standby);
  }
  for (size_t rank = 0; rank < options_.order.size(); ++rank) openStandby(*standby, rank);
  return std::make_unique<FailoverMatcher>(*this, std::move(standby));
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
                                                     std::shared_ptr<EngineTotals> totals,
                                                     std::shared_ptr<OpenDevices> devices) {
  const EngineChoice& first = options.order.front();
  if (options.order.size() == 1 && !isDevice(first))
    return createMatcherDatabase(first.engine, std::move(signatures), cache);
  return std::make_shared<EngineOrder>(options, std::move(signatures), cache, std::move(totals),
                                       std::move(devices));
}

}  // namespace weir
