// SPDX-License-Identifier: Apache-2.0
#include "classify/database_cache.h"

#include <unistd.h>

#include <chrono>
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

constexpr std::chrono::days KEEP_UNUSED(90);

void markUsed(const std::string& path) {
  std::error_code ignored;
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(), ignored);
}

/// Each change of a signature leaves a database that nobody asks for any more.
void removeUnused(const std::string& folder) {
  const auto oldest = std::filesystem::file_time_type::clock::now() - KEEP_UNUSED;
  std::error_code error;
  for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename();
    std::error_code ignored;
    if (name.starts_with("matcher-") && file->last_write_time(ignored) < oldest && !ignored) {
      std::filesystem::remove(file->path(), ignored);
    }
  }
}

}  // namespace

std::string DatabaseCache::pathOf(const std::string& key) const {
  return folder_ + "/matcher-" + std::to_string(nameHash(key)) + ".db";
}

std::optional<std::string> DatabaseCache::load(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  const std::string path = pathOf(key);
  std::ifstream file(path, std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (content.size() <= key.size() || content.compare(0, key.size(), key) != 0) return std::nullopt;
  if (use_ == Use::READ_AND_WRITE) markUsed(path);
  return content.substr(key.size());
}

void DatabaseCache::store(const std::string& key, const std::string& content) const {
  if (folder_.empty() || use_ == Use::READ_ONLY) return;
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  removeUnused(folder_);
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
