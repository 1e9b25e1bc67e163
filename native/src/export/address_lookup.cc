// SPDX-License-Identifier: Apache-2.0
#include "export/address_lookup.h"

#include <system_error>
#include <thread>
#include <utility>

#include "coded_error.h"

namespace weir {

AddressLookup::AddressLookup(CollectorAddress collector, std::string source)
    : resolve_([collector = std::move(collector), source = std::move(source)] {
        return resolveCollector(collector, SOCK_STREAM, source);
      }) {}

void AddressLookup::begin() {
  if (answer_ && !answer_->isThere.load(std::memory_order_acquire)) return;
  answer_ = std::make_shared<Answer>();
  try {
    std::thread([answer = answer_, resolve = resolve_] {
      try {
        answer->addresses = resolve();
      } catch (const CodedError&) {
        // The addresses that are known go on being tried, and their failures are told.
      }
      answer->isThere.store(true, std::memory_order_release);
    }).detach();
  } catch (const std::system_error&) {
    answer_.reset();  // no thread to be had: the next time will do
  }
}

std::optional<AddressLookup::Addresses> AddressLookup::take() {
  if (!answer_ || !answer_->isThere.load(std::memory_order_acquire)) return std::nullopt;
  Addresses addresses = std::exchange(answer_, nullptr)->addresses;
  if (addresses.empty()) return std::nullopt;
  return addresses;
}

}  // namespace weir
