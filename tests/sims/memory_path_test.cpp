#define BOOST_TEST_MODULE memory_path
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deque>
#include <nlohmann/json.hpp>

#include "firmware/compiler/emit_image.h"
#include "models/abi/image.h"
#include "models/accelerator/dma.h"
#include "platform/part_file.h"
#include "platform/soc.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
#include "tests/models/dram/protocol_checker.h"
#include "tests/sims/program.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;

namespace {

/// A DRAM of one's own, as doc/own_dram.md shows it: 50 ns an access, one after the other.
class slow_memory : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<slow_memory> socket{"socket"};

    slow_memory(sc_core::sc_module_name name, std::uint64_t bytes) : sc_module(name), memory_(bytes) {
        socket.register_b_transport(this, &slow_memory::b_transport);
        socket.register_transport_dbg(this, &slow_memory::transport_dbg);
    }

    [[nodiscard]] std::uint64_t accesses() const { return accesses_; }

private:
    void b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
        if (dram::access(transaction, memory_.bytes(), dram::memory_rights::read_write)) {
            transaction.set_dmi_allowed(false);
            ++accesses_;
            const sc_core::sc_time now = sc_core::sc_time_stamp();
            free_ = std::max(free_, now + delay) + sc_core::sc_time(50, sc_core::SC_NS);
            delay = free_ - now;
        }
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& transaction) {
        return dram::debug_access(transaction, memory_.bytes());
    }

    dram::lazy_memory memory_;
    sc_core::sc_time free_;
    std::uint64_t accesses_ = 0;
};

/// LeNet-5 on a SoC with whatever memory: loaded after elaboration, run, and its output compared.
void run_lenet(const arch::machine& machine, const platform::soc_options& options) {
    const test::temporary_folder folder;
    const sims::content_cache cache((folder / "cache").string());
    const auto network = sims::find_network("lenet5", 1, cache);
    const auto image = sims::compile_network(network, machine, cache);
    const auto header = compiler::image_header(image.bytes);
    const auto shape = sims::shape_of(compiler::image_tensor(image.bytes, header.input_tensor));
    const auto input = sims::default_input("lenet5", shape, 1);
    const auto reference = sims::reference_for(network, input, cache);

    platform::soc soc("soc", machine, options);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    soc.load_elf(sims::firmware_file("run_network"));
    soc.write_memory(EYERISS_IMAGE_ADDRESS, image.bytes);
    for (const auto& patch : compiler::encode_input(image.bytes, input)) {
        soc.write_memory(EYERISS_IMAGE_ADDRESS + patch.offset, patch.bytes);
    }
    const auto outcome = soc.run();
    BOOST_TEST(outcome.exit_code.value_or(-1) == 0);
    const auto read = [&](std::uint32_t offset, std::span<std::uint8_t> bytes) {
        soc.read_memory(EYERISS_IMAGE_ADDRESS + offset, bytes);
    };
    const auto output =
        compiler::decode_tensor(read, compiler::image_tensor(image.bytes, header.output_tensor));
    BOOST_TEST(output == reference.tensors.at(header.output_tensor), boost::test_tools::per_element());
}

/// A checker of the base protocol between every pair of sockets at the interconnect.
struct checkers {
    std::deque<test::protocol_checker> all;

    tlm::tlm_base_target_socket_b<>& between(const std::string& name,
                                             tlm::tlm_base_target_socket_b<>& target) {
        auto& c = all.emplace_back(("check_" + name + std::to_string(all.size())).c_str());
        c.to_target.bind(target);
        return c.from_initiator;
    }
};

void run_checked(const std::string& part, unsigned channels, arch::memory_ports ports) {
    arch::machine machine;
    machine.dram.ports = ports;
    checkers between;
    platform::soc_options options;
    if (!part.empty()) {
        options.dram =
            platform::timed_dram{platform::read_part(platform::find_part(part, sims::parts_folder())), {}};
        options.dram->controller.channels = channels;
    }
    options.between = [&](const std::string& name, auto& target) -> auto& {
        return between.between(name, target);
    };
    run_lenet(machine, options);
    std::uint64_t finished = 0;
    for (const auto& c : between.all) {
        BOOST_TEST(c.fault() == "", c.name());
        BOOST_TEST(c.in_flight() == 0U, c.name());
        finished += c.finished();
    }
    BOOST_TEST((finished > 1000) == !part.empty());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_network_runs_on_a_memory_of_the_users_own_by_b_transport) {
    arch::machine machine;
    slow_memory memory("memory", machine.dram.capacity_mib << 20U);
    platform::soc_options options;
    options.own_memory = platform::own_dram{&memory.socket, false, 4096};
    run_lenet(machine, options);
    BOOST_TEST(memory.accesses() > 100U);
}

