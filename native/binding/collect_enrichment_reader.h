// SPDX-License-Identifier: Apache-2.0
// EnrichmentConfig out of the object that native/enrichment.ts describes.
#pragma once

#include <napi.h>

#include "collect/enrich/enrichment_config.h"

namespace weir {

collect::EnrichmentConfig readEnrichmentConfig(const Napi::Object& object);

}  // namespace weir
