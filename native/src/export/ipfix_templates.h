// SPDX-License-Identifier: Apache-2.0
// Which of the generated IPFIX templates a flow takes.
#pragma once

#include "export/flow_encoder.h"

namespace weir {

/// What there is to say of the way that a flow's packets came in.
enum class Depth : uint8_t { PLAIN, ENCAPSULATED, PRIVATE };
inline constexpr size_t DEPTHS = 3;

/// Templates of one form of flow: [depth][ICMP and address family].
template <typename Item>
using IpfixFamily = std::array<std::array<Item, 4>, DEPTHS>;

/// 0 IPv4, 1 IPv6, 2 IPv4 with ICMP's type and code in place of ports, 3 the same of IPv6.
inline size_t ipfixKind(const FlowRecord& record) {
  constexpr uint8_t ICMP = 1;
  constexpr uint8_t ICMPV6 = 58;
  const bool isIcmp = record.protocol == ICMP || record.protocol == ICMPV6;
  return (isIcmp ? 2U : 0U) + (record.ipVersion == 4 ? 0U : 1U);
}

// clang-format off
inline constexpr IpfixFamily<FlowEncoding> UNIFLOW_ENCODINGS = {{
    {{encodingOf<IPFIX_UNIFLOW_IPV4>(), encodingOf<IPFIX_UNIFLOW_IPV6>(),
      encodingOf<IPFIX_UNIFLOW_IPV4_ICMP>(), encodingOf<IPFIX_UNIFLOW_IPV6_ICMP>()}},
    {{encodingOf<IPFIX_UNIFLOW_IPV4_ENCAPSULATED>(), encodingOf<IPFIX_UNIFLOW_IPV6_ENCAPSULATED>(),
      encodingOf<IPFIX_UNIFLOW_IPV4_ICMP_ENCAPSULATED>(),
      encodingOf<IPFIX_UNIFLOW_IPV6_ICMP_ENCAPSULATED>()}},
    {{encodingOf<IPFIX_UNIFLOW_IPV4_PRIVATE>(), encodingOf<IPFIX_UNIFLOW_IPV6_PRIVATE>(),
      encodingOf<IPFIX_UNIFLOW_IPV4_ICMP_PRIVATE>(), encodingOf<IPFIX_UNIFLOW_IPV6_ICMP_PRIVATE>()}},
}};

inline constexpr IpfixFamily<FlowEncoding> BIFLOW_ENCODINGS = {{
    {{encodingOf<IPFIX_BIFLOW_IPV4>(), encodingOf<IPFIX_BIFLOW_IPV6>(),
      encodingOf<IPFIX_BIFLOW_IPV4_ICMP>(), encodingOf<IPFIX_BIFLOW_IPV6_ICMP>()}},
    {{encodingOf<IPFIX_BIFLOW_IPV4_ENCAPSULATED>(), encodingOf<IPFIX_BIFLOW_IPV6_ENCAPSULATED>(),
      encodingOf<IPFIX_BIFLOW_IPV4_ICMP_ENCAPSULATED>(),
      encodingOf<IPFIX_BIFLOW_IPV6_ICMP_ENCAPSULATED>()}},
    {{encodingOf<IPFIX_BIFLOW_IPV4_PRIVATE>(), encodingOf<IPFIX_BIFLOW_IPV6_PRIVATE>(),
      encodingOf<IPFIX_BIFLOW_IPV4_ICMP_PRIVATE>(), encodingOf<IPFIX_BIFLOW_IPV6_ICMP_PRIVATE>()}},
}};
// clang-format on

}  // namespace weir
