#include "sims/support/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace eyeriss::sims {
namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

text_styles styles_of(int descriptor) {
    const bool coloured =
        isatty(descriptor) == 1 && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
    if (!coloured) return {};
    return {"\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m"};
}

unsigned terminal_columns(int descriptor) {
    constexpr unsigned usual = 80;
    winsize size{};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : usual;
}

}  // namespace eyeriss::sims
