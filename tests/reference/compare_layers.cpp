// Holds the accelerator against the reference on random layers and prints, for each kind of difference, how
// many layers show it and small cases that do.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "tests/reference/layer_comparison.h"

namespace {

using namespace eyeriss;
using namespace eyeriss::reference;

constexpr std::array<const char*, 6> kind_names{"none", "failure", "values", "total", "ledgers", "ports"};

void set(arch::machine& m, const std::string& assignment) {
    const auto equals = assignment.find('=');
    for (const arch::parameter& p : arch::parameters())
        if (p.key == assignment.substr(0, equals)) return p.set(m, assignment.substr(equals + 1));
    throw CLI::ValidationError("--set", "unknown key in " + assignment);
}

void print(const layer_case& c, const comparison& found) {
    fmt::print("{}: {}\n{}", kind_names[static_cast<std::size_t>(found.kind)], c.text(), found.text);
    const auto list = [](const char* name, const std::vector<int>& values) {
        constexpr std::size_t most = 64;
        if (values.size() <= most) fmt::print("  {} {}\n", name, fmt::join(values, " "));
    };
    list("iacts", c.iacts);
    list("weights", c.weights);
}

struct options {
    int layers = 300, shown = 2;
    std::uint64_t seed = 20260110;
    std::vector<std::string> settings;
};

void run_all(test::layer_bench& bench, const options& o, const arch::machine& m) {
    std::mt19937_64 random(o.seed);
    std::map<difference, int> seen;
    for (int i = 0; i < o.layers; ++i) {
        const layer_case c = random_case(random, m);
        const comparison found = compare(bench, c, m);
        if (++seen[found.kind] > o.shown || found.kind == difference::none) continue;
        fmt::print("layer {} ", i);
        const layer_case small = shrink(bench, c, found.kind, m);
        print(small, compare(bench, small, m));
    }
    for (const auto& [kind, count] : seen)
        fmt::print("{}: {} of {}\n", kind_names[static_cast<std::size_t>(kind)], count, o.layers);
}

}  // namespace

int sc_main(int argc, char** argv) {
    options o;
    CLI::App app("Compare the accelerator with the cycle-stepped reference on random layers");
    app.add_option("--layers", o.layers);
    app.add_option("--shown", o.shown, "cases shown of each kind");
    app.add_option("--seed", o.seed);
    app.add_option("--set", o.settings, "key=value of the machine");
    CLI11_PARSE(app, argc, argv);
    arch::machine m;
    for (const std::string& s : o.settings) set(m, s);
    test::play(m, accelerator::timing::timed, [&](test::layer_bench& bench) { run_all(bench, o, m); });
    return 0;
}
