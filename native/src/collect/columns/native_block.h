// SPDX-License-Identifier: Apache-2.0
// ClickHouse's Native format: columns as they lie in memory, so that chunks become an insert by
// copying. https://clickhouse.com/docs/interfaces/formats/Native
// Pure but for the file; any thread that owns the chunks.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "collect/columns/block_file.h"
#include "collect/columns/flow_columns.h"
#include "collect/columns/octet_sink.h"

namespace weir::collect {

/// Rows of several chunks, in their order.
using ChunkList = std::span<const FlowColumns* const>;

struct NativeFile {
  uint64_t rows = 0;
  uint64_t octets = 0;
};

/// All rows, at least one, as ONE block of the table `flows`; each name column with one dictionary.
/// Names that are not valid UTF-8 are made so (see valid_utf8.h), since answers in JSON hold them.
void encodeNativeBlock(ChunkList chunks, OctetSink& sink);

/// The same as a file that appears when it is complete. No rows: no file, since ClickHouse refuses
/// blocks without rows. Throws CodedError (block_file.h); then nothing of it is left.
NativeFile writeNativeFile(const std::string& path, ChunkList chunks,
                           Durability durability = Durability::PAGE_CACHE);

}  // namespace weir::collect
