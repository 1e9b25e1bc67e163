// SPDX-License-Identifier: Apache-2.0
// GeoIP files: whatever lies in one, it is refused or it answers, the same each time.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "coded_error.h"
#include "collect/enrich/geo_file.h"
#include "fd.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

constexpr size_t MOST_LOOK_UPS = 16;

std::shared_ptr<const collect::GeoFile> opened(std::span<const uint8_t> octets) {
  const Fd file(::memfd_create("geo", MFD_CLOEXEC));
  require(::write(file.get(), octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()),
          "the input fits into memory");
  try {
    return collect::GeoFile::open("/proc/self/fd/" + std::to_string(file.get()));
  } catch (const CodedError&) {
    return nullptr;
  }
}

void lookUp(const collect::GeoFile& file, const collect::Address& address) {
  const uint32_t record = file.recordOf(address);
  require(record == file.recordOf(address), "an address has one record");
  const collect::GeoFacts facts = file.factsOf(record);
  require(facts.country == file.factsOf(record).country, "a record tells the same each time");
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const auto file = fuzz::opened({data, size});
  if (file == nullptr) return 0;
  fuzz::FuzzInput input(data, size);
  for (size_t i = 0; i < fuzz::MOST_LOOK_UPS; ++i) {
    collect::Address address{};
    const auto octets = input.take(address.size());
    std::copy(octets.begin(), octets.end(), address.begin());
    fuzz::lookUp(*file, address);
    collect::Address ipv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::copy(address.begin(), address.begin() + 4, ipv4.begin() + 12);
    fuzz::lookUp(*file, ipv4);
  }
  return 0;
}
