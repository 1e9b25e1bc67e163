// SPDX-License-Identifier: Apache-2.0
// Keeps compiled pattern databases on disk, so that a start need not wait seconds for the compiler.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weir {

/// A file for each database; its first octets are the whole key, so a colliding name or a changed
/// key is a miss, never a wrong database. Whatever fails (no folder, no room, damaged file) is a
/// miss too: the cache only saves time. Used while starting, by one thread.
class DatabaseCache {
 public:
  enum class Use : uint8_t { READ_AND_WRITE, READ_ONLY };

  /// Keeps nothing.
  DatabaseCache() = default;
  /// `folder` "" keeps nothing.
  explicit DatabaseCache(std::string folder, Use use = Use::READ_AND_WRITE)
      : folder_(std::move(folder)), use_(use) {}

  [[nodiscard]] std::optional<std::string> load(const std::string& key) const;
  void store(const std::string& key, const std::string& content) const;

 private:
  [[nodiscard]] std::string pathOf(const std::string& key) const;

  std::string folder_;
  Use use_ = Use::READ_AND_WRITE;
};

}  // namespace weir
