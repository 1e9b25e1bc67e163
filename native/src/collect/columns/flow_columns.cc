// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/flow_columns.h"

#include <algorithm>

namespace weir::collect {

FlowColumns::FlowColumns(size_t capacity) { reserve(capacity); }

void FlowColumns::reserve(size_t more) {
  const size_t needed = rows + more;
  if (needed <= capacity()) return;
  const size_t grown = std::max(needed, capacity() * 2);
#define WEIR_RESIZE(Type, name) name.resize(grown);
  WEIR_FLOW_COLUMNS(WEIR_RESIZE)
#undef WEIR_RESIZE
}

void FlowColumns::clear() {
#define WEIR_ZERO(Type, name) std::fill_n(name.begin(), rows, Type{});
  WEIR_FLOW_COLUMNS(WEIR_ZERO)
#undef WEIR_ZERO
  rows = 0;
  names.clear();
}

}  // namespace weir::collect
