// SPDX-License-Identifier: Apache-2.0
#include "trace_writer.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

constexpr size_t BUFFER_BYTES = 4U << 20;
constexpr uint32_t MICROSECOND_MAGIC = 0xa1b2c3d4;
constexpr uint32_t LINKTYPE_ETHERNET = 1;

}  // namespace

TraceWriter::TraceWriter(const std::string& path)
    : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (!file_) throw std::runtime_error(path + ": " + std::strerror(errno));
  std::setvbuf(file_.get(), nullptr, _IOFBF, BUFFER_BYTES);
  const std::array<uint32_t, 6> header{MICROSECOND_MAGIC, 4U << 16 | 2U, 0, 0, 65535,
                                       LINKTYPE_ETHERNET};
  put(header.data(), sizeof header);
}

void TraceWriter::write(uint64_t timeUs, std::span<const uint8_t> frame) {
  const auto length = static_cast<uint32_t>(frame.size());
  const std::array<uint32_t, 4> header{static_cast<uint32_t>(timeUs / 1000000),
                                       static_cast<uint32_t>(timeUs % 1000000), length, length};
  put(header.data(), sizeof header);
  put(frame.data(), frame.size());
  ++packets_;
  octets_ += length;
}

void TraceWriter::close() {
  if (std::fclose(file_.release()) != 0) {
    throw std::runtime_error(path_ + ": " + std::strerror(errno));
  }
}

void TraceWriter::put(const void* data, size_t length) {
  if (std::fwrite(data, 1, length, file_.get()) != length) {
    throw std::runtime_error(path_ + ": " + std::strerror(errno));
  }
}

}  // namespace bench
