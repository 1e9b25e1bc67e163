// SPDX-License-Identifier: Apache-2.0
// Host names as they are written in requests, handshakes and answers: what is no host name never
// gets into a record.
#pragma once

#include <string>
#include <string_view>

namespace weir {

/// In lower case and without a final dot; "" unless it has 1 to 253 octets of letters, digits, '-'
/// and '_' in labels of at most 63 (RFC 1123 2.1; '_' as RFC 8552 has it). An IPv4 address in
/// dotted decimal passes.
std::string hostNameOf(std::string_view written);

/// `written` without what is not printable ASCII, cut at `octetsMax`.
std::string printableOf(std::string_view written, size_t octetsMax);

}  // namespace weir
