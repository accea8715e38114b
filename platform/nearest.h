#pragma once

#include <span>
#include <string>
#include <string_view>

namespace eyeriss::platform {

/// Single letters to insert, delete or replace until `a` is `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word of `words` that differs from `word` in the fewest letters; empty when there is none.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> words);

}  // namespace eyeriss::platform
