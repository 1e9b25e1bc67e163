// SPDX-License-Identifier: Apache-2.0
// Templates as collectors of a site share them. Those of connections end with them and are not
// shared.
#include <algorithm>

#include "collect/decode/decoder.h"

namespace weir::collect {

namespace {

/// Whether what is known stays. An exporter may give each collector templates of its own under the
/// same ids (RFC 7011 8.4: they are a transport session's); one that has gone elsewhere does not
/// use here what it told here.
bool holds(const Template& known, int64_t toldMilliseconds) {
  const int64_t since = known.isImported ? known.toldMilliseconds
                                         : std::max(known.toldMilliseconds, known.usedMilliseconds);
  return since >= toldMilliseconds;
}

}  // namespace

uint64_t Decoder::forEachTemplate(uint64_t since,
                                  const std::function<void(const SharedTemplate&)>& visit) const {
  exporters_.forEach([&](const ExporterDomain& domain) {
    if (domain.session != 0) return;
    for (const auto& [id, form] : domain.templates)
      if (form.change > since)
        visit({domain.exporterAddress, domain.protocol, domain.observationDomainId, form.definition,
               form.toldMilliseconds, form.change});
  });
  return exporters_.lastChange();
}

void Decoder::importTemplate(const SharedTemplate& shared, int64_t nowMilliseconds) {
  ExporterDomain* const domain = exporters_.domain(
      {shared.exporterAddress, 0, shared.protocol, shared.observationDomainId}, nowMilliseconds);
  if (domain == nullptr) return;
  // A collector whose clock is ahead must not be right for ever.
  const int64_t told = std::min(shared.toldMilliseconds, nowMilliseconds);
  const auto known = domain->templates.find(shared.definition.id);
  if (known != domain->templates.end()) {
    Template& own = known->second;
    const bool isSame = own.definition == shared.definition;
    if (isSame) own.toldMilliseconds = std::max(own.toldMilliseconds, told);
    if (isSame || holds(own, told)) return;
  }
  auto form = compileTemplate(shared.definition);
  if (!form) return counters_.add(DecodeCount::malformedTemplate);
  form->usedMilliseconds = nowMilliseconds;
  form->toldMilliseconds = told;
  form->isImported = true;
  domain->statistics.lastSeenMilliseconds =
      std::max(domain->statistics.lastSeenMilliseconds, nowMilliseconds);
  if (exporters_.keep(*domain, std::move(*form)) == nullptr) return;
  domain->replayIsDue = true;
}

}  // namespace weir::collect
