// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <cstdint>
#include <new>
#include <stdexcept>
#include <utility>

#include "byte_format.h"

namespace hyperscan_device {
namespace {

constexpr std::string_view MAGIC = "stream 1";
// What a state is more than the streams in it: lengths, magic, digests and offset.
constexpr size_t FRAME_BYTES = 128;

HsStreamPtr openPart(const Database::Part& part) {
  hs_stream_t* stream = nullptr;
  if (part.compiled && hs_open_stream(part.compiled.get(), 0, &stream) != HS_SUCCESS) {
    throw std::bad_alloc();
  }
  return HsStreamPtr(stream);
}

std::string compress(const HsStreamPtr& stream) {
  if (!stream) return {};
  size_t length = 0;
  hs_compress_stream(stream.get(), nullptr, 0, &length);
  std::string bytes(length, '\0');
  if (hs_compress_stream(stream.get(), bytes.data(), bytes.size(), &length) != HS_SUCCESS) {
    throw std::bad_alloc();
  }
  bytes.resize(length);
  return bytes;
}

HsStreamPtr expand(const Database::Part& part, std::string_view bytes) {
  hs_stream_t* stream = nullptr;
  if (part.compiled) hs_expand_stream(part.compiled.get(), &stream, bytes.data(), bytes.size());
  return HsStreamPtr(stream);
}

using HsMatches = std::vector<std::pair<unsigned, uint64_t>>;  // index in the part, end offset

int collect(unsigned index, unsigned long long, unsigned long long to, unsigned, void* matches) {
  static_cast<HsMatches*>(matches)->emplace_back(index, to);
  return 0;
}

// Some of Hyperscan's searches for literals read a vector's length behind the bytes they are given
// (5.4.0 with AVX-512 VBMI does), where the host may have a page that cannot be read. So bytes that
// end close to the border of a page are copied.
std::string_view withRoomBehind(std::string_view bytes, std::string& copy) {
  constexpr size_t VECTOR_BYTES = 64;
  constexpr size_t PAGE_BYTES_LEAST = 4096;
  const size_t last = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size()) - 1;
  if (bytes.empty() || last % PAGE_BYTES_LEAST + VECTOR_BYTES < PAGE_BYTES_LEAST) return bytes;
  copy.reserve(bytes.size() + VECTOR_BYTES);
  return copy = bytes;
}

HsMatches scanPart(hs_stream_t* stream, std::string_view bytes, hs_scratch_t* scratch) {
  HsMatches found;
  if (stream == nullptr || bytes.empty()) return found;
  const auto length = static_cast<unsigned>(bytes.size());
  if (hs_scan_stream(stream, bytes.data(), length, 0, scratch, collect, &found) != HS_SUCCESS) {
    throw std::bad_alloc();
  }
  return found;
}

}  // namespace

void Scratch::reserveFor(const Database& database) {
  if (scratch_ && reservedFor_ == database.digest()) return;
  hs_scratch_t* scratch = scratch_.release();
  bool isEnough = true;
  for (const Database::Part* part : {&database.asBytesCome(), &database.atEnd()}) {
    if (part->compiled) isEnough &= hs_alloc_scratch(part->compiled.get(), &scratch) == HS_SUCCESS;
  }
  scratch_.reset(scratch);
  if (!isEnough) throw std::bad_alloc();
  reservedFor_ = database.digest();
}

Stream::Stream(std::shared_ptr<const Database> database, Unopened)
    : database_(std::move(database)), endMatches_(database_->atEnd().ids.size(), EndMatch::NONE) {}

Stream::Stream(std::shared_ptr<const Database> database) : Stream(std::move(database), Unopened{}) {
  asBytesCome_ = openPart(database_->asBytesCome());
  atEnd_ = openPart(database_->atEnd());
}

void Stream::scan(std::string_view bytes, hs_scratch_t* scratch, std::vector<Match>& matches) {
  std::string copy;
  const std::string_view readable = withRoomBehind(bytes, copy);
  for (const auto& [index, to] : scanPart(asBytesCome_.get(), readable, scratch)) {
    matches.push_back({to, database_->asBytesCome().ids[index]});
  }
  // An alternative without '$' holds from its match on, but is told when the end is tested.
  for (const auto& [index, to] : scanPart(atEnd_.get(), readable, scratch)) {
    if (endMatches_[index] == EndMatch::NONE) endMatches_[index] = EndMatch::HELD;
  }
  offset_ += bytes.size();
}

void Stream::testEnd(hs_scratch_t* scratch, std::vector<Match>& matches) {
  if (!atEnd_) return;
  hs_stream_t* copy = nullptr;
  if (hs_copy_stream(&copy, atEnd_.get()) != HS_SUCCESS) throw std::bad_alloc();
  HsMatches found;
  hs_close_stream(copy, scratch, collect, &found);
  for (const auto& [index, to] : found) {
    if (endMatches_[index] == EndMatch::NONE) endMatches_[index] = EndMatch::HELD;
  }
  for (size_t index = 0; index < endMatches_.size(); ++index) {
    if (endMatches_[index] != EndMatch::HELD) continue;
    matches.push_back({offset_, database_->atEnd().ids[index]});
    endMatches_[index] = EndMatch::TOLD;
  }
}

size_t Stream::stateBytesMax(const Database& database) {
  // Hyperscan's packed stream is no larger than the stream, but for a few bytes of its own.
  return FRAME_BYTES + database.asBytesCome().streamBytes() + database.atEnd().streamBytes() +
         database.atEnd().ids.size();
}

std::string Stream::exportState() const {
  ByteWriter writer;
  writer.text(MAGIC);
  writer.number(database_->digest());
  writer.number(offset_);
  writer.text({reinterpret_cast<const char*>(endMatches_.data()), endMatches_.size()});
  writer.text(compress(asBytesCome_));
  writer.text(compress(atEnd_));
  std::string state = std::move(writer).sealed();
  if (state.size() > stateBytesMax(*database_)) throw std::length_error("a state beyond its limit");
  return state;
}

std::optional<uint64_t> Stream::databaseOf(std::string_view state) {
  auto reader = ByteReader::open(state);
  if (!reader || reader->text() != MAGIC) return std::nullopt;
  const uint64_t digest = reader->number();
  if (reader->isShort()) return std::nullopt;
  return digest;
}

std::unique_ptr<Stream> Stream::import(std::shared_ptr<const Database> database,
                                       std::string_view state) {
  auto reader = ByteReader::open(state);
  if (!reader || reader->text() != MAGIC || reader->number() != database->digest()) return nullptr;
  std::unique_ptr<Stream> stream(new Stream(std::move(database), Unopened{}));
  stream->offset_ = reader->number();
  const std::string_view endMatches = reader->text();
  const std::string_view asBytesCome = reader->text();
  const std::string_view atEnd = reader->text();
  if (!reader->isWhole() || endMatches.size() != stream->endMatches_.size()) return nullptr;
  for (size_t i = 0; i < endMatches.size(); ++i) {
    stream->endMatches_[i] = static_cast<EndMatch>(endMatches[i]);
  }
  const Database& own = stream->database();
  stream->asBytesCome_ = expand(own.asBytesCome(), asBytesCome);
  stream->atEnd_ = expand(own.atEnd(), atEnd);
  const bool isOpen = (!own.asBytesCome().compiled || stream->asBytesCome_) &&
                      (!own.atEnd().compiled || stream->atEnd_);
  return isOpen ? std::move(stream) : nullptr;
}

}  // namespace hyperscan_device
