#include "sims/session/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace eyeriss::sims {
namespace {

constexpr unsigned bar_columns = 20;
constexpr unsigned widest = 100;

std::string minutes(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::llround(std::max(seconds, 0.0)));
    const auto rest = whole % 3600;
    return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                        : fmt::format("{}:{:02}:{:02}", whole / 3600, rest / 60, rest % 60);
}

std::string speed(double cycles_per_second) {
    return cycles_per_second < 1e6 ? fmt::format("{:.1f} kcycles/s", cycles_per_second / 1e3)
                                   : fmt::format("{:.2f} Mcycles/s", cycles_per_second / 1e6);
}

std::string short_name(const std::string& name, std::size_t room) {
    if (name.size() <= room) return name;
    return room < 3 ? std::string() : name.substr(0, room - 2) + "..";
}

}  // namespace

std::string progress_text(const progress& p, unsigned columns, const text_styles& styles) {
    const std::size_t room = std::min(columns, widest);
    const auto filled = static_cast<std::size_t>(std::clamp(p.share, 0.0, 1.0) * bar_columns);
    const auto bar = fmt::format("[{}{}] ", std::string(filled, '#'), std::string(bar_columns - filled, '-'));
    const auto place = fmt::format("{}/{} ", std::min(p.layer + 1, p.layers), p.layers);
    auto rest = fmt::format(" {:.3f} ms, {}", p.simulated_seconds * 1e3, speed(p.cycles_per_second));
    if (p.seconds_left) rest += fmt::format(", {} left", minutes(*p.seconds_left));
    const bool with_bar = bar.size() + place.size() + 8 + rest.size() <= room;
    const std::size_t others = (with_bar ? bar.size() : 0) + place.size();
    if (others >= room) return place.substr(0, room);
    const auto name =
        short_name(p.name, others + rest.size() < room ? room - others - rest.size() : room - others);
    if (others + name.size() + rest.size() > room) rest.clear();
    return fmt::format("{}{}{}{}{}{}{}{}", styles.dim, with_bar ? bar : "", styles.plain, place, styles.bold,
                       name, styles.plain, rest);
}

void progress_line::layer_begins(std::size_t layer, double simulated_seconds, const layer_log& log) {
    if (layer >= log.size()) return;
    std::uint64_t done = 0;
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
        all += log.macs(i);
        done += i < layer ? log.macs(i) : 0;
    }
    progress_.layer = layer;
    progress_.layers = log.size();
    progress_.name = log.name(layer);
    progress_.share = all == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(all);
    progress_.simulated_seconds = simulated_seconds;
    show();
}

void progress_line::passed(double simulated_seconds) {
    constexpr double every_seconds = 0.1;
    progress_.simulated_seconds = simulated_seconds;
    if (progress_.layers != 0 && watch_.wall_seconds() >= shown_at_ + every_seconds) show();
}

void progress_line::show() {
    constexpr double enough_seconds = 0.5;  // before that no time left can be told
    const double wall = watch_.wall_seconds();
    shown_at_ = wall;
    progress_.cycles_per_second = wall > 0 ? progress_.simulated_seconds * clock_mhz_ * 1e6 / wall : 0.0;
    progress_.seconds_left.reset();
    if (wall >= enough_seconds && progress_.share > 0) {
        progress_.seconds_left = wall * (1 - progress_.share) / progress_.share;
    }
    // One column stays free: some terminals begin a new line when the last is written.
    const unsigned columns = terminal_columns(STDERR_FILENO) - 1;
    fmt::print(stderr, "\r{}\033[K", progress_text(progress_, columns, styles_of(STDERR_FILENO)));
    std::fflush(stderr);
}

void progress_line::ended() {
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
}

}  // namespace eyeriss::sims
