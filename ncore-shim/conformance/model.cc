// SPDX-License-Identifier: Apache-2.0
#include "model.h"

#include <algorithm>
#include <tuple>

#include "testing/pcre2_oracle.h"

namespace ncore_conformance {
namespace {

constexpr uint32_t KNOWN_FLAGS =
    NCORE_JOB_OPEN | NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA | NCORE_JOB_EXPORT | NCORE_JOB_IMPORT;
constexpr uint32_t MOVE_FLAGS = NCORE_JOB_EXPORT | NCORE_JOB_IMPORT;

struct EndSearch {
  std::string_view regex;
  bool found = false;
};

int noteEnd(pcre2_callout_enumerate_block* block, void* opaque) {
  auto& search = *static_cast<EndSearch*>(opaque);
  const auto item = search.regex.substr(block->pattern_position, block->next_item_length);
  search.found |= item == "$" || item == "\\Z" || item == "\\z";
  return 0;
}

// PCRE2 itself says what the items of a regex are: it can stop before each.
bool hasEndAssertion(std::string_view regex) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()), regex.size(),
                                   PCRE2_AUTO_CALLOUT, &error, &offset, nullptr);
  if (code == nullptr) return false;
  EndSearch search{regex};
  pcre2_callout_enumerate(code, noteEnd, &search);
  pcre2_code_free(code);
  return search.found;
}

}  // namespace

class JudgedRegex::Oracle : public weir::ncore::testing::Pcre2Oracle {
  using Pcre2Oracle::Pcre2Oracle;
};

JudgedRegex::JudgedRegex(const Regex& regex)
    : oracle_(std::make_unique<Oracle>(regex.text, regex.flags)),
      testsEnd_(hasEndAssertion(regex.text)) {}
JudgedRegex::~JudgedRegex() = default;

std::shared_ptr<JudgedRegex> JudgedRegex::of(const Regex& regex) {
  static std::map<std::pair<std::string, uint32_t>, std::shared_ptr<JudgedRegex>> known;
  if (known.size() > 5000) known.clear();
  auto& judge = known[{regex.text, regex.flags}];
  if (!judge) judge.reset(new JudgedRegex(regex));
  return judge;
}

bool JudgedRegex::compiles() const { return oracle_->compiles(); }
bool JudgedRegex::matchesEmpty() { return oracle_->matchesEmpty(); }
bool JudgedRegex::holdsIn(std::string_view stream) { return oracle_->holdsIn(stream); }
std::optional<size_t> JudgedRegex::firstEnd(std::string_view stream) {
  return oracle_->firstEndByHalving(stream);
}

ModelDatabase::ModelDatabase(PatternSet accepted) : patterns(std::move(accepted)) {
  for (const Regex& regex : patterns) {
    judges.push_back(JudgedRegex::of(regex));
    ncore_conformance::check(judges.back()->compiles(),
                             "accepted, but PCRE2 refuses it: " + quoted(regex.text));
  }
}

Model::Model(const Script& script, const NcoreCapabilities& capabilities,
             const std::vector<PatternSet>& accepted)
    : capabilities_(capabilities),
      slots_(script.streams),
      isLoaded_(accepted.size(), true),
      results_(script.queues) {
  for (const PatternSet& patterns : accepted) databases_.emplace_back(patterns);
  if (!databases_.empty()) active_ = 0;
}

NcoreStatus Model::activate(uint32_t database) {
  if (!isLoaded_[database]) return NCORE_NO_DATABASE;
  active_ = database;
  return NCORE_OK;
}

NcoreStatus Model::unload(uint32_t database) {
  if (!isLoaded_[database]) return NCORE_NO_DATABASE;
  if (active_ == database) return NCORE_BUSY;
  isLoaded_[database] = false;
  return NCORE_OK;
}

bool Model::hasContent(const ModelDatabase& wanted) const {
  for (size_t i = 0; i < databases_.size(); ++i) {
    if (isLoaded_[i] && databases_[i].patterns == wanted.patterns) return true;
  }
  return false;
}

