// SPDX-License-Identifier: Apache-2.0
// What a decoder knows of its exporters over UDP as octets, so that a restart of the collector does
// not wait for templates: magic with the version, check sum, then domain by domain.
#include <algorithm>
#include <string>

#include "collect/decode/decoder.h"
#include "collect/decode/octet_cursor.h"

namespace weir::collect {

namespace {

/// "WEIRDEC" and the version of this layout; the one before had no namings.
constexpr uint64_t MAGIC = 0x5745'4952'4445'4304;
constexpr uint64_t MAGIC_WITHOUT_NAMINGS = 0x5745'4952'4445'4302;
constexpr size_t HEADER_OCTETS = 16;

/// FNV-1a, 64 bits: tells a torn file from a whole one.
uint64_t checkSum(std::span<const uint8_t> octets) {
  uint64_t sum = 0xcbf2'9ce4'8422'2325;
  for (const uint8_t octet : octets) sum = (sum ^ octet) * 0x100'0000'01b3;
  return sum;
}

class StateWriter {
 public:
  void put(uint64_t value, size_t width) {
    for (size_t shift = width; shift-- > 0;)
      octets_.push_back(static_cast<uint8_t>(value >> (8 * shift)));
  }

  void putText(const std::string& text) {
    const size_t length = std::min<size_t>(text.size(), UINT16_MAX);
    put(length, 2);
    octets_.insert(octets_.end(), text.begin(), text.begin() + static_cast<ptrdiff_t>(length));
  }

  void putDomain(const ExporterDomain& domain) {
    octets_.insert(octets_.end(), domain.exporterAddress.begin(), domain.exporterAddress.end());
    put(static_cast<uint64_t>(domain.protocol), 1);
    put(domain.observationDomainId, 4);
    put(domain.sequence.known() ? 1 : 0, 1);
    put(domain.sequence.next(), 4);
    put(domain.sequence.sysUptime(), 4);
    put(static_cast<uint64_t>(domain.statistics.lastSeenMilliseconds), 8);
    put(domain.templates.size(), 4);
    for (const auto& [id, form] : domain.templates) putTemplate(form);
    putOptions(domain.options);
  }

  std::vector<uint8_t> finish() {
    StateWriter header;
    header.put(MAGIC, 8);
    header.put(checkSum(octets_), 8);
    octets_.insert(octets_.begin(), header.octets_.begin(), header.octets_.end());
    return std::move(octets_);
  }

 private:
  void putTemplate(const Template& form) {
    const TemplateDefinition& definition = form.definition;
    put(definition.id, 2);
    put(static_cast<uint64_t>(definition.kind), 1);
    put(definition.scopeFields, 2);
    put(static_cast<uint64_t>(form.usedMilliseconds), 8);
    put(static_cast<uint64_t>(form.toldMilliseconds), 8);
    put(form.isImported ? 1 : 0, 1);
    put(definition.fields.size(), 2);
    for (const FieldSpec& field : definition.fields) {
      put(field.enterprise, 4);
      put(field.element, 2);
      put(field.length, 2);
    }
  }

  void putOptions(const ToldOptions& told) {
    put(static_cast<uint64_t>(told.systemInitMilliseconds), 8);
    put(told.applications.size(), 4);
    for (const auto& [id, application] : told.applications) {
      put(id, 8);
      put(application.isFromPayload ? 1 : 0, 1);
      putText(application.name.text);
      putText(application.category.text);
      putText(application.description);
    }
    put(told.namings.size(), 4);
    for (const auto& [id, naming] : told.namings) {
      put(id, 8);
      putText(naming.rule.text);
      putText(naming.confidence.text);
    }
    put(told.interfaces.size(), 4);
    for (const auto& [index, name] : told.interfaces) {
      put(index, 4);
      putText(name.text);
    }
    putIntervals(told.samplers);
    putIntervals(told.samplingOfInterface);
  }

  template <typename Key>
  void putIntervals(const std::unordered_map<Key, uint32_t>& intervals) {
    put(intervals.size(), 4);
    for (const auto& [key, interval] : intervals) {
      put(key, 8);
      put(interval, 4);
    }
  }

  std::vector<uint8_t> octets_;
};

struct KeptTemplate {
  TemplateDefinition definition;
  int64_t usedMilliseconds;
  int64_t toldMilliseconds;
  bool isImported;
};

/// A domain as it was written.
struct KeptDomain {
  Address exporterAddress{};
  ExportProtocol protocol{};
  uint32_t observationDomainId = 0;
  bool isSequenceKnown = false;
  uint32_t nextSequence = 0;
  uint32_t sysUptime = 0;
  int64_t lastSeenMilliseconds = 0;
  std::vector<KeptTemplate> templates;
  ToldOptions options;
};

class StateReader {
 public:
  StateReader(std::span<const uint8_t> octets, uint64_t magic)
      : at_(octets), hasNamings_(magic == MAGIC) {}

  /// All domains; nothing when they are not whole.
  std::optional<std::vector<KeptDomain>> read() {
    std::vector<KeptDomain> domains;
    while (!at_.left().empty() && !at_.failed()) domains.push_back(readDomain());
    return at_.failed() ? std::nullopt : std::optional(std::move(domains));
  }