BOOST_AUTO_TEST_CASE(a_network_runs_on_a_memory_of_the_users_own_by_four_phases) {
    arch::machine machine;
    const auto part = platform::read_part(platform::find_part("ddr3-1600k-x16", sims::parts_folder()));
    dram::controller_options seen;
    seen.capacity_bytes = machine.dram.capacity_mib << 20U;
    dram::controller memory("memory", part, {}, seen);
    platform::soc_options options;
    options.own_memory = platform::own_dram{&memory.port(0), true, 8192};
    run_lenet(machine, options);
    BOOST_TEST(memory.port_counts(0).reads > 1000U);
}

BOOST_AUTO_TEST_CASE(every_socket_of_the_soc_keeps_the_base_protocol_on_the_ideal_memory) {
    run_checked("", 1, arch::memory_ports::shared);
}

BOOST_AUTO_TEST_CASE(every_socket_of_the_soc_keeps_the_base_protocol_on_two_channels_of_ddr4) {
    run_checked("ddr4-2400r-x8", 2, arch::memory_ports::shared);
}

BOOST_AUTO_TEST_CASE(every_socket_of_the_soc_keeps_the_base_protocol_with_a_port_a_cluster) {
    run_checked("lpddr4-3200-x16", 4, arch::memory_ports::split);
}

BOOST_AUTO_TEST_CASE(bursts_end_at_their_multiples_pages_and_4_kib) {
    accelerator::dma_options o;
    o.burst_bytes = 64;
    BOOST_TEST(accelerator::burst_end(10, 1000, o) == 64U);
    BOOST_TEST(accelerator::burst_end(64, 100, o) == 100U);
    o.burst_bytes = 4096;
    o.page_bytes = 2048;
    BOOST_TEST(accelerator::burst_end(2000, 9000, o) == 2048U);
    o.page_bytes = 8192;
    BOOST_TEST(accelerator::burst_end(4000, 9000, o) == 4096U);
}

BOOST_AUTO_TEST_CASE(a_strided_block_is_its_rows_in_order_and_rows_that_touch_are_one_stretch) {
    std::vector<std::uint8_t> into(2 * 3 * 10);
    const auto list = accelerator::stretches({100, 10, 3, 16, 2, 1000}, into);
    BOOST_REQUIRE(list.size() == 6U);
    for (unsigned i = 0; i < 6; ++i) {
        BOOST_TEST(list[i].offset == 100 + i / 3 * 1000 + i % 3 * 16);
        BOOST_TEST(list[i].bytes.data() == into.data() + std::size_t{10} * i);
        BOOST_TEST(list[i].bytes.size() == 10U);
    }
    BOOST_TEST(accelerator::stretches({0, 10, 3, 10, 1, 0}, into).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_run_leaves_a_trace_that_dram_replays_byte_for_byte) {
    const test::temporary_folder folder;
    const std::string part = " --set dram.model=ddr4-2400r-x8 --set dram.channels=2 ";
    const auto ran =
        test::run_program("run --network lenet5 --quiet --json" + part + "--out " +
                          test::word(folder / "out") + " --record-dram " + test::word(folder / "trace"));
    BOOST_REQUIRE(ran.exit_code == 0);
    const auto summary = nlohmann::json::parse(ran.out);
    const auto replayed = test::run_program("dram --part ddr4-2400r-x8 --channels 2 --json --trace " +
                                            test::word(folder / "trace"));
    BOOST_REQUIRE(replayed.exit_code == 0);
    std::uint64_t requests = 0;
    for (const auto& i : summary.at("memory").at("initiators")) {
        requests += i.at("reads").get<std::uint64_t>() + i.at("writes").get<std::uint64_t>();
    }
    BOOST_TEST(requests > 1000U);
    BOOST_TEST(nlohmann::json::parse(replayed.out).at("requests").get<std::uint64_t>() == requests);
}
