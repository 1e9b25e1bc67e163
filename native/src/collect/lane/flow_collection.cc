// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/flow_collection.h"

#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <utility>

namespace weir::collect {

namespace {

/// One being filled, one on its way, one being stored.
constexpr size_t CHUNKS_A_LANE = 3;

}  // namespace

FlowCollection::FlowCollection(FlowCollectionConfig config, std::function<void()> wake)
    : config_(std::move(config)),
      allowed_(std::make_shared<AllowList>(config_.allowedExporters)),
      seed_(SteeringSeed::random()),
      pool_(config_.chunkBytes, CHUNKS_A_LANE * config_.lanes),
      ready_(std::move(wake)) {
  pool_.onFree([this] {
    for (const auto& lane : lanes_) lane->requests().wake();
  });
}

FlowCollection::~FlowCollection() { stop(); }

void FlowCollection::makeLanes() {
  const bool hasTls = std::ranges::any_of(config_.endpoints, [](const Endpoint& endpoint) {
    return endpoint.transport == Transport::TLS;
  });
  IntakeOptions options{{allowed_, nullptr, config_.streams}, config_.path};
  if (hasTls) options.streams.credentials = TlsServerCredentials::load(config_.tls);
  for (uint32_t i = 0; i < config_.lanes; ++i)
    lanes_.push_back(std::make_unique<IntakeLane>(options, pool_, ready_));
}

void FlowCollection::open() {
  makeLanes();
  const ListeningOptions options{config_.lanes, seed_, config_.receiveBufferBytes};
  try {
    for (const Endpoint& endpoint : config_.endpoints) {
      ListeningSockets group = openListeningSockets(endpoint, options);
      bound_.push_back(group.bound);
      if (endpoint.transport == Transport::UDP)
        grantedBufferBytes_ = grantedBufferBytes_ == 0
                                  ? group.grantedBufferBytes
                                  : std::min(grantedBufferBytes_, group.grantedBufferBytes);
      for (uint32_t i = 0; i < config_.lanes; ++i)
        lanes_[i]->listen(std::move(group.sockets[i]), endpoint.transport);
    }
  } catch (...) {
    lanes_.clear();
    bound_.clear();
    throw;
  }
}

void FlowCollection::start() {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    threads_.emplace_back([lane = lanes_[i].get()] { lane->run(); });
    pthread_setname_np(threads_.back().native_handle(),
                       ("weir-intake-" + std::to_string(i)).c_str());
  }
}

void FlowCollection::stop() {
  for (const auto& lane : lanes_) lane->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void FlowCollection::setEnrichment(const EnrichmentConfig& config) {
  const std::scoped_lock lock(enrichment_);
  TablesSlot& slot = *config_.path.tables;
  slot.publish(EnrichmentTables::load(config, slot.current().get()));
}

void FlowCollection::inEachLane(const std::function<void(IntakeLane&)>& action) {
  if (threads_.empty()) {
    for (const auto& lane : lanes_) action(*lane);
    return;
  }
  std::vector<std::future<void>> done;
  for (const auto& lane : lanes_) {
    const auto task = std::make_shared<std::packaged_task<void()>>(
        [&action, target = lane.get()] { action(*target); });
    done.push_back(task->get_future());
    lane->requests().post([task] { (*task)(); });
  }
  for (std::future<void>& each : done) each.wait();
  for (std::future<void>& each : done) each.get();
}

/// All lanes' states, each behind its length (4 octets, this machine's order).
std::vector<uint8_t> FlowCollection::exportState() {
  std::mutex mutex;
  std::vector<uint8_t> all;
  inEachLane([&](IntakeLane& lane) {
    const std::vector<uint8_t> state = lane.path().decoder().exportState();
    const auto length = static_cast<uint32_t>(state.size());
    const std::scoped_lock lock(mutex);
    all.resize(all.size() + sizeof length);
    std::memcpy(all.data() + all.size() - sizeof length, &length, sizeof length);
    all.insert(all.end(), state.begin(), state.end());
  });
  return all;
}

bool FlowCollection::importState(std::span<const uint8_t> state, int64_t nowMilliseconds) {
  while (!state.empty()) {
    uint32_t length = 0;
    if (state.size() < sizeof length) return false;
    std::memcpy(&length, state.data(), sizeof length);
    state = state.subspan(sizeof length);
    if (length > state.size() || !importPart(state.first(length), nowMilliseconds)) return false;
    state = state.subspan(length);
  }
  return true;
}

/// Exporters are on other lanes than before: each process steers by a seed of its own.
bool FlowCollection::importPart(std::span<const uint8_t> part, int64_t nowMilliseconds) {
  bool isWhole = true;
  for (uint32_t i = 0; i < lanes_.size(); ++i) {
    const auto owns = [this, i](const Address& exporter) { return laneOf(exporter) == i; };
    isWhole = lanes_[i]->path().decoder().importState(part, nowMilliseconds, owns) && isWhole;
  }
  return isWhole;
}

uint32_t FlowCollection::laneOf(const Address& exporter) const {
  return steeredLane(exporter, config_.lanes, seed_);
}

}  // namespace weir::collect
