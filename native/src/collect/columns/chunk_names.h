// SPDX-License-Identifier: Apache-2.0
// The texts that one chunk's name columns refer to. They live as long as the chunk, so that no
// exporter can fill a table for all others and for ever. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::collect {

/// Index into a chunk's names; 0 is the empty text.
using NameId = uint32_t;

/// A text with the id that it has in the chunk that it was last used in. Whoever owns a text that
/// many rows share (an application, an interface, a network) keeps one, for each thread its own.
struct NameHandle {
  std::string text;
  uint64_t serial = 0;
  NameId id = 0;
};

class ChunkNames {
 public:
  ChunkNames();

  /// The id of the text in this chunk, given to it on first use. Texts are octets; who shows them
  /// decodes.
  NameId idOf(std::string_view text);

  /// The same without a look-up when the handle was used in this chunk before.
  NameId idOf(NameHandle& handle) {
    if (handle.serial != serial_) {
      handle.id = idOf(std::string_view(handle.text));
      handle.serial = serial_;
    }
    return handle.id;
  }

  [[nodiscard]] std::string_view textOf(NameId id) const { return texts_[id]; }
  [[nodiscard]] size_t size() const noexcept { return texts_.size(); }

  /// Forgets all texts but the empty one; ids given before hold no longer.
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  /// Keys stay where they are, so `texts_` may look at them.
  std::unordered_map<std::string, NameId, Hash, std::equal_to<>> ids_;
  std::vector<std::string_view> texts_;
  /// Of this content; no two contents of one process share it.
  uint64_t serial_;
};

}  // namespace weir::collect
