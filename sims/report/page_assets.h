#pragma once

#include <string_view>

/// The parts of the report's pages, as the build put them into the program.
namespace eyeriss::sims::page_assets {

/// Templates with the places @@css@@, @@library@@, @@script@@ and @@data@@.
[[nodiscard]] std::string_view report_html();
[[nodiscard]] std::string_view diff_html();
[[nodiscard]] std::string_view page_css();
/// What draws the pages, from sims/report/page.
[[nodiscard]] std::string_view report_script();
[[nodiscard]] std::string_view diff_script();
/// Vega and its loader.
[[nodiscard]] std::string_view chart_library();

}  // namespace eyeriss::sims::page_assets
