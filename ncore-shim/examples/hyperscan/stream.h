// SPDX-License-Identifier: Apache-2.0
// One open stream: Hyperscan's two stream states, how far it has come, and which patterns of the
// end of data hold or were told. Used by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "database.h"
#include "hyperscan_handles.h"

namespace hyperscan_device {

// The working memory of a queue, enough for every database it has met.
class Scratch {
 public:
  void reserveFor(const Database& database);
  [[nodiscard]] hs_scratch_t* get() const { return scratch_.get(); }

 private:
  HsScratchPtr scratch_;
  uint64_t reservedFor_ = 0;  // digest of the database met last
};

// Where in the stream a pattern's match ended.
struct Match {
  uint64_t endOffset;
  uint32_t patternId;
};

class Stream {
 public:
  // Throws std::bad_alloc.
  explicit Stream(std::shared_ptr<const Database> database);

  // Null for bytes that exportState() has not given, and for a state of another database.
  static std::unique_ptr<Stream> import(std::shared_ptr<const Database> database,
                                        std::string_view state);
  // Which database a state needs; nothing for what is no state.
  static std::optional<uint64_t> databaseOf(std::string_view state);
  static size_t stateBytesMax(const Database& database);
  [[nodiscard]] std::string exportState() const;

  [[nodiscard]] const Database& database() const { return *database_; }

  // Both append to `matches`, in no order.
  void scan(std::string_view bytes, hs_scratch_t* scratch, std::vector<Match>& matches);
  // As if the stream ended here.
  void testEnd(hs_scratch_t* scratch, std::vector<Match>& matches);

 private:
  enum class EndMatch : char {
    NONE,
    HELD,  // it has a match in the bytes so far, whatever comes
    TOLD,
  };

  struct Unopened {};
  Stream(std::shared_ptr<const Database> database, Unopened);

  std::shared_ptr<const Database> database_;
  HsStreamPtr asBytesCome_;  // null without such patterns
  HsStreamPtr atEnd_;
  std::vector<EndMatch> endMatches_;  // by index in the part
  uint64_t offset_ = 0;
};

}  // namespace hyperscan_device