 private:
  KeptDomain readDomain() {
    KeptDomain domain;
    const auto address = at_.takeOctets(sizeof(Address));
    std::copy(address.begin(), address.end(), domain.exporterAddress.begin());
    const uint8_t protocol = at_.take8();
    if (protocol >= static_cast<uint8_t>(ExportProtocol::COUNT)) fail();
    domain.protocol = static_cast<ExportProtocol>(protocol);
    domain.observationDomainId = at_.take32();
    domain.isSequenceKnown = at_.take8() != 0;
    domain.nextSequence = at_.take32();
    domain.sysUptime = at_.take32();
    domain.lastSeenMilliseconds = static_cast<int64_t>(at_.take64());
    eachOf([&] { domain.templates.push_back(readTemplate()); });
    readOptions(domain.options);
    return domain;
  }

  KeptTemplate readTemplate() {
    KeptTemplate kept{};
    kept.definition.id = at_.take16();
    kept.definition.kind = at_.take8() == 0 ? TemplateKind::DATA : TemplateKind::OPTIONS;
    kept.definition.scopeFields = at_.take16();
    kept.usedMilliseconds = static_cast<int64_t>(at_.take64());
    kept.toldMilliseconds = static_cast<int64_t>(at_.take64());
    kept.isImported = at_.take8() != 0;
    const uint16_t fields = at_.take16();
    for (size_t i = 0; i < fields && !at_.failed(); ++i) {
      const uint32_t enterprise = at_.take32();
      const uint16_t number = at_.take16();
      kept.definition.fields.push_back({enterprise, number, at_.take16()});
    }
    return kept;
  }

  void readOptions(ToldOptions& told) {
    told.systemInitMilliseconds = static_cast<int64_t>(at_.take64());
    eachOf([&] {
      KnownApplication& application = told.applications[at_.take64()];
      application.isFromPayload = at_.take8() != 0;
      application.name.text = takeText();
      application.category.text = takeText();
      application.description = takeText();
    });
    if (hasNamings_) {
      eachOf([&] {
        KnownNaming& naming = told.namings[at_.take64()];
        naming.rule.text = takeText();
        naming.confidence.text = takeText();
      });
    }
    eachOf([&] {
      const uint32_t index = at_.take32();
      told.interfaces[index].text = takeText();
    });
    eachOf([&] {
      const uint64_t sampler = at_.take64();
      told.samplers[sampler] = at_.take32();
    });
    eachOf([&] {
      const auto index = static_cast<uint32_t>(at_.take64());
      told.samplingOfInterface[index] = at_.take32();
    });
  }

  template <typename Take>
  void eachOf(Take take) {
    for (uint32_t count = at_.take32(); count > 0 && !at_.failed(); --count) take();
  }

  std::string takeText() {
    const auto octets = at_.takeOctets(at_.take16());
    return {octets.begin(), octets.end()};
  }

  void fail() { at_.takeOctets(SIZE_MAX); }

  OctetCursor at_;
  bool hasNamings_;
};

}  // namespace

std::vector<uint8_t> Decoder::exportState() const {
  StateWriter writer;
  exporters_.forEach([&](const ExporterDomain& domain) {
    if (domain.session == 0) writer.putDomain(domain);
  });
  return writer.finish();
}

bool Decoder::importState(std::span<const uint8_t> state, int64_t nowMilliseconds,
                          const std::function<bool(const Address&)>& owns) {
  OctetCursor header(state.first(std::min(state.size(), HEADER_OCTETS)));
  const uint64_t magic = header.take64();
  const bool isOurs = magic == MAGIC || magic == MAGIC_WITHOUT_NAMINGS;
  const uint64_t sum = header.take64();
  if (!isOurs || header.failed() || sum != checkSum(state.subspan(HEADER_OCTETS))) return false;
  auto domains = StateReader(state.subspan(HEADER_OCTETS), magic).read();
  if (!domains) return false;
  for (KeptDomain& kept : *domains) {
    if (!owns(kept.exporterAddress)) continue;
    ExporterDomain* const domain = exporters_.domain(
        {kept.exporterAddress, 0, kept.protocol, kept.observationDomainId}, nowMilliseconds);
    if (domain == nullptr) continue;
    exporters_.establish(*domain->exporter);
    domain->statistics.lastSeenMilliseconds = kept.lastSeenMilliseconds;
    if (kept.isSequenceKnown) domain->sequence.resume(kept.nextSequence, kept.sysUptime);
    exporters_.adopt(*domain, std::move(kept.options));
    for (KeptTemplate& one : kept.templates) {
      auto form = compileTemplate(std::move(one.definition));
      if (!form || domain->templates.contains(form->definition.id)) continue;
      form->usedMilliseconds = one.usedMilliseconds;
      form->toldMilliseconds = one.toldMilliseconds;
      form->isImported = one.isImported;
      exporters_.keep(*domain, std::move(*form));
    }
  }
  return true;
}

}  // namespace weir::collect
