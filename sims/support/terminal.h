#pragma once

#include <string_view>

namespace eyeriss::sims {

/// Sequences that a terminal understands; empty where nothing is to be coloured.
struct text_styles {
    std::string_view bold, dim, good, bad, plain;
};

/// Styles of what is written to a file descriptor: none unless it is a terminal, NO_COLOR is unset or empty
/// (no-color.org) and TERM is not "dumb".
[[nodiscard]] text_styles styles_of(int descriptor);

/// Columns of the terminal behind a file descriptor; 80 where there is none or it does not say.
[[nodiscard]] unsigned terminal_columns(int descriptor);

}  // namespace eyeriss::sims
