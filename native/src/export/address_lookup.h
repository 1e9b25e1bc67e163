// SPDX-License-Identifier: Apache-2.0
// Where a collector is now: its name may lead elsewhere than when the export began.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "export/collector_address.h"

namespace weir {

/// Owned and used by one sender. Name servers may take long to answer, or never do: who must not
/// wait for that begins a lookup, goes on, and takes the answer some time later.
class AddressLookup {
 public:
  using Addresses = std::vector<SocketAddress>;
  /// Throws CodedError; may be called in any thread.
  using Resolve = std::function<Addresses()>;

  explicit AddressLookup(Resolve resolve) : resolve_(std::move(resolve)) {}
  /// By the system's resolver, for streams; `source` as resolveCollector has it.
  explicit AddressLookup(CollectorAddress collector, std::string source = "");

  /// Waits. Throws CodedError as resolveCollector does.
  [[nodiscard]] Addresses wait() const { return resolve_(); }

  /// Asks in a thread of its own, unless an earlier question is not answered yet.
  void begin();

  /// The answer, once; nothing while there is none, or when the name could not be resolved.
  std::optional<Addresses> take();

 private:
  /// Shared with the thread that asks, which may outlive this.
  struct Answer {
    Addresses addresses;
    std::atomic<bool> isThere{false};
  };

  Resolve resolve_;
  std::shared_ptr<Answer> answer_;
};

}  // namespace weir
