#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sims/studies/network_study.h"

/// The comparisons of doc/noc_study.md, and how they are written.
namespace eyeriss::sims {

/// A variant as settings of a machine.
struct recipe_variant {
    std::string name;
    std::string machine;  ///< one that comes with the program; empty: the one that is studied
    std::vector<std::string> settings;
    bool own_mapping = false;
};

struct study_recipe {
    std::string name;
    std::string sentence;  ///< what is compared
    std::vector<recipe_variant> variants;
    bool modes = false;  ///< of interest are the modes that mappings chose
};

[[nodiscard]] const std::vector<study_recipe>& study_recipes();

/// Rows of one network.
struct network_rows {
    std::string network;
    std::vector<study_row> rows;
};

/// Tables in Markdown: figures by layer type and variant, or for `modes` which modes serve which layer type.
[[nodiscard]] std::string study_markdown(const study_recipe& recipe, std::span<const network_rows> networks);
/// Every layer's figures, then the sums of each type (layer "all"), with a line of names.
[[nodiscard]] std::string study_csv(const study_recipe& recipe, std::span<const network_rows> networks);
/// A script for gnuplot: cycles and energy of the network, relative to the first variant.
[[nodiscard]] std::string study_chart(const study_recipe& recipe, std::span<const network_rows> networks);

}  // namespace eyeriss::sims
