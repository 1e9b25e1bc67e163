// SPDX-License-Identifier: Apache-2.0
#include "classify/database_cache.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "classify/matcher.h"

namespace weir {
namespace {

struct TemporaryFolder {
  TemporaryFolder() { std::filesystem::remove_all(path); }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path =
      std::filesystem::temp_directory_path() / ("weir-cache-" + std::to_string(getpid()));
};

size_t fileCount(const std::string& folder) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    count += entry.is_regular_file();
  return count;
}

TEST_CASE("a key gets back what was stored under it, and nothing else") {
  const TemporaryFolder folder;
  const DatabaseCache cache(folder.path);
  CHECK(!cache.load("one"));
  cache.store("one", std::string("con\0tent", 8));
  CHECK(cache.load("one") == std::string("con\0tent", 8));
  CHECK(!cache.load("two"));
}

TEST_CASE("who only reads leaves nothing behind") {
  const TemporaryFolder folder;
  const DatabaseCache reader(folder.path, DatabaseCache::Use::READ_ONLY);
  reader.store("key", "content");
  CHECK(!std::filesystem::exists(folder.path));
  DatabaseCache(folder.path).store("key", "content");
  CHECK(reader.load("key") == "content");
}

TEST_CASE("what nobody has used for long is removed") {
  const TemporaryFolder folder;
  const DatabaseCache cache(folder.path);
  cache.store("used", "content");
  cache.store("unused", "content");
  for (const auto& file : std::filesystem::directory_iterator(folder.path)) {
    std::filesystem::last_write_time(
        file, std::filesystem::file_time_type::clock::now() - std::chrono::days(100));
  }
  CHECK(cache.load("used") == "content");
  cache.store("new", "content");
  CHECK(fileCount(folder.path) == 2);
  CHECK(cache.load("used") == "content");
}

TEST_CASE("without a folder, or where none can be made, nothing is kept and nothing fails") {
  DatabaseCache("").store("key", "content");
  DatabaseCache("/proc/nowhere").store("key", "content");
  CHECK(!DatabaseCache("").load("key"));
  CHECK(!DatabaseCache("/proc/nowhere").load("key"));
}

SignatureSet oneSignature(const std::string& regex) {
  SignatureSet set;
  set.patterns.push_back({.regex = regex, .application = 1, .source = "test"});
  return set;
}

TEST_CASE("a damaged database is compiled anew; a changed pattern is another database") {
  const TemporaryFolder folder;
  const auto stateBytes = [&](const std::string& regex) {
    return createMatcherDatabase(Engine::HYPERSCAN, oneSignature(regex), DatabaseCache(folder.path))
        ->streamStateBytes(DatabasePart::TCP_CLIENT);
  };
  const size_t expected = stateBytes("^abc.{3,9}x");
  REQUIRE(expected != 0);
  CHECK(stateBytes("^abc.{3,9}x") == expected);
  for (const size_t cut : {1U, 50U, 500U}) {
    for (const auto& file : std::filesystem::directory_iterator(folder.path)) {
      std::filesystem::resize_file(file, file.file_size() - cut);
    }
    CHECK(stateBytes("^abc.{3,9}x") == expected);
  }
  CHECK(fileCount(folder.path) == 2);  // for the part and for the pattern alone
  stateBytes("^abd");
  CHECK(fileCount(folder.path) == 4);
}

}  // namespace
}  // namespace weir
