#include "sims/support/guard.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "firmware/compiler/compile_error.h"
#include "firmware/compiler/import_onnx.h"
#include "platform/elf.h"
#include "platform/machine_file.h"
#include "platform/part_file.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

bool is_users(const std::exception& error) {
    return dynamic_cast<const user_error*>(&error) != nullptr ||
           dynamic_cast<const platform::machine_error*>(&error) != nullptr ||
           dynamic_cast<const platform::elf_error*>(&error) != nullptr ||
           dynamic_cast<const platform::part_error*>(&error) != nullptr ||
           dynamic_cast<const compiler::import_error*>(&error) != nullptr ||
           dynamic_cast<const compiler::compile_error*>(&error) != nullptr ||
           dynamic_cast<const std::invalid_argument*>(&error) != nullptr;
}

}  // namespace

int guarded(const std::function<int()>& action) {
    try {
        return action();
    } catch (const std::exception& error) {
        fmt::print(stderr, "eyeriss-vp: {}\n", error.what());
        return is_users(error) ? exit_user : exit_failed_check;
    }
}

}  // namespace eyeriss::sims
