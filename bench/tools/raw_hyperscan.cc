// SPDX-License-Identifier: Apache-2.0
#include "raw_hyperscan.h"

#include <new>
#include <stdexcept>

namespace bench {
namespace {

using namespace weir;

constexpr bool isStream(DatabasePart part) {
  return part == DatabasePart::TCP_CLIENT || part == DatabasePart::TCP_SERVER;
}

HsDatabasePtr compile(const SignatureSet& signatures, DatabasePart part) {
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (size_t i = 0; i < signatures.patterns.size(); ++i) {
    const Pattern& pattern = signatures.patterns[i];
    if (partOf(pattern.transport, pattern.side) != part) continue;
    regexes.push_back(pattern.regex.c_str());
    flags.push_back(hsFlagsOf(pattern));
    ids.push_back(static_cast<unsigned>(i));
  }
  if (ids.empty()) return nullptr;
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_multi(regexes.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                   isStream(part) ? HS_MODE_STREAM : HS_MODE_BLOCK, nullptr, &database, &error);
  const HsCompileErrorPtr owned(error);
  if (database == nullptr) throw std::runtime_error(error->message);
  return HsDatabasePtr(database);
}

struct Found {
  bool& isMatched;
  RawUntil until;
};

int onMatch(unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
  const auto* const found = static_cast<const Found*>(context);
  found->isMatched = true;
  return found->until == RawUntil::FIRST_MATCH ? 1 : 0;
}

}  // namespace

RawHyperscan::RawHyperscan(const SignatureSet& signatures) {
  hs_scratch_t* scratch = nullptr;
  for (size_t part = 0; part < DATABASE_PARTS; ++part) {
    databases_[part] = compile(signatures, static_cast<DatabasePart>(part));
    if (databases_[part] && hs_alloc_scratch(databases_[part].get(), &scratch) != HS_SUCCESS) {
      throw std::bad_alloc();
    }
  }
  scratch_.reset(scratch);
}

RawHyperscan::~RawHyperscan() {
  for (const auto& streams : free_) {
    for (hs_stream_t* stream : streams) hs_close_stream(stream, nullptr, nullptr, nullptr);
  }
}

hs_stream_t* RawHyperscan::take(DatabasePart part) {
  std::vector<hs_stream_t*>& free = free_[static_cast<size_t>(part)];
  hs_stream_t* stream = nullptr;
  if (free.empty()) {
    const hs_database_t* const database = databases_[static_cast<size_t>(part)].get();
    if (hs_open_stream(database, 0, &stream) != HS_SUCCESS) throw std::bad_alloc();
    return stream;
  }
  stream = free.back();
  free.pop_back();
  hs_reset_stream(stream, 0, nullptr, nullptr, nullptr);
  return stream;
}

void RawHyperscan::scanPiece(const HeadPiece& piece, DatabasePart part, bool& isMatched,
                             RawUntil until) {
  const hs_database_t* const database = databases_[static_cast<size_t>(part)].get();
  if (database == nullptr) return;
  Found found{isMatched, until};
  const char* const octets = reinterpret_cast<const char*>(piece.octets);
  if (!isStream(part)) {
    hs_scan(database, octets, piece.headBytes, 0, scratch_.get(), onMatch, &found);
    return;
  }
  hs_stream_t*& stream = streams_[piece.flow * 2 + static_cast<size_t>(piece.side)];
  if (stream == nullptr) stream = take(part);
  hs_scan_stream(stream, octets, piece.headBytes, 0, scratch_.get(), onMatch, &found);
}

RawHyperscan::Result RawHyperscan::scan(const PayloadHeads& heads, RawUntil until) {
  Result result;
  streams_.assign(heads.flows.size() * 2, nullptr);
  std::vector<uint8_t> matched(heads.flows.size());
  for (const HeadPiece& piece : heads.pieces) {
    const bool isTcp = heads.flows[piece.flow].key.protocol == 6;
    const DatabasePart part = partOf(isTcp ? Transport::TCP : Transport::UDP, piece.side);
    bool isMatched = matched[piece.flow] != 0;
    if (!isMatched || until == RawUntil::THE_END) {
      scanPiece(piece, part, isMatched, until);
      result.scannedOctets += piece.headBytes;
      result.matchedFlows += isMatched && matched[piece.flow] == 0 ? 1 : 0;
      matched[piece.flow] = isMatched ? 1 : 0;
    }
    hs_stream_t*& stream = streams_[piece.flow * 2 + static_cast<size_t>(piece.side)];
    if (!piece.endsDirection || stream == nullptr) continue;
    free_[static_cast<size_t>(part)].push_back(stream);
    stream = nullptr;
  }
  return result;
}

}  // namespace bench