NcoreStatus Model::check(const JobStep& step) const {
  const bool opens = step.flags & NCORE_JOB_OPEN;
  if (step.flags & ~KNOWN_FLAGS || step.slot >= slots_) return NCORE_BAD_ARGUMENT;
  if ((step.flags & MOVE_FLAGS) == MOVE_FLAGS) return NCORE_BAD_ARGUMENT;
  if (step.flags & NCORE_JOB_IMPORT && !opens) return NCORE_BAD_ARGUMENT;
  if (opens) return NCORE_OK;
  const auto found = streams_.find({step.queue, step.slot});
  const bool isThere = found != streams_.end() && found->second.generation == step.generation;
  return isThere ? NCORE_OK : NCORE_STALE_GENERATION;
}

NcoreStatus Model::open(const JobStep& step, Stream& stream) const {
  if (!(step.flags & NCORE_JOB_IMPORT)) {
    if (!active_) return NCORE_NO_DATABASE;
    stream.database = &databases_[*active_];
    stream.told.assign(stream.database->patterns.size(), false);
    return NCORE_OK;
  }
  stream = exported_.at(step.importFrom);
  return hasContent(*stream.database) ? NCORE_OK : NCORE_NO_DATABASE;
}

void Model::run(const JobStep& step) {
  NcoreStatus status = check(step);
  Stream opened;
  const bool opens = step.flags & NCORE_JOB_OPEN;
  if (status == NCORE_OK && opens) status = open(step, opened);
  if (status != NCORE_OK) return report(step, status, {});
  Stream& stream = streams_[{step.queue, step.slot}];
  if (opens) stream = std::move(opened);
  stream.generation = step.generation;
  std::vector<NcoreEvent> events = match(step, stream);
  if (step.flags & NCORE_JOB_EXPORT) exported_[step.number] = stream;
  if (step.flags & NCORE_JOB_CLOSE) streams_.erase({step.queue, step.slot});
  const uint32_t eventsMax = capabilities_.eventsPerJobMax;
  if (eventsMax > 0 && events.size() > eventsMax) {
    events.resize(eventsMax);
    status = NCORE_EVENTS_TRUNCATED;
  }
  report(step, status, std::move(events));
}

std::vector<NcoreEvent> Model::match(const JobStep& step, Stream& stream) {
  stream.bytes += step.bytes;
  std::vector<NcoreEvent> events;
  for (size_t i = 0; i < stream.told.size(); ++i) {
    JudgedRegex& judge = *stream.database->judges[i];
    if (stream.told[i] || (judge.testsEnd() && !(step.flags & NCORE_JOB_END_OF_DATA))) continue;
    const std::optional<size_t> end = !judge.testsEnd()             ? judge.firstEnd(stream.bytes)
                                      : judge.holdsIn(stream.bytes) ? stream.bytes.size()
                                                                    : std::optional<size_t>();
    if (!end) continue;
    stream.told[i] = true;
    events.push_back(
        {*end, tagOf(step.number), step.slot, step.generation, stream.database->patterns[i].id, 0});
  }
  std::sort(events.begin(), events.end(), [](const NcoreEvent& a, const NcoreEvent& b) {
    return std::tie(a.endOffset, a.patternId) < std::tie(b.endOffset, b.patternId);
  });
  return events;
}

void Model::report(const JobStep& step, NcoreStatus status, std::vector<NcoreEvent> events) {
  const bool exports = step.flags & NCORE_JOB_EXPORT;
  const bool isDone = status == NCORE_OK || status == NCORE_EVENTS_TRUNCATED;
  Results& results = results_[step.queue];
  results.completions.push_back({tagOf(step.number), step.slot, step.generation, status, 0,
                                 static_cast<uint32_t>(events.size()),
                                 exports && isDone ? 1u : 0u});
  results.events.insert(results.events.end(), events.begin(), events.end());
}

}  // namespace ncore_conformance
