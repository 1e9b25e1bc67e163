// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/native_block.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>

#include "coded_error.h"
#include "collect/columns/test_native_reader.h"

using namespace weir;
using namespace weir::collect;
namespace fs = std::filesystem;

namespace {

/// What each cell should read as, filled beside the chunks.
using Expected = std::map<std::string, std::vector<std::string>>;

std::string cellOf(const FlowColumns& /*chunk*/, uint64_t value) { return std::to_string(value); }

std::string cellOf(const FlowColumns& /*chunk*/, const Address& address) {
  std::string digits;
  for (const uint8_t octet : address) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", octet);
    digits += two;
  }
  return digits;
}

Expected expectedOf(ChunkList chunks) {
  static const std::string NAME = "NameId";
  Expected expected;
  for (const FlowColumns* chunk : chunks) {
    for (size_t row = 0; row < chunk->rows; ++row) {
#define WEIR_EXPECT(Type, name)                                                            \
  expected[#name].push_back(NAME == #Type                                                  \
                                ? std::string(chunk->names.textOf(idIn(chunk->name[row]))) \
                                : cellOf(*chunk, chunk->name[row]));
      const auto idIn = [](const auto& value) -> NameId {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, NameId>) return value;
        return 0;
      };
      WEIR_STORED_COLUMNS(WEIR_EXPECT)
#undef WEIR_EXPECT
    }
  }
  return expected;
}

template <typename Value>
void fillCell(FlowColumns& /*chunk*/, Value& cell, std::mt19937_64& random) {
  if constexpr (std::is_same_v<Value, Address>) {
    for (uint8_t& octet : cell) octet = static_cast<uint8_t>(random());
  } else {
    cell = static_cast<Value>(random());
  }
}

NameId randomName(FlowColumns& chunk, std::mt19937_64& random, size_t distinct) {
  const uint64_t number = random() % distinct;
  return chunk.names.idOf(number == 0 ? "" : "name " + std::to_string(number));
}

struct ChunkShape {
  size_t rows;
  size_t distinctNames;
};

void fillChunk(FlowColumns& chunk, ChunkShape shape, std::mt19937_64& random) {
  chunk.reserve(shape.rows);
  for (size_t row = 0; row < shape.rows; ++row) {
#define WEIR_FILL(Type, name)                                                        \
  if (std::string_view(#Type) == "NameId") {                                         \
    NameId id = randomName(chunk, random, shape.distinctNames);                      \
    std::memcpy(&chunk.name[row], &id, std::min(sizeof id, sizeof chunk.name[row])); \
  } else {                                                                           \
    fillCell(chunk, chunk.name[row], random);                                        \
  }
    WEIR_FLOW_COLUMNS(WEIR_FILL)
#undef WEIR_FILL
  }
  chunk.rows = shape.rows;
}

std::vector<const FlowColumns*> pointersTo(const std::deque<FlowColumns>& chunks) {
  std::vector<const FlowColumns*> pointers;
  for (const FlowColumns& chunk : chunks) pointers.push_back(&chunk);
  return pointers;
}

ReadBlock encodedAndRead(ChunkList chunks) {
  MemorySink sink;
  encodeNativeBlock(chunks, sink);
  return NativeReader(sink.octets()).read();
}

std::vector<uint8_t> octetsOf(const fs::path& path) {
  std::ifstream input(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "weir-block-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }

  [[nodiscard]] std::string file(const char* name) const { return path_ / name; }
  [[nodiscard]] bool isEmpty() const { return fs::is_empty(path_); }

 private:
  fs::path path_;
};

std::string codeThrownBy(const std::function<void()>& action) {
  try {
    action();
  } catch (const CodedError& error) {
    return error.code();
  }
  return "";
}

/// Five flows that the database's own test knows (collector/src/store/native-block.test.ts).
void fillGolden(FlowColumns& chunk, size_t firstFlow, size_t flows) {
  chunk.reserve(flows);
  for (size_t row = 0; row < flows; ++row) {
    const size_t flow = firstFlow + row;
    chunk.flowStartMilliseconds[row] = 1'700'000'000'123 + static_cast<int64_t>(flow);
    chunk.sourceAddress[row] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, uint8_t(flow)};
    chunk.destinationAddress[row] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    chunk.destinationTransportPort[row] = static_cast<uint16_t>(440 + flow);
    chunk.octets[row] = (uint64_t{1} << 60) + flow;
    chunk.samplingInterval[row] = 4'000'000'000;
    chunk.counted[row] = 1;
    chunk.exporterName[row] = chunk.names.idOf("edge");
    chunk.applicationName[row] = chunk.names.idOf(flow % 2 == 0 ? "TLS" : "unknown");
  }
  chunk.serverName[0] = chunk.names.idOf("caf\xC3\xA9\x01.example");
  chunk.sourceNetwork[0] = chunk.names.idOf("bad\xFF\xC3name");
  chunk.rows = flows;
}

}  // namespace

TEST_CASE("an independent reader finds in one block every cell of all chunks, in order") {
  std::mt19937_64 random(1);
  std::deque<FlowColumns> chunks;
  for (const ChunkShape shape : {ChunkShape{3, 2}, {0, 1}, {400, 9}, {1, 1}, {77, 300}})
    fillChunk(chunks.emplace_back(0), shape, random);
  const auto pointers = pointersTo(chunks);
  const ReadBlock block = encodedAndRead(pointers);
  CHECK(block.rows == 481);
  const Expected expected = expectedOf(pointers);
  CHECK(block.columns.size() == expected.size());
  CHECK(block.order.front() == "flowStartMilliseconds");
  CHECK(block.order.back() == "counted");
  for (const auto& [name, cells] : expected) {
    CAPTURE(name);
    CHECK(block.columns.at(name).cells == cells);
  }
}

