#include <fmt/format.h>

#include <memory>

#include "sims/commands/command.h"
#include "sims/commands/registers_text.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

void add_regs(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("regs", "Print the accelerator's registers and fields");
    auto format = std::make_shared<std::string>("md");
    command->add_option("--format", *format, "md: a page; svd: CMSIS-SVD for debuggers; json [md]")
        ->check(CLI::IsMember({"md", "svd", "json"}));
    command->callback([&common, &chosen, format] {
        chosen = [&common, format] {
            const bool json = common.json || *format == "json";
            fmt::print("{}", json               ? registers_json()
                             : *format == "svd" ? registers_svd()
                                                : registers_markdown());
            return exit_success;
        };
    });
}

}  // namespace eyeriss::sims
