#define BOOST_TEST_MODULE places
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "sims/inputs/places.h"
#include "sims/support/error.h"

using namespace eyeriss;

BOOST_AUTO_TEST_CASE(a_machine_that_comes_along_is_found_by_name) {
    const auto file = sims::machine_file("array_256");
    BOOST_TEST(file.is_absolute());
    BOOST_TEST(file.filename().string() == "array_256.yaml");
    BOOST_TEST(std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(a_path_to_a_machine_stays_as_it_is) {
    BOOST_TEST(sims::machine_file("mine.yaml").string() == "mine.yaml");
    BOOST_TEST(sims::machine_file("machines/array_256").string() == "machines/array_256");
}

BOOST_AUTO_TEST_CASE(an_unknown_machine_is_answered_with_those_that_there_are) {
    BOOST_CHECK_EXCEPTION(
        sims::machine_file("array_265"), sims::user_error, [](const sims::user_error& error) {
            const std::string text = error.what();
            return text.find("machine array_265") == 0 && text.find("array_256") != std::string::npos &&
                   text.find("eyeriss_v2") != std::string::npos;
        });
}
