#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sims/validate/figure.h"
#include "sims/validate/run_set.h"

/// Topics of the validation: rules that make figures and tables from runs.
namespace eyeriss::sims::validate {

/// How one figure is made. `needs` are runs that can be simulated beforehand, several at a time.
struct figure_rule {
    std::string id;
    std::vector<run_key> needs;
    std::function<figure(run_set&)> make;
};

/// A table and the rules that its runs broke.
struct checked_table {
    text_table table;
    std::vector<std::string> failures;
};

struct table_rule {
    std::string id;
    std::vector<run_key> needs;
    std::function<checked_table(run_set&)> make;
};

struct topic {
    std::string id, title, introduction;
    std::vector<figure_rule> figures;
    std::vector<table_rule> tables;
};

/// Cycles, traffic and ratios of the networks on v2 and v1.5, with ideal memory.
[[nodiscard]] topic networks_topic();
/// The first Eyeriss scaled to v2, one bus width fitted.
[[nodiscard]] topic scaled_v1_topic();
/// v2 over v1 by the size of the array, on analytical bounds.
[[nodiscard]] topic scaling_topic();
/// AlexNet's convolutions on the 168-PE chip.
[[nodiscard]] topic v1_chip_topic();
/// Inferences a joule, shares and efficiencies.
[[nodiscard]] topic energy_topic();
/// Floors layer by layer.
[[nodiscard]] topic floors_topic();
/// Each assumption at its other setting.
[[nodiscard]] topic sensitivity_topic();
/// Off-chip bandwidth from 6.4 to 51.2 GB/s.
[[nodiscard]] topic bandwidth_topic();
/// Slow-down behind timed DRAM against ideal memory.
[[nodiscard]] topic memory_path_topic();

/// All of them, in the order of the report.
[[nodiscard]] std::vector<topic> topics();

}  // namespace eyeriss::sims::validate
