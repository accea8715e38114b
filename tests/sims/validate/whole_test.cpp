#define BOOST_TEST_MODULE validate_whole_test
#include <boost/test/unit_test.hpp>

#include "tests/sims/program.h"

using namespace eyeriss;

BOOST_AUTO_TEST_CASE(all_of_the_committed_report_is_what_the_model_says_today) {
    const test::temporary_folder folder;
    const auto ran = test::run_program("validate --quiet --output " + test::word(folder / "out"));
    BOOST_TEST(ran.exit_code == 0, ran.err);
    for (const std::string name : {"validation.json", "validation.md"}) {
        BOOST_TEST((test::read_text(folder / "out" / name) ==
                    test::read_text(std::filesystem::path(EYERISS_DOC_FOLDER) / name)),
                   "doc/" << name << " is not current: eyeriss-vp validate makes it anew");
    }
}
