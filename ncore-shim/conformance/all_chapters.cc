// SPDX-License-Identifier: Apache-2.0
#include "requirement.h"

namespace ncore_conformance {

std::vector<Chapter> allChapters() {
  return {abiChapter(),      patternsChapter(),    semanticsChapter(),   endOfDataChapter(),
          orderChapter(),    generationsChapter(), hotSwapChapter(),     backPressureChapter(),
          errorsChapter(),   statesChapter(),      databasesChapter(),   eventFdChapter(),
          waitingChapter(),  threadsChapter(),     manyStreamsChapter(), fuzzChapter(),
          referenceChapter()};
}

}  // namespace ncore_conformance
