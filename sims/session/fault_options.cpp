#include "sims/session/fault_options.h"

#include <fmt/format.h>

#include <stdexcept>

#include "models/faults/fault_text.h"
#include "platform/faults/fault_file.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

void add_fault_options(CLI::App& command, fault_options& options) {
    command.add_option("--fault", options.specs,
                       "A fault, e.g. dram-flip,address=0x84000100,bit=3,at=10us; can be repeated");
    command.add_option("--faults", options.file, "YAML file with a list of faults");
}

std::vector<faults::fault> read_faults(const fault_options& options, const arch::machine& m) {
    std::vector<faults::fault> list;
    try {
        for (const auto& spec : options.specs) list.push_back(faults::parse_fault(spec));
    } catch (const std::invalid_argument& e) {
        throw user_error(fmt::format("--fault: {}", e.what()));
    }
    try {
        if (!options.file.empty()) {
            const auto more = platform::read_fault_file(options.file);
            list.insert(list.end(), more.begin(), more.end());
        }
    } catch (const std::invalid_argument& e) {
        throw user_error(fmt::format("--faults: {}", e.what()));
    }
    for (const auto& f : list) {
        if (const auto wrong = faults::check(f, m); !wrong.empty()) {
            throw user_error(fmt::format("fault '{}': {}", faults::to_text(f), wrong));
        }
    }
    return list;
}

void arm(const std::vector<faults::fault>& list, platform::soc& soc) {
    try {
        for (const auto& f : list) {
            soc.faults().inject(f);
            soc.outside().note("fault", faults::to_text(f));
        }
    } catch (const std::invalid_argument& e) {
        throw user_error(e.what());
    }
}

std::string idle_report(platform::soc& soc) {
    return fmt::format("nothing is pending and every hart sleeps: {}", fmt::join(soc.waiting_report(), "; "));
}

}  // namespace eyeriss::sims
