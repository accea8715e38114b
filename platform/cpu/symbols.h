#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace eyeriss::platform {

/// The functions of a program by address, from an executable's symbol table.
class symbols {
public:
    struct function {
        std::uint32_t address = 0;
        std::uint32_t bytes = 0;  ///< 0 for labels of assembly code, which reach to the next function
        std::string name;
    };

    symbols() = default;
    /// Reads FUNC symbols and code labels of an ELF32 file; none when it was stripped. Throws
    /// std::runtime_error with one line when the file cannot be read as ELF.
    explicit symbols(const std::filesystem::path& executable);
    explicit symbols(std::vector<function> functions);

    /// Index in functions() of the one that holds `address`; functions().size() when none does.
    [[nodiscard]] std::size_t at(std::uint32_t address) const;
    /// Name of a function by index, "?" for none.
    [[nodiscard]] std::string name(std::size_t index) const;
    /// "name+0x10", or the address alone where no function is.
    [[nodiscard]] std::string place(std::uint32_t address) const;
    [[nodiscard]] const std::vector<function>& functions() const { return functions_; }

private:
    void sort();

    std::vector<function> functions_;  ///< by rising address
};

}  // namespace eyeriss::platform
