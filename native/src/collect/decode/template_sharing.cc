// SPDX-License-Identifier: Apache-2.0
// Templates as collectors of a site share them. Those of connections end with them and are not
// shared.
#include "collect/decode/decoder.h"

namespace weir::collect {

uint64_t Decoder::forEachTemplate(uint64_t since,
                                  const std::function<void(const SharedTemplate&)>& visit) const {
  exporters_.forEach([&](const ExporterDomain& domain) {
    if (domain.session != 0) return;
    for (const auto& [id, form] : domain.templates)
      if (form.change > since)
        visit({domain.exporterAddress, domain.protocol, domain.observationDomainId, form.definition,
               form.change});
  });
  return exporters_.lastChange();
}

void Decoder::importTemplate(const SharedTemplate& shared, int64_t nowMilliseconds) {
  ExporterDomain* const domain = exporters_.domain(
      {shared.exporterAddress, 0, shared.protocol, shared.observationDomainId}, nowMilliseconds);
  if (domain == nullptr || domain->templates.contains(shared.definition.id)) return;
  auto form = compileTemplate(shared.definition);
  if (!form) return counters_.add(DecodeCount::malformedTemplate);
  form->usedMilliseconds = nowMilliseconds;
  domain->statistics.lastSeenMilliseconds =
      std::max(domain->statistics.lastSeenMilliseconds, nowMilliseconds);
  if (exporters_.keep(*domain, std::move(*form)) == nullptr) return;
  domain->replayIsDue = true;
}

}  // namespace weir::collect
