#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "platform/debug/gdb_server.h"
#include "tests/platform/debug/rsp_client.h"
#include "tests/platform/image_bench.h"

namespace eyeriss::test {

/// A SoC that runs words of code from the start of DRAM with x5 at `data`, and the stub that clients speak
/// to.
class stub_bench {
public:
    static constexpr std::uint32_t code = 0x80000000, data = 0x80001000;

    explicit stub_bench(const std::vector<std::uint32_t>& words, unsigned harts = 1)
        : bench_("", machine_of(harts)),
          server_(bench_.soc, {.report = [this](const std::string& line) { reports.push_back(line); }}) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            bench_.set_word(code + 4 * static_cast<std::uint32_t>(i), words[i]);
        }
        for (unsigned hart = 0; hart < harts; ++hart) {
            bench_.soc.cpu(hart).set_pc(code);
            bench_.soc.cpu(hart).set_reg(5, data);
        }
    }

    /// Runs the program for a script that connects to the port as it likes, in a thread of its own. The run
    /// ends when the script does, and with it the simulation; what the script throws comes out here.
    platform::run_result serve(const std::function<void(std::uint16_t port)>& script) {
        std::atomic<bool> done = false;
        auto client = std::async(std::launch::async, [&] {
            const struct guard {
                std::atomic<bool>& flag;
                ~guard() { flag = true; }
            } ends{done};
            script(server_.port());
        });
        if (!server_.wait_for_client()) {
            throw std::runtime_error("no client has come");
        }
        const auto result = bench_.soc.run(
            {.interrupted = [&] { return server_.poll() || done; }, .idle = [&] { return server_.idle(); }});
        server_.finished(result.exit_code.value_or(1));
        client.get();
        return result;
    }
    [[nodiscard]] platform::soc& soc() { return bench_.soc; }
    [[nodiscard]] platform::gdb_server& server() { return server_; }

    std::vector<std::string> reports;  ///< what the stub tells people; to be read after serve()

private:
    static arch::machine machine_of(unsigned harts) {
        arch::machine machine;
        machine.core.harts = harts;
        machine.dram.capacity_mib = 128;
        return machine;
    }

    image_bench bench_;
    platform::gdb_server server_;
};

}  // namespace eyeriss::test
