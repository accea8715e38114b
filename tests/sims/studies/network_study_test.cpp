#define BOOST_TEST_MODULE network_study
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "firmware/compiler/compile_error.h"
#include "firmware/compiler/import_onnx.h"
#include "platform/machine_file.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/places.h"
#include "sims/networks/networks.h"
#include "sims/studies/study_recipes.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;

namespace {

constexpr const char* network = "lenet5";

compiler::graph graph_of_network() {
    const test::temporary_folder folder;
    const auto file = folder / "network.onnx";
    {
        std::ofstream out(file, std::ios::binary);
        BOOST_REQUIRE(networks::make_network(network).SerializeToOstream(&out));
    }
    return compiler::import_onnx(file);
}

std::vector<study_row> rows_of(std::span<const study_variant> variants) {
    return study_network(graph_of_network(), networks::default_input(network), variants,
                         read_energy_table(default_energy_file()));
}

const study_recipe& recipe_named(std::string_view name) {
    for (const auto& recipe : study_recipes()) {
        if (recipe.name == name) return recipe;
    }
    throw std::invalid_argument("no such recipe");
}

std::vector<study_variant> variants_of(const study_recipe& recipe) {
    std::vector<study_variant> variants;
    for (const auto& v : recipe.variants) {
        std::optional<std::filesystem::path> file;
        if (!v.machine.empty()) file = machine_file(v.machine);
        variants.push_back({v.name, platform::read_machine(file, v.settings).machine, v.own_mapping});
    }
    return variants;
}

std::string page() {
    std::ifstream in(std::filesystem::path(EYERISS_DOC_FOLDER) / "noc_study.md");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

// The rows of a small network; a long test runs the page's commands whole.
BOOST_AUTO_TEST_CASE(the_tables_of_the_page_are_those_of_the_command) {
    const auto text = page();
    for (const auto* name : {"layer-types", "multicast", "flat-mesh", "link-width", "modes"}) {
        const auto& recipe = recipe_named(name);
        const std::vector<network_rows> networks{{network, rows_of(variants_of(recipe))}};
        const auto table = study_markdown(recipe, networks);
        const auto rows = table.substr(table.find("\n| lenet5 "));
        BOOST_TEST(text.find(rows) != std::string::npos, name << " is not on the page as it is now:\n"
                                                              << table);
    }
}

BOOST_AUTO_TEST_CASE(no_layer_is_slower_on_a_crossbar_nor_faster_by_copies_or_on_fewer_planes) {
    const auto rows = rows_of(variants_of(recipe_named("layer-types")));
    const auto copies = rows_of(variants_of(recipe_named("multicast")));
    const auto of = [](std::span<const study_row> all, const std::string& layer, std::string_view on) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const study_row& row) {
            return row.layer == layer && row.variant == on;
        });
        BOOST_REQUIRE(found != all.end());
        return found->figures;
    };
    for (const auto& row : rows) {
        if (row.variant != "hm") continue;
        const double on_mesh = of(rows, row.layer, "mesh").cycles;
        BOOST_TEST(of(rows, row.layer, "crossbar").cycles <= on_mesh, row.layer);
        BOOST_TEST(of(rows, row.layer, "crossbar").cycles <= row.figures.cycles, row.layer);
        BOOST_TEST(of(rows, row.layer, "mesh, one plane").cycles >= on_mesh, row.layer);
        BOOST_TEST(of(copies, row.layer, "copies").cycles >= of(copies, row.layer, "tree").cycles, row.layer);
        // What buffers take comes on top of links, which are the same.
        BOOST_TEST(of(rows, row.layer, "mesh").noc_picojoules > row.figures.noc_picojoules, row.layer);
        // On one mapping the same operands reach the same PEs.
        BOOST_TEST(of(rows, row.layer, "crossbar").iacts_delivered() == row.figures.iacts_delivered());
    }
}

BOOST_AUTO_TEST_CASE(a_mapping_that_does_not_fit_a_variant_is_refused_by_layer_and_variant) {
    arch::machine small;
    small.noc.cluster_rows = small.noc.cluster_cols = 1;
    const std::vector<study_variant> variants{{"whole", {}, true}, {"small", small, false}};
    BOOST_CHECK_EXCEPTION((void)rows_of(variants), compiler::compile_error, [](const auto& error) {
        return std::string_view(error.what()).find("' on 'small': ") != std::string_view::npos;
    });
}
