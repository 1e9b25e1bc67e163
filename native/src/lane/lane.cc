// SPDX-License-Identifier: Apache-2.0
#include "lane/lane.h"

#include <algorithm>
#include <ctime>

namespace weir {

namespace {

constexpr uint32_t BATCHES_A_PUBLICATION = 64;
/// Records of flows that were just named share messages for so long while packets come in full
/// batches.
constexpr int64_t EARLY_AGE_NS = 2'000'000;

uint64_t readNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

bool isOtherThanIp(Exception exception) {
  return exception == Exception::ARP || exception == Exception::NON_IP;
}

}  // namespace

void Lane::run() {
  try {
    work();
  } catch (...) {
    publishCounters();
    mailbox_.close();
    throw;
  }
}

void Lane::work() {
  startedNs_ = readNs(CLOCK_MONOTONIC);
  hasListeners_ = parts_.source->hasListeners();
  for (const auto& exporter : parts_.exporters) exporter->setSampling(parts_.sampling);
  announceInterfaces();
  uint32_t batchesSincePublication = 0;
  for (;;) {
    if (stopping_.load(std::memory_order_relaxed)) parts_.source->stop();
    if (LaneUpdate* const update = mailbox_.waiting()) apply(*update);
    const size_t received = parts_.source->receive(views_);
    if (received == 0 && parts_.source->finished()) break;
    // Exporters learn the time before they get a record: it sets their boot time. The table learns
    // it after the batch, whose packets may be older.
    const int64_t nowNs = parts_.source->clockNs();
    if (nowNs != PacketSource::NO_TIME) {
      for (const auto& exporter : parts_.exporters) exporter->tick(nowNs);
    }
    processBatch(sampler_.takesAll() ? received : sample(received));
    if (hasEarlyRecord_) sendEarly(received, nowNs);
    if (nowNs != PacketSource::NO_TIME) settleUntil(parts_.source->settledNs());
    if (received == 0 || ++batchesSincePublication == BATCHES_A_PUBLICATION) {
      relieve();
      publish();
      batchesSincePublication = 0;
    }
  }
  finish();
}

/// Moves the frames that are looked at to the front and gives their number.
size_t Lane::sample(size_t received) {
  size_t taken = 0;
  for (size_t i = 0; i < received; ++i) {
    if (views_[i].isOverheard || sampler_.take()) {
      views_[taken++] = views_[i];
      continue;
    }
    const uint32_t octets = views_[i].originalLengthBytes;
    for (PacketSum* sum : {&counters_.captured, &counters_.notSampled}) {
      ++sum->packets;
      sum->octets += octets;
    }
    counters_.frameOctets += octets;
  }
  return taken;
}

/// The frames received, and the fragments that the decoder lets go.
void Lane::processBatch(size_t received) {
  for (size_t i = 0; i < received; ++i)
    counters_.frameOctets += views_[i].isOverheard ? 0 : views_[i].originalLengthBytes;
  std::span<const PacketView> views(views_.data(), received);
  do processSome(views);
  while (!views.empty() || decoder_.hasReleased());
  const uint64_t beforeNs = readNs(CLOCK_MONOTONIC);
  settle(nullptr);
  counters_.classifyNs += readNs(CLOCK_MONOTONIC) - beforeNs;
}

void Lane::processSome(std::span<const PacketView>& views) {
  size_t packets = 0;
  for (size_t step = 0; step < packets + 2 * STEPS_AHEAD; ++step) {
    if (step == packets && decodeNext(views, step)) ++packets;
    if (const size_t middle = step - STEPS_AHEAD; middle < packets)
      likely_[middle] = parts_.table->fetch(hashes_[middle]);
    if (step >= 2 * STEPS_AHEAD) processPacket(step - 2 * STEPS_AHEAD);
  }
}

/// False when there is no packet any more, or no room for it.
bool Lane::decodeNext(std::span<const PacketView>& views, size_t index) {
  if (index == BATCH_PACKETS || !decoder_.next(views, packets_[index])) return false;
  if (hasListeners_) tellOthers(packets_[index], views);
  hashes_[index] = parts_.table->locate(packets_[index]);
  return true;
}

/// `left`: the views behind that of `packet`.
void Lane::tellOthers(const DecodedPacket& packet, std::span<const PacketView> left) {
  const bool isOwn = packet.exception == Exception::NONE;
  // It has payload, so it is no fragment that was held and has lost its view.
  if (isOwn && isHeardByAllLanes(packet)) parts_.source->tell(*(left.data() - 1));
}

/// No packet older than `settledNs` will come, but for those that the decoder holds.
void Lane::settleUntil(int64_t settledNs) {
  decoder_.settle(settledNs);
  if (decoder_.hasReleased()) processBatch(0);
  parts_.table->advance(std::min(settledNs, decoder_.oldestHeldNs()), *this);
}

void Lane::processPacket(size_t index) {
  const DecodedPacket& packet = packets_[index];
  if (packet.exception != Exception::NONE) [[unlikely]]
    return processException(packet);
  ++counters_.captured.packets;
  counters_.captured.octets += packet.octets;
  FlowEntry& entry = parts_.table->update(packet, hashes_[index], likely_[index], *this);
  counters_.estimated.packets += weight_ - 1;
  counters_.estimated.octets += uint64_t{packet.octets} * (weight_ - 1);
  if (entry.classification != ClassificationState::DECIDED || entry.inspectAfterVerdict != 0 ||
      isHeardByAllLanes(packet)) {
    parts_.classifier->add(entry, packet);
  }
}

/// One that is in no flow of this lane.
void Lane::processException(const DecodedPacket& packet) {
  if (packet.exception == Exception::OVERHEARD) {
    ++counters_.overheardPackets;
    return parts_.classifier->hear(packet);
  }
  for (PacketSum* sum :
       {&counters_.captured, &counters_.exceptions[static_cast<size_t>(packet.exception)]}) {
    ++sum->packets;
    sum->octets += packet.octets;
  }
}

/// `leaving`: an entry whose record is about to leave anyway, or nullptr.
void Lane::settle(FlowEntry* leaving) {
  const std::span<FlowEntry* const> named = parts_.classifier->settle(leaving);
  if (parts_.earlyExport == EarlyExport::NEVER) return;
  for (FlowEntry* entry : named) {
    if (entry == leaving) continue;
    parts_.table->exportNow(*entry, *this);
    hasEarlyRecord_ = true;
  }
}

/// Who acts on a name acts while the flow goes on: its record does not wait for others that share
/// its message, unless so many come that they do not wait long.
void Lane::sendEarly(size_t received, int64_t nowNs) {
  const bool isBusy = received == views_.size() && nowNs >= earlySentNs_;
  if (isBusy && nowNs - earlySentNs_ < EARLY_AGE_NS) return;
  for (const auto& exporter : parts_.exporters) exporter->flush();
  hasEarlyRecord_ = false;
  earlySentNs_ = nowNs;
}

void Lane::record(FlowEntry& entry, EndReason reason) {
  // Octets of this batch may still wait for the matcher: the record must not leave without a name
  // that they give.
  if (entry.classification == ClassificationState::SCANNING || entry.announced != 0) settle(&entry);
  FlowRecord flowRecord = parts_.table->recordOf(entry, reason);
  const FlowName name = parts_.classifier->nameOf(entry);
  flowRecord.application = name.application;
  flowRecord.label = name.label;
  ++counters_.recordsByEndReason[static_cast<size_t>(reason)];
  counters_.recorded.packets += flowRecord.forward.packets + flowRecord.reverse.packets;
  counters_.recorded.octets += flowRecord.forward.octets + flowRecord.reverse.octets;
  parts_.router.write(flowRecord, parts_.exporters);
}

void Lane::ended(FlowEntry& entry) { parts_.classifier->release(entry); }

/// Gives up, or takes back, what the load asks for.
void Lane::relieve() {
  if (parts_.overloadPolicy == OverloadPolicy::DROP) return;
  const auto nowNs = static_cast<int64_t>(readNs(CLOCK_MONOTONIC));
  if (!governor_.observe(parts_.source->pressure(), nowNs)) return;
  ++counters_.overloadChanges;
  parts_.classifier->setAdmission(governor_.namesNewFlows() ? Admission::ALL : Admission::NONE);
  if (governor_.samplingFactor() != weight_) setWeight(governor_.samplingFactor());
  takeStock();
  for (const auto& exporter : parts_.exporters) exporter->tellStatistics();
}

/// What is passed over in need is made good here, and collectors are told nothing but the interval
/// that they know: one that changed could not be right for flows that go on meanwhile
/// (docs/decisions/0006). A fragment that waits for its first counts by the weight of the moment.
void Lane::setWeight(uint32_t weight) {
  weight_ = weight;
  sampler_.setInterval(parts_.sampling.interval * weight);
  parts_.table->setWeight(weight);
}

void Lane::announceInterfaces() {
  if (!parts_.interfaceNames) return;
  const std::vector<InterfaceRow> rows = parts_.interfaceNames();
  for (const auto& exporter : parts_.exporters) exporter->setInterfaces(rows);
}

void Lane::apply(LaneUpdate& update) {
  settle(nullptr);
  if (update.classifier) {
    parts_.classifier->succeed(std::move(update.classifier));
    for (const auto& exporter : parts_.exporters) exporter->setApplications(update.applications);
  }
  parts_.table->setTimeouts(update.timeouts);
  parts_.earlyExport = update.earlyExport;
  mailbox_.acknowledge();
}

/// What the source and the exporters have to know of each other.
void Lane::takeStock() {
  const uint64_t returns = counters_.capture.interfaceReturns;
  counters_.capture = parts_.source->counters();
  // The interface of this name has another number now.
  if (counters_.capture.interfaceReturns != returns) announceInterfaces();
  for (const auto& exporter : parts_.exporters) exporter->setIgnored(ignored());
}

void Lane::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  for (const auto& exporter : parts_.exporters) exporter->stopWaiting();
}

