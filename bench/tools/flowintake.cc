// SPDX-License-Identifier: Apache-2.0
// flowintake PORT LANES BUFFER_BYTES: the collector's intake alone: receives on loopback, decodes
// into columns and gives the memory back. Says "ready"; told to end, it prints its books as JSON.
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <thread>

#include "collect/lane/flow_collection.h"

namespace {

using namespace weir::collect;

struct Books {
  uint64_t datagrams = 0;
  uint64_t records = 0;
  uint64_t kernelDrops = 0;
  uint64_t lostUnits = 0;
};

Books booksOf(FlowCollection& collection) {
  Books books;
  collection.inEachLane([&](IntakeLane& lane) {
    books.datagrams += lane.receiveCounters().of(ReceiveCount::datagrams);
    books.kernelDrops += lane.receiveCounters().of(ReceiveCount::receiveBufferFull);
    books.records += lane.path().decodeCounters().of(DecodeCount::records);
    for (const DomainState& domain : lane.path().decoder().domains())
      books.lostUnits += domain.sequence.lostUnits;
  });
  return books;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "flowintake PORT LANES BUFFER_BYTES\n");
    return 2;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // in all threads: only sigwait below sees them

  FlowCollectionConfig config;
  config.endpoints = {{"127.0.0.1", static_cast<uint16_t>(std::atoi(argv[1]))}};
  config.lanes = static_cast<uint32_t>(std::atoi(argv[2]));
  config.receiveBufferBytes = std::strtoull(argv[3], nullptr, 10);
  std::counting_semaphore<> wakes(0);
  FlowCollection collection(config, [&] { wakes.release(); });
  collection.open();
  collection.start();
  uint64_t rows = 0;
  std::jthread taker([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      wakes.acquire();
      for (Chunk& chunk : collection.takeChunks()) {
        rows += chunk->rows;
        collection.giveBack(std::move(chunk));
      }
    }
  });
  std::printf("ready\n");
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  collection.stop();
  taker.request_stop();
  wakes.release();
  taker.join();
  for (Chunk& chunk : collection.takeChunks()) rows += chunk->rows;
  const Books books = booksOf(collection);
  std::printf(
      "{\"datagrams\":%llu,\"flows\":%llu,\"rows\":%llu,\"kernelDrops\":%llu,\"lostUnits\":%llu}\n",
      static_cast<unsigned long long>(books.datagrams),
      static_cast<unsigned long long>(books.records), static_cast<unsigned long long>(rows),
      static_cast<unsigned long long>(books.kernelDrops),
      static_cast<unsigned long long>(books.lostUnits));
  return 0;
}
