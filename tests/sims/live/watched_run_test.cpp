#define BOOST_TEST_MODULE watched_run
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>

#include "tests/sims/live/http_client.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using nlohmann::json;

namespace {

/// `run --watch` in the background.
class watched_run {
public:
    explicit watched_run(const std::string& arguments)
        : code_(std::async(std::launch::async, [this, arguments] {
              const auto command = fmt::format(
                  "{} run --quiet --network lenet5 --out '{}' {} 2>'{}' </dev/null", EYERISS_VP_PROGRAM,
                  (folder_ / "out").string(), arguments, (folder_ / "err").string());
              const int status = std::system(command.c_str());
              return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
          })) {}

    std::uint16_t port() {
        const std::string before = "watch: http://127.0.0.1:";
        for (;;) {
            const auto text =
                std::filesystem::exists(folder_ / "err") ? test::read_text(folder_ / "err") : "";
            if (const auto at = text.find(before);
                at != std::string::npos && text.find('/', at + before.size()) != std::string::npos) {
                return static_cast<std::uint16_t>(std::stoul(text.substr(at + before.size())));
            }
            if (code_.wait_for(std::chrono::milliseconds(10)) == std::future_status::ready) {
                throw std::runtime_error("the program ended: " + text);
            }
        }
    }
    int exit_code() { return code_.get(); }
    [[nodiscard]] std::string file(const std::string& name) const {
        return test::read_text(folder_ / "out" / name);
    }

private:
    test::temporary_folder folder_;
    std::future<int> code_;
};

json text_of(const std::string& event) {
    return json::parse(event.substr(event.find("\ndata: ") + 7));
}

/// The next event of a kind for which `wanted` holds.
template <typename Wanted>
json await(test::http_client& viewer, const std::string& kind, Wanted wanted) {
    for (;;) {
        const auto event = viewer.next_event();
        if (!event.starts_with("event: " + kind + "\n")) continue;
        auto found = text_of(event);
        if (wanted(found)) return found;
    }
}

std::size_t layers_done(const json& data) {
    std::size_t done = 0;
    for (const auto& layer : data.at("summary").at("layers")) done += layer.at("done") == true ? 1 : 0;
    return done;
}

std::uint64_t bytes_over_time(const json& data) {
    std::uint64_t sum = 0;
    for (const auto& bytes : data.at("timeline").at("bytes").at("dram_read"))
        sum += bytes.get<std::uint64_t>();
    return sum;
}

std::uint64_t bytes_of_layers(const json& data) {
    std::uint64_t sum = 0;
    for (const auto& layer : data.at("summary").at("layers")) {
        if (layer.at("done") == true && layer.contains("bytes"))
            sum += layer.at("bytes").at("dram_read").get<std::uint64_t>();
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_viewers_step_a_paused_run_layer_by_layer_and_see_it_fill_in) {
    watched_run run("--watch --watch-paused");
    const auto port = run.port();
    test::http_client first(port);
    test::http_client second(port);
    test::http_client control(port);
    const auto page = control.get("/");
    BOOST_TEST(page.result_int() == 200U);
    BOOST_TEST(page.body().find("<script src=\"/live.js\"></script>") != std::string::npos);
    BOOST_TEST(control.get("/live.js").body().find("EventSource('/events')") != std::string::npos);
    first.follow("/events");
    second.follow("/events");
    await(first, "state", [](const json& s) { return s.at("paused") == true && s.at("layers") > 0; });
    for (std::size_t step = 1; step <= 2; ++step) {
        BOOST_TEST(control.post("/control", R"({"action":"step"})").result_int() == 204U);
        for (auto* viewer : {&first, &second}) {
            const auto data = await(*viewer, "data", [&](const json& d) { return layers_done(d) == step; });
            BOOST_TEST(data.at("schema") == "eyeriss_vp.report.1");
            BOOST_TEST(data.at("summary").at("layers").at(step - 1).at("cycles") > 0);
            BOOST_TEST(data.at("placements").at(0).is_array());
            BOOST_TEST(data.at("summary").at("layers").at(0).at("energy_uj").at("on_chip") > 0.0);
            BOOST_TEST(bytes_over_time(data) > 0U);
            BOOST_TEST(bytes_over_time(data) == bytes_of_layers(data));
        }
        await(first, "state", [&](const json& s) { return s.at("paused") == true && s.at("layer") == step; });
    }
    BOOST_TEST(control.post("/control", R"({"action":"dance"})").result_int() == 400U);
    BOOST_TEST(control.post("/control", "{").result_int() == 400U);
    BOOST_TEST(control.post("/control", R"({"action":"speed","simulated_us_per_s":-1})").result_int() ==
               400U);
    BOOST_TEST(control.post("/control", R"({"action":"go"})").result_int() == 204U);
    for (auto* viewer : {&first, &second}) {
        const auto last =
            await(*viewer, "data", [](const json& d) { return d.at("summary").at("complete") == true; });
        BOOST_TEST(last.at("summary").at("bit_exact") == true);
        BOOST_TEST(bytes_over_time(last) == last.at("summary").at("dram_read_bytes"));
    }
    BOOST_TEST(run.exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(results_are_the_same_bytes_watched_or_not) {
    watched_run watched("--watch");
    watched_run alone("");
    BOOST_TEST(watched.exit_code() == 0);
    BOOST_TEST(alone.exit_code() == 0);
    for (const char* name : {"layers.csv", "output.npy", "mappings.yaml", "action_counts.yaml", "uart.log"}) {
        BOOST_TEST(watched.file(name) == alone.file(name), name);
    }
    const auto summary = [](const watched_run& run) {
        auto text = json::parse(run.file("summary.json"));
        text.erase("wall_seconds");
        text.erase("host");
        return text.dump();
    };
    BOOST_TEST(summary(watched) == summary(alone));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_asked_to_hurry_less_and_then_more_ends_the_same) {
    watched_run run("--watch --watch-paused");
    test::http_client control(run.port());
    BOOST_TEST(control.post("/control", R"({"action":"speed","simulated_us_per_s":1000})").result_int() ==
               204U);
    BOOST_TEST(control.post("/control", R"({"action":"go"})").result_int() == 204U);
    BOOST_TEST(control.post("/control", R"({"action":"speed","simulated_us_per_s":0})").result_int() == 204U);
    BOOST_TEST(run.exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_named_before_anything_runs) {
    watched_run holder("--watch --watch-paused");
    const auto port = holder.port();
    const test::temporary_folder folder;
    const auto second = test::run_program(fmt::format("run --network lenet5 --out {} --watch --watch-port {}",
                                                      test::word(folder / "out"), port));
    BOOST_TEST(second.exit_code == 2);
    BOOST_TEST(second.err.find(fmt::format("--watch-port {0}: 127.0.0.1 port {0} cannot be had", port)) !=
                   std::string::npos,
               second.err);
    test::http_client control(port);
    BOOST_TEST(control.post("/control", R"({"action":"go"})").result_int() == 204U);
    BOOST_TEST(holder.exit_code() == 0);
}
