#include "sims/dram/dram_choice.h"

#include <fmt/format.h>

#include "platform/part_file.h"
#include "sims/inputs/places.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

void check(const arch::dram_parameters& dram, const dram::part& part) {
    if (const auto wrong = dram::check(dram.controller, part); !wrong.empty()) {
        throw user_error(fmt::format("dram.{}", wrong));
    }
    const std::uint64_t most =
        (part.geometry.rank_bytes() >> 20U) * dram.controller.channels * dram.controller.ranks;
    if (dram.capacity_mib > most) {
        throw user_error(fmt::format(
            "dram.capacity_mib is {}: expects at most {}, which dram.channels x dram.ranks of {} hold",
            dram.capacity_mib, most, part.name));
    }
    try {
        const dram::address_mapping mapping(dram.controller.mapping, part, dram.controller.channels,
                                            dram.controller.ranks);
    } catch (const std::invalid_argument& wrong) {
        throw user_error(fmt::format("dram.{}", wrong.what()));
    }
}

}  // namespace

std::optional<platform::timed_dram> chosen_dram(const arch::machine& machine) {
    if (machine.dram.model != arch::dram_model::part) {
        return std::nullopt;
    }
    std::filesystem::path file;
    try {
        file = platform::find_part(machine.dram.part, parts_folder());
    } catch (const platform::part_error& wrong) {
        throw user_error(fmt::format("dram.model: {}; or ideal or bandwidth", wrong.what()));
    }
    platform::timed_dram out{platform::read_part(file), machine.dram.controller};
    check(machine.dram, out.part);
    return out;
}

}  // namespace eyeriss::sims
