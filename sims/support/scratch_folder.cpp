#include "sims/support/scratch_folder.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace eyeriss::sims {

scratch_folder::scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "eyeriss-vp-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder could be made");
    }
    path_ = name;
}

scratch_folder::~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace eyeriss::sims
