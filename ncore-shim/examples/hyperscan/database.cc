// SPDX-License-Identifier: Apache-2.0
#include "database.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <unordered_set>

#include "byte_format.h"
#include "stream.h"

namespace hyperscan_device {
namespace {

constexpr uint32_t KNOWN_FLAGS = NCORE_PATTERN_CASELESS | NCORE_PATTERN_DOTALL;
constexpr std::string_view MAGIC = "ncore-hyperscan 1";

// None of the features that some processors lack: a saved database is good on any machine.
constexpr hs_platform_info_t ANY_PROCESSOR{HS_TUNE_FAMILY_GENERIC, 0, 0, 0};

struct FreeMalloced {  // NOLINTNEXTLINE: allocated by Hyperscan's default allocator, malloc
  void operator()(void* memory) const { std::free(memory); }
};

unsigned hsFlagsOf(uint32_t flags) {
  unsigned hsFlags = HS_FLAG_SINGLEMATCH;
  if (flags & NCORE_PATTERN_CASELESS) hsFlags |= HS_FLAG_CASELESS;
  if (flags & NCORE_PATTERN_DOTALL) hsFlags |= HS_FLAG_DOTALL;
  return hsFlags;
}

// Hyperscan tells the place and the kind of an error in its message only.
Objection objectionOf(const hs_compile_error_t* error) {
  const std::string message = error->message;
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  NcoreVerdict verdict = NCORE_REFUSED_UNSUPPORTED;
  if (says("matches empty")) verdict = NCORE_REFUSED_EMPTY_MATCH;
  if (says("too large") || says("Resource limit")) verdict = NCORE_REFUSED_TOO_LARGE;
  if (says("Embedded end anchor")) verdict = NCORE_REFUSED_NEEDS_END;
  for (const char* words : {"Missing close paren", "Unmatched paren", "Unescaped \\",
                            "Range out of order", "Invalid repeat at index 0"}) {
    if (says(words)) verdict = NCORE_REFUSED_SYNTAX;
  }
  size_t offset = 0;
  const size_t index = message.rfind("index ");
  if (index != std::string::npos) offset = std::strtoul(message.c_str() + index + 6, nullptr, 10);
  return {verdict, offset, message};
}

void fillReport(const std::optional<Objection>& objection, NcorePatternReport& report) {
  report = {};
  if (!objection) return;
  report.verdict = objection->verdict;
  report.offsetBytes = static_cast<uint32_t>(objection->offset);
  const size_t length = std::min(objection->reason.size(), sizeof report.reason - 1);
  std::memcpy(report.reason, objection->reason.data(), length);
}

std::optional<Objection> tryAlone(const char* regex, unsigned flags) {
  hs_database_t* rawDatabase = nullptr;
  hs_compile_error_t* rawError = nullptr;
  hs_compile(regex, flags, HS_MODE_STREAM, &ANY_PROCESSOR, &rawDatabase, &rawError);
  const HsDatabasePtr database(rawDatabase);
  const HsCompileErrorPtr error(rawError);
  if (error) return objectionOf(error.get());
  return std::nullopt;
}

std::optional<Objection> lookInside(const char* regex, unsigned flags, bool testsEnd) {
  hs_expr_info_t* rawInfo = nullptr;
  hs_compile_error_t* rawError = nullptr;
  hs_expression_info(regex, flags, &rawInfo, &rawError);
  const std::unique_ptr<hs_expr_info_t, FreeMalloced> info(rawInfo);
  const HsCompileErrorPtr error(rawError);
  if (error) return objectionOf(error.get());
  if (info->min_width == 0) {
    return Objection{NCORE_REFUSED_EMPTY_MATCH, 0, "matches the empty string"};
  }
  // Of a single match the first to be told must be the one that ends first.
  if (info->unordered_matches && !testsEnd) {
    return Objection{NCORE_REFUSED_UNSUPPORTED, 0, "its matches come in no order"};
  }
  return std::nullopt;
}

}  // namespace

size_t Database::Part::streamBytes() const {
  size_t bytes = 0;
  if (compiled) hs_stream_size(compiled.get(), &bytes);
  return bytes;
}

std::optional<Objection> Database::examine(const NcorePattern& given, Pattern& pattern) {
  if (given.flags & ~KNOWN_FLAGS) {
    return Objection{NCORE_REFUSED_UNSUPPORTED, 0, "unknown pattern flag"};
  }
  if (given.lengthBytes > 0) {
    pattern.regex.assign(reinterpret_cast<const char*>(given.regex), given.lengthBytes);
  }
  PatternSyntax syntax = inspect(pattern.regex);
  if (syntax.objection) return std::move(syntax.objection);
  pattern.testsEnd = syntax.testsEnd;
  const unsigned flags = hsFlagsOf(given.flags);
  auto objection = lookInside(pattern.regex.c_str(), flags, pattern.testsEnd);
  return objection ? objection : tryAlone(pattern.regex.c_str(), flags);
}

std::shared_ptr<const Database> Database::compile(std::span<const NcorePattern> patterns,
                                                  std::span<NcorePatternReport> reports) {
  auto database = std::make_shared<Database>();
  std::unordered_set<uint32_t> ids;
  for (size_t i = 0; i < patterns.size(); ++i) {
    Pattern pattern{"", patterns[i].flags, patterns[i].id, false};
    std::optional<Objection> objection;
    if (ids.contains(pattern.id)) {
      objection = Objection{NCORE_REFUSED_DUPLICATE_ID, 0, "an earlier pattern has this id"};
    } else {
      objection = examine(patterns[i], pattern);
    }
    if (!reports.empty()) fillReport(objection, reports[i]);
    if (objection) continue;
    ids.insert(pattern.id);
    database->patterns_.push_back(std::move(pattern));
  }
  compilePart(database->patterns_, false, database->asBytesCome_);
  compilePart(database->patterns_, true, database->atEnd_);
  database->takeDigest();
  return database;
}

void Database::compilePart(const std::vector<Pattern>& patterns, bool testsEnd, Part& part) {
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> indexes;
  for (const Pattern& pattern : patterns) {
    if (pattern.testsEnd != testsEnd) continue;
    indexes.push_back(static_cast<unsigned>(regexes.size()));
    regexes.push_back(pattern.regex.c_str());
    flags.push_back(hsFlagsOf(pattern.flags));
    part.ids.push_back(pattern.id);
  }
  if (regexes.empty()) return;
  hs_database_t* compiled = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_multi(regexes.data(), flags.data(), indexes.data(),
                   static_cast<unsigned>(regexes.size()), HS_MODE_STREAM, &ANY_PROCESSOR, &compiled,
                   &error);
  const HsCompileErrorPtr ignored(error);
  // Each compiled alone, so together they lack nothing but memory.
  if (compiled == nullptr) throw std::bad_alloc();
  part.compiled.reset(compiled);
}

void Database::takeDigest() {
  ByteWriter content;
  content.text(hs_version());
  for (const Pattern& pattern : patterns_) {
    content.number(pattern.id);
    content.number(pattern.flags);
    content.text(pattern.regex);
  }
  digest_ = digestOf(std::move(content).sealed());
}

NcoreDatabaseInfo Database::info() const {
  NcoreDatabaseInfo info{};
  info.patterns = static_cast<uint32_t>(patterns_.size());
  for (const Part* part : {&asBytesCome_, &atEnd_}) {
    size_t bytes = 0;
    if (part->compiled) hs_database_size(part->compiled.get(), &bytes);
    info.patternMemoryBytes += bytes;
  }
  info.streamBytes = static_cast<uint32_t>(sizeof(Stream) + asBytesCome_.streamBytes() +
                                           atEnd_.streamBytes() + atEnd_.ids.size());
  info.stateBytesMax = static_cast<uint32_t>(Stream::stateBytesMax(*this));
  return info;
}

std::string Database::save() const {
  ByteWriter writer;
  writer.text(MAGIC);
  writer.number(patterns_.size());
  for (const Pattern& pattern : patterns_) {
    writer.number(pattern.id);
    writer.number(pattern.flags);
    writer.number(pattern.testsEnd ? 1 : 0);
    writer.text(pattern.regex);
  }
  for (const Part* part : {&asBytesCome_, &atEnd_}) {
    char* bytes = nullptr;
    size_t length = 0;
    if (part->compiled &&
        hs_serialize_database(part->compiled.get(), &bytes, &length) != HS_SUCCESS) {
      throw std::bad_alloc();
    }
    const std::unique_ptr<char, FreeMalloced> owned(bytes);
    writer.text({bytes, length});
  }
  return std::move(writer).sealed();
}

std::shared_ptr<const Database> Database::restore(std::string_view bytes) {
  auto reader = ByteReader::open(bytes);
  if (!reader || reader->text() != MAGIC) return nullptr;
  auto database = std::make_shared<Database>();
  for (uint64_t left = reader->number(); left > 0 && !reader->isShort(); --left) {
    Pattern pattern{};
    pattern.id = static_cast<uint32_t>(reader->number());
    pattern.flags = static_cast<uint32_t>(reader->number());
    pattern.testsEnd = reader->number() != 0;
    pattern.regex = reader->text();
    (pattern.testsEnd ? database->atEnd_ : database->asBytesCome_).ids.push_back(pattern.id);
    database->patterns_.push_back(std::move(pattern));
  }
  for (Part* part : {&database->asBytesCome_, &database->atEnd_}) {
    const std::string_view serialized = reader->text();
    if (serialized.empty() && part->ids.empty()) continue;
    hs_database_t* compiled = nullptr;
    if (hs_deserialize_database(serialized.data(), serialized.size(), &compiled) != HS_SUCCESS) {
      return nullptr;  // of another release of Hyperscan
    }
    part->compiled.reset(compiled);
  }
  if (!reader->isWhole()) return nullptr;
  database->takeDigest();
  return database;
}

}  // namespace hyperscan_device
