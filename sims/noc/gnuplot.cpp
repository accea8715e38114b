#include "sims/noc/gnuplot.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>
#include <system_error>

#include "sims/support/error.h"

namespace eyeriss::sims {

void draw_svg(const char* option, const std::filesystem::path& svg, unsigned width, unsigned height,
              const std::string& script) {
    constexpr int shell_found_nothing = 127;
    auto part = svg;
    part += ".part";
    const std::string text =
        fmt::format("set terminal svg size {},{} background 'white'\nset output '{}'\n{}\nset output\n",
                    width, height, part.string(), script);
    std::FILE* gnuplot = popen("gnuplot >/dev/null 2>&1", "w");
    if (gnuplot == nullptr) throw user_error(fmt::format("{}: gnuplot cannot be started", option));
    const bool written = std::fwrite(text.data(), 1, text.size(), gnuplot) == text.size();
    const int status = pclose(gnuplot);
    if (WIFEXITED(status) && WEXITSTATUS(status) == shell_found_nothing) {
        throw user_error(fmt::format("{}: expects gnuplot, which is not installed", option));
    }
    const bool drawn = written && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::error_code error;
    if (drawn) std::filesystem::rename(part, svg, error);
    if (!drawn || error) {
        std::error_code ignored;
        std::filesystem::remove(part, ignored);
        throw user_error(fmt::format("{}: gnuplot could not draw {}", option, svg.string()));
    }
}

}  // namespace eyeriss::sims
