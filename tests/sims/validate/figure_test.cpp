#define BOOST_TEST_MODULE validate_figure_test
#include "sims/validate/figure.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "sims/validate/published.h"
#include "sims/validate/report.h"
#include "sims/validate/run_set.h"

using namespace eyeriss::sims::validate;

BOOST_AUTO_TEST_CASE(a_bound_on_the_ratio_holds_at_its_edges_and_not_beyond) {
    figure f{"a.b", "what", "cycles", 200.0, standing::published, 180.0, {0.9, 1.1, true}, {}};
    BOOST_TEST(*f.ratio() == 0.9);
    BOOST_TEST((f.within() == true));
    f.model = 220.1;
    BOOST_TEST((f.within() == false));
    BOOST_TEST(f.needs_explanation());
    f.allowed = {std::nullopt, 1.2, true};
    BOOST_TEST((f.within() == true));
    BOOST_TEST(f.needs_explanation());
    f.model = 219.0;
    BOOST_TEST(!f.needs_explanation());
}

BOOST_AUTO_TEST_CASE(a_bound_on_the_value_needs_no_published_one) {
    figure f{"a.b", "what", "steps", std::nullopt, standing::derived, 0.0, {0.0, 0.0, false}, {}};
    BOOST_TEST(!f.ratio().has_value());
    BOOST_TEST((f.within() == true));
    f.model = 1;
    BOOST_TEST((f.within() == false));
    f.allowed = {};
    BOOST_TEST(!f.within().has_value());
}

BOOST_AUTO_TEST_CASE(json_has_every_key_and_null_where_there_is_nothing) {
    const figure f{"a.b", "what", "MB", 4.0, standing::second_hand, 5.0, {0.75, 1.25, true}, "why"};
    const auto json = to_json(f);
    BOOST_TEST(json.at("id") == "a.b");
    BOOST_TEST(json.at("published") == 4.0);
    BOOST_TEST(json.at("standing") == "S");
    BOOST_TEST(json.at("model") == 5.0);
    BOOST_TEST(json.at("ratio") == 1.25);
    BOOST_TEST(json.at("bound") == "0.75 to 1.25 x published");
    BOOST_TEST(json.at("within") == true);
    BOOST_TEST(json.at("explanation") == "why");
    auto without = f;
    without.published.reset();
    without.allowed = {};
    BOOST_TEST(to_json(without).at("published").is_null());
    BOOST_TEST(to_json(without).at("ratio").is_null());
    BOOST_TEST(to_json(without).at("within").is_null());
}

BOOST_AUTO_TEST_CASE(numbers_have_the_digits_that_their_size_calls_for) {
    BOOST_TEST(number_text(1234567) == "1,234,567");
    BOOST_TEST(number_text(-1234) == "-1,234");
    BOOST_TEST(number_text(717.6) == "717.6");
    BOOST_TEST(number_text(12.6) == "12.6");
    BOOST_TEST(number_text(0.9071) == "0.907");
    BOOST_TEST(percent_text(1.034) == "+3.4 %");
}

BOOST_AUTO_TEST_CASE(no_unverified_figure_is_a_bound_and_no_id_stands_twice) {
    std::set<std::string> ids;
    for (const auto& f : published_figures()) {
        BOOST_TEST(ids.insert(f.id).second, f.id << " stands twice");
        BOOST_TEST((f.from != standing::unverified || f.allowed.open()),
                   f.id << " is unverified and a bound");
    }
    BOOST_TEST(ids.size() > 50U);
    BOOST_CHECK_THROW((void)published("no.such.figure"), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_bar_in_a_cell_does_not_end_it) {
    section part{"Title", "Text.", {}, {{"Table", {"a", "b"}, {{"x|y", "z"}}}}, {}};
    BOOST_TEST(markdown(std::vector{part}).find("| x\\|y | z |") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_shape_in_words_is_read_back) {
    const auto s = parse_shape("G2 N1 M128 C48 H27 W31 R5 S3 E14 F16 stride 2x2 pad 2,1,2,2");
    BOOST_TEST(s.groups == 2U);
    BOOST_TEST(s.w == 31U);
    BOOST_TEST(s.stride_h == 2U);
    BOOST_TEST(s.pad_right == 2U);
    BOOST_CHECK_THROW((void)parse_shape("G2 N1 M128"), std::runtime_error);
    BOOST_CHECK_THROW((void)parse_shape("G2 N1 M128 C48 H27 W31 R5 S3 E15 F16 stride 2x2 pad 2,1,2,2"),
                      std::runtime_error);
}
