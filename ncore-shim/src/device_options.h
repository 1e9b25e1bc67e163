// SPDX-License-Identifier: Apache-2.0
// What openDevice's text asks of the emulator. A value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::ncore {

// A fault to rehearse. `value` is a number of jobs of the whole device where nothing else is said.
struct Fault {
  enum class Kind {
    NONE,
    LOST,      // the device is lost once it has taken so many
    STUCK,     // later jobs never complete
    FULL,      // later jobs are not taken
    SLOW,      // a job completes so many microseconds after its submission at the earliest
    TRUNCATE,  // a job reports so many events at most
    TIMEOUT    // each job whose number is a multiple of it times out
  };
  Kind kind = Kind::NONE;
  uint64_t value = 0;
};

// Of each channel, in bytes' worth of its time: see README.md.
struct CardTiming {
  uint32_t nanosecondsPerByte = 80;  // 100 Mbit/s
  uint32_t writeBytesLeast = 80;     // a smaller job costs as much
  uint32_t switchBytes = 16;         // a job of another stream than the last one costs that more
};

struct DeviceOptions {
  uint32_t channels = 0;  // threads; 0: jobs are matched inside submit
  uint32_t depthMax = 65536;
  uint32_t jobBytesMax = 0;  // 0: no limit, as in the next four
  uint32_t queuesMax = 0;
  uint32_t streamsMax = 0;        // of a queue
  uint32_t deviceStreamsMax = 0;  // of all queues
  uint32_t opensMax = 0;          // of such devices in the process, at the same time
  uint32_t registers = 0;         // 1: it asks for registered memory, and keeps books of it
  uint64_t memoryBytes = 0;       // pattern memory; 0: no limit
  std::optional<CardTiming> timing;
  Fault fault;
  std::optional<uint32_t> backMs;  // after a loss
};

// "name=value,…"; null or empty for the defaults. Nothing for a name or value that is not known.
std::optional<DeviceOptions> parseDeviceOptions(const char* text);

}  // namespace weir::ncore
