// SPDX-License-Identifier: Apache-2.0
// Reads the frames of one capture file in order: pcap and pcapng, either byte order, microseconds
// and nanoseconds. One thread at a time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "capture/file_bytes.h"
#include "capture/packet_source.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace weir {

class CaptureFile {
 public:
  /// `path` "-" is standard input. Nothing is opened yet.
  explicit CaptureFile(std::string path) : path_(std::move(path)) {}

  /// Throws CaptureError: cannot open, not a capture file, compressed, an unknown version, or no
  /// frame of a link type that Weir reads.
  void open();

  /// Gives the next frames in file order, up to `batch.size()`; 0 at the end of the file, and when
  /// a pipe has nothing for about 100 ms. The views stay valid until the next call with FURTHER.
  size_t read(std::span<PacketView> batch, ReadExtent extent = ReadExtent::FURTHER);

  /// The views given so far stay valid as long as `octets` is left alone: it takes the place of the
  /// memory that they lie in, and gives its own storage for what is read next.
  void handOver(std::vector<uint8_t>& octets);

  /// No further frame will come.
  [[nodiscard]] bool ended() const;

  /// Starts over at the first frame; only with `shareable()`. The counters start over too.
  void rewind();

  /// The newest timestamp of the frames read so far, see CaptureClock.
  [[nodiscard]] int64_t clockNs() const;

  [[nodiscard]] const CaptureCounters& counters() const { return counters_; }

  /// False for a pipe: its octets can be read once only, so only one lane can have them.
  [[nodiscard]] bool shareable() const { return bytes_.rewindable(); }

 private:
  void start();
  void checkLinkTypes();

  enum class Format : uint8_t { NOT_OPEN, PCAP, PCAPNG };

  std::string path_;
  FileBytes bytes_;
  CaptureCounters counters_;
  Format format_ = Format::NOT_OPEN;
  PcapReader pcap_;
  PcapngReader pcapng_;
};

}  // namespace weir