/// What collectors are told of it: exceptions that are no IP packets do not count there. Nobody
/// knows the octets of what the kernel dropped.
IgnoredTraffic Lane::ignored() const {
  IgnoredTraffic ignored{counters_.notSampled.packets + counters_.capture.kernelDroppedPackets,
                         counters_.notSampled.octets};
  for (size_t reason = 0; reason < counters_.exceptions.size(); ++reason) {
    if (isOtherThanIp(static_cast<Exception>(reason))) continue;
    ignored.packets += counters_.exceptions[reason].packets;
    ignored.octets += counters_.exceptions[reason].octets;
  }
  return ignored;
}

void Lane::finish() {
  decoder_.flush();
  parts_.classifier->finish();  // there is no packet any more that could be lost by waiting
  processBatch(0);
  parts_.table->flush(parts_.source->clockNs(), *this);
  takeStock();
  for (const auto& exporter : parts_.exporters) exporter->finish();
  publish();
  mailbox_.close();
}

void Lane::publish() {
  if (parts_.classifier->hasRetired()) mailbox_.putBack(parts_.classifier->takeRetired());
  takeStock();
  publishCounters();
}

void Lane::publishCounters() {
  counters_.table = parts_.table->counters();
  counters_.liveFlows = parts_.table->liveFlows();
  counters_.tunnels = decoder_.tunnels();
  counters_.classifier = parts_.classifier->counters();
  counters_.samplingInterval = parts_.sampling.interval;
  counters_.samplingFactor = weight_;
  counters_.overloadLevel = governor_.level();
  counters_.cpuNs = readNs(CLOCK_THREAD_CPUTIME_ID);
  counters_.wallNs = readNs(CLOCK_MONOTONIC) - startedNs_;
  for (size_t i = 0; i < parts_.exporters.size(); ++i) {
    counters_.exporters[i] = parts_.exporters[i]->counters();
  }
  published_.publish(counters_);
}

}  // namespace weir
