// SPDX-License-Identifier: Apache-2.0
// A queue that cannot be opened for want of memory leaves nothing behind: channels that have served
// one of its lanes would go on reading it.
#include <cstdlib>
#include <new>

#include "testing/rig.h"

namespace {

// Of this thread, how many allocations succeed before one fails; none fails below 0.
thread_local int allocationsLeft = -1;

}  // namespace

void* operator new(size_t size) {
  if (allocationsLeft >= 0 && allocationsLeft-- == 0) throw std::bad_alloc();
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// All that ask without throwing and those that give back, so that each pair is malloc's.
void* operator new(size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

using namespace weir::ncore::testing;

TEST_CASE("a queue that finds no memory leaves no lane in the channels") {
  Rig rig({4, 16, 0}, "channels=3");
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  const NcoreQueueOptions options = QueueShape{16, 16, 0}.options();
  NcoreStatus status = NCORE_OUT_OF_MEMORY;
  int failures = 0;
  while (status == NCORE_OUT_OF_MEMORY) {
    NcoreQueue* queue = nullptr;
    allocationsLeft = failures;
    status = api().openQueue(rig.device, &options, &queue);
    allocationsLeft = -1;
    if (status == NCORE_OK) CHECK(api().closeQueue(queue) == NCORE_OK);
    failures += status == NCORE_OUT_OF_MEMORY ? 1 : 0;
    for (uint32_t slot = 0; slot < 4; ++slot) {  // each channel passes over its lanes
      CHECK(rig.run(job("ab", WHOLE, slot)).events.size() == 1);
    }
  }
  CHECK(status == NCORE_OK);
  CHECK(failures > 10);
  CHECK(api().closeQueue(rig.queue) == NCORE_OK);
  rig.queue = nullptr;
  CHECK(api().closeDevice(rig.device) == NCORE_OK);
  rig.device = nullptr;
}
