// SPDX-License-Identifier: Apache-2.0
// Texts that came from outside, made fit for whoever decodes UTF-8 strictly. Pure.
#pragma once

#include <string>
#include <string_view>

namespace weir::collect {

[[nodiscard]] bool isValidUtf8(std::string_view octets) noexcept;

/// The same text where it is valid; else U+FFFD stands for each longest piece that cannot go on
/// (Unicode, section 3.9, "maximal subparts": what browsers and Python do). Control characters are
/// text and stay.
[[nodiscard]] std::string toValidUtf8(std::string_view octets);

/// Nothing to repair or replace; fast.
[[nodiscard]] bool isPrintableAscii(std::string_view octets) noexcept;

/// The same for names that others tell: U+FFFD stands for control characters (C0, DEL, C1), too.
/// They end lines and command terminals.
[[nodiscard]] std::string toOneLine(std::string_view octets);

}  // namespace weir::collect
