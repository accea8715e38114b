#pragma once

#include <span>
#include <string>

#include "sims/validate/figure.h"

namespace eyeriss::sims::validate {

/// The whole report as Markdown: how to read it, then a section a topic.
[[nodiscard]] std::string markdown(std::span<const section> sections);

/// Figures as a JSON array, two spaces an indent.
[[nodiscard]] std::string json_text(std::span<const section> sections);

/// One line a figure for a terminal.
[[nodiscard]] std::string terminal_text(std::span<const section> sections);

}  // namespace eyeriss::sims::validate
