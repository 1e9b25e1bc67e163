// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/chunk_pool.h"

#include <doctest/doctest.h>

#include <vector>

namespace weir::collect {
namespace {

constexpr size_t FULL_CHUNKS = 4;

/// A chunk as a lane hands it over, with so many rows.
Chunk settled(ChunkPool& pool, size_t rows) {
  Chunk chunk = pool.take();
  if (!chunk) return chunk;
  chunk->reserve(rows);
  chunk->rows = rows;
  pool.settle(*chunk);
  return chunk;
}

size_t takenUntilFull(ChunkPool& pool, size_t rows, std::vector<Chunk>& taken) {
  while (Chunk chunk = settled(pool, rows)) taken.push_back(std::move(chunk));
  return taken.size();
}

TEST_CASE("there is room for so many full chunks, and for many more that have few rows") {
  ChunkPool pool(0, FULL_CHUNKS);
  std::vector<Chunk> taken;
  CHECK(takenUntilFull(pool, ChunkPool::CHUNK_ROWS, taken) == FULL_CHUNKS);
  CHECK(pool.pressure() == ChunkPool::Pressure::HIGH);
  bool woken = false;
  pool.onFree([&woken] { woken = true; });
  for (Chunk& chunk : taken) pool.give(std::move(chunk));
  taken.clear();
  CHECK(woken);
  CHECK(pool.chunksInUse() == 0);
  CHECK(pool.pressure() == ChunkPool::Pressure::LOW);
  // Large ones that come back with few rows are made small.
  takenUntilFull(pool, 1, taken);
  for (Chunk& chunk : taken) pool.give(std::move(chunk));
  taken.clear();
  CHECK(takenUntilFull(pool, 1, taken) > 8 * FULL_CHUNKS);
  for (Chunk& chunk : taken) pool.give(std::move(chunk));
  CHECK(pool.chunksInUse() == 0);
}

TEST_CASE("a chunk that a lane fills counts as full until it is handed over") {
  ChunkPool pool(0, FULL_CHUNKS);
  std::vector<Chunk> filling;
  for (size_t i = 0; i < FULL_CHUNKS; ++i) filling.push_back(pool.take());
  CHECK(pool.take() == nullptr);
  for (const Chunk& chunk : filling) pool.settle(*chunk);
  Chunk next = pool.take();
  CHECK(next != nullptr);
  pool.settle(*next);
  pool.give(std::move(next));
  for (Chunk& chunk : filling) pool.give(std::move(chunk));
  CHECK(pool.chunksInUse() == 0);
}

}  // namespace
}  // namespace weir::collect