TEST_CASE("indexes are as wide as the dictionary needs, and each text stands in it once") {
  struct Case {
    size_t names;
    size_t octets;
  };
  for (const auto& [names, octets] : {Case{1, 1}, {256, 1}, {257, 2}, {65'536, 2}, {65'537, 4}}) {
    CAPTURE(names);
    FlowColumns chunk(names);
    for (size_t row = 0; row < names; ++row)
      chunk.serverName[row] = chunk.names.idOf("host " + std::to_string(row));
    chunk.rows = names;
    FlowColumns again(2);
    again.serverName[0] = again.names.idOf("host 0");
    again.rows = 1;
    const FlowColumns* const pointers[] = {&chunk, &again};
    const ReadBlock block = encodedAndRead(pointers);
    const ReadColumn& column = block.columns.at("serverName");
    CHECK(column.indexOctets == octets);
    CHECK(column.dictionarySize == names);
    CHECK(column.cells.back() == "host 0");
    CHECK(block.columns.at("scope").dictionarySize == 1);
  }
}

TEST_CASE("names that are not valid UTF-8 are made so, and what then is equal is one") {
  FlowColumns chunk(4);
  chunk.applicationName[0] = chunk.names.idOf("a\xFF");
  chunk.applicationName[1] = chunk.names.idOf("a\xFE");
  chunk.applicationName[2] = chunk.names.idOf("\x01\x7F");
  chunk.rows = 4;
  const FlowColumns* const pointers[] = {&chunk};
  const ReadColumn column = encodedAndRead(pointers).columns.at("applicationName");
  CHECK(column.dictionarySize == 3);
  CHECK(column.cells == std::vector<std::string>{"a\xEF\xBF\xBD", "a\xEF\xBF\xBD", "\x01\x7F", ""});
}

TEST_CASE("a file holds what the encoder gives, and has its name only when it is complete") {
  const TemporaryFolder folder;
  std::mt19937_64 random(2);
  std::deque<FlowColumns> chunks;
  for (int i = 0; i < 3; ++i) fillChunk(chunks.emplace_back(0), {9000, 40}, random);
  const auto pointers = pointersTo(chunks);
  for (const Durability durability : {Durability::PAGE_CACHE, Durability::SYNCED}) {
    const std::string path = folder.file("1.native");
    const NativeFile file = writeNativeFile(path, pointers, durability);
    MemorySink sink;
    encodeNativeBlock(pointers, sink);
    CHECK(file.rows == 27'000);
    CHECK(file.octets == sink.octets().size());
    CHECK(octetsOf(path) == sink.octets());
    fs::remove(path);
    CHECK(folder.isEmpty());
  }
}

TEST_CASE("without rows there is no file") {
  const TemporaryFolder folder;
  const FlowColumns empty(4);
  const FlowColumns* const pointers[] = {&empty};
  CHECK(writeNativeFile(folder.file("1.native"), pointers).rows == 0);
  CHECK(folder.isEmpty());
}

TEST_CASE("a file that cannot be written leaves nothing and says why") {
  const TemporaryFolder folder;
  FlowColumns chunk(20'000);
  chunk.rows = 20'000;
  const FlowColumns* const pointers[] = {&chunk};
  CHECK(codeThrownBy([&] { writeNativeFile(folder.file("none/1.native"), pointers); }) ==
        "WEIR_COLLECT_CANNOT_WRITE");
  // Its rename fails: something that cannot be replaced has the name.
  fs::create_directories(folder.file("taken/by a folder"));
  CHECK(codeThrownBy([&] { writeNativeFile(folder.file("taken"), pointers); }) ==
        "WEIR_COLLECT_CANNOT_WRITE");
  fs::remove_all(folder.file("taken"));
  CHECK(folder.isEmpty());
}

TEST_CASE("a write that is cut short by a limit is an error, and the half file goes") {
  const TemporaryFolder folder;
  FlowColumns chunk(100'000);
  chunk.rows = 100'000;
  const FlowColumns* const pointers[] = {&chunk};
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{1'000'000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &low);
  const std::string code =
      codeThrownBy([&] { writeNativeFile(folder.file("1.native"), pointers); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(code == "WEIR_COLLECT_CANNOT_WRITE");
  CHECK(folder.isEmpty());
}

TEST_CASE("a full disk has a code of its own") {
  const TemporaryFolder folder;
  // Writes to /dev/full fail with ENOSPC; the partial name is a link to it.
  const std::string path = folder.file("1.native");
  fs::create_symlink("/dev/full", path + BlockFile::PARTIAL_SUFFIX);
  FlowColumns chunk(10);
  chunk.rows = 10;
  const FlowColumns* const pointers[] = {&chunk};
  CHECK(codeThrownBy([&] { writeNativeFile(path, pointers); }) == "WEIR_COLLECT_DISK_FULL");
  CHECK(folder.isEmpty());
}

#ifdef WEIR_GOLDEN_FOLDER
TEST_CASE("the block that the database's test reads is the encoder's") {
  FlowColumns first(4);
  FlowColumns second(4);
  fillGolden(first, 0, 3);
  fillGolden(second, 3, 2);
  const FlowColumns* const pointers[] = {&first, &second};
  const std::string golden = WEIR_GOLDEN_FOLDER "/flow-block.native";
  // After a change of columns: WEIR_WRITE_GOLDEN=1 native_tests -tc='*database*'
  if (std::getenv("WEIR_WRITE_GOLDEN") != nullptr) writeNativeFile(golden, pointers);
  MemorySink sink;
  encodeNativeBlock(pointers, sink);
  CHECK(octetsOf(golden) == sink.octets());
}
#endif
