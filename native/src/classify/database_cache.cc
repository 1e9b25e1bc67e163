// SPDX-License-Identifier: Apache-2.0
#include "classify/database_cache.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace weir {

namespace {

/// FNV-1a, 64 bits: only names files.
uint64_t nameHash(const std::string& key) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const char letter : key) {
    hash = (hash ^ static_cast<uint8_t>(letter)) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace

std::string DatabaseCache::pathOf(const std::string& key) const {
  return folder_ + "/matcher-" + std::to_string(nameHash(key)) + ".db";
}

std::optional<std::string> DatabaseCache::load(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  std::ifstream file(pathOf(key), std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (content.size() <= key.size() || content.compare(0, key.size(), key) != 0) return std::nullopt;
  return content.substr(key.size());
}

void DatabaseCache::store(const std::string& key, const std::string& content) const {
  if (folder_.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  // Renamed into place, so that another probe that starts now reads all of it or none.
  const std::string path = pathOf(key);
  const std::string unfinished = path + "." + std::to_string(getpid());
  std::ofstream file(unfinished, std::ios::binary);
  file << key << content;
  file.close();
  if (file) std::filesystem::rename(unfinished, path, ignored);
  if (!file || ignored) std::filesystem::remove(unfinished, ignored);
}

}  // namespace weir
