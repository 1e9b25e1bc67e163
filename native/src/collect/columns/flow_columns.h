// SPDX-License-Identifier: Apache-2.0
// Flow records as columns, a chunk at a time: what the decoders fill, the enricher completes and
// the store's blocks are copied from. A chunk belongs to one thread at a time; handing it over
// hands over all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "collect/columns/chunk_names.h"
#include "collect/columns/generated/flow_column_list.h"

namespace weir::collect {

/// 16 octets as they are on the wire; an IPv4 address is mapped (::ffff:192.0.2.1). All zero: none.
using Address = std::array<uint8_t, 16>;

/// Rows of flow records, one vector a column (wire/flow-columns.yaml tells what they hold). Rows at
/// and beyond `rows` are zero in every column, so a decoder writes only what its template has.
struct FlowColumns {
#define WEIR_MEMBER(Type, name) std::vector<Type> name;
  WEIR_FLOW_COLUMNS(WEIR_MEMBER)
#undef WEIR_MEMBER

  size_t rows = 0;
  /// Text of the name columns; ids hold for this chunk only.
  ChunkNames names;

  explicit FlowColumns(size_t capacity);

  [[nodiscard]] size_t capacity() const noexcept { return octets.size(); }

  /// Makes room for `more` rows behind those that are there.
  void reserve(size_t more);

  /// Takes the rows behind the first `kept` out; their names stay.
  void truncate(size_t kept);

  /// Takes all rows and names out; capacity and memory stay.
  void clear();
};

}  // namespace weir::collect
