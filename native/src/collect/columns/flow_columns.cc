// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/flow_columns.h"

#include <algorithm>

namespace weir::collect {

namespace {

template <typename Value>
void zero(std::vector<Value>& column, size_t from, size_t to) {
  std::fill(column.begin() + static_cast<std::ptrdiff_t>(from),
            column.begin() + static_cast<std::ptrdiff_t>(to), Value{});
}

}  // namespace

FlowColumns::FlowColumns(size_t capacity) { reserve(capacity); }

void FlowColumns::reserve(size_t more) {
  const size_t needed = rows + more;
  if (needed <= capacity()) return;
  const size_t grown = std::max(needed, capacity() * 2);
#define WEIR_RESIZE(Type, name) name.resize(grown);
  WEIR_FLOW_COLUMNS(WEIR_RESIZE)
#undef WEIR_RESIZE
}

void FlowColumns::truncate(size_t kept) {
#define WEIR_ZERO(Type, name) zero(name, kept, rows);
  WEIR_FLOW_COLUMNS(WEIR_ZERO)
#undef WEIR_ZERO
  rows = kept;
}

void FlowColumns::clear() {
  truncate(0);
  names.clear();
}

}  // namespace weir::collect
