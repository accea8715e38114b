#include "platform/cpu/symbols.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace eyeriss::platform {

namespace {

struct open_file {
    explicit open_file(const std::filesystem::path& path)
        : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (descriptor >= 0) {
            close(descriptor);
        }
    }
    int descriptor;
};

struct end_elf {
    void operator()(Elf* elf) const { elf_end(elf); }
};
using elf_handle = std::unique_ptr<Elf, end_elf>;

// Linkers leave labels of assembly code without a type; those of mapping symbols begin with '$', local ones
// with '.'.
bool names_code(Elf* elf, const GElf_Sym& symbol, const char* name) {
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= SHN_LORESERVE || name == nullptr ||
        *name == '\0' || *name == '$' || *name == '.') {
        return false;
    }
    if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC) {
        return true;
    }
    GElf_Shdr section;
    Elf_Scn* place = elf_getscn(elf, symbol.st_shndx);
    return GELF_ST_TYPE(symbol.st_info) == STT_NOTYPE && place != nullptr &&
           gelf_getshdr(place, &section) != nullptr && (section.sh_flags & SHF_EXECINSTR) != 0;
}

void add_table(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::vector<symbols::function>& out) {
    Elf_Data* data = elf_getdata(section, nullptr);
    const auto count = header.sh_entsize == 0 ? 0 : static_cast<int>(header.sh_size / header.sh_entsize);
    for (int i = 0; data != nullptr && i < count; ++i) {
        GElf_Sym symbol;
        if (gelf_getsym(data, i, &symbol) == nullptr) {
            return;
        }
        const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
        if (names_code(elf, symbol, name)) {
            out.push_back({static_cast<std::uint32_t>(symbol.st_value),
                           static_cast<std::uint32_t>(symbol.st_size), name});
        }
    }
}

}  // namespace

symbols::symbols(const std::filesystem::path& executable) {
    elf_version(EV_CURRENT);
    const open_file file(executable);
    const elf_handle elf(file.descriptor < 0 ? nullptr : elf_begin(file.descriptor, ELF_C_READ, nullptr));
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF) {
        throw std::runtime_error(
            fmt::format("{}: has no symbols to read: expects an ELF file", executable.string()));
    }
    Elf_Scn* section = nullptr;
    while ((section = elf_nextscn(elf.get(), section)) != nullptr) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_SYMTAB) {
            add_table(elf.get(), section, header, functions_);
        }
    }
    sort();
}

symbols::symbols(std::vector<function> functions) : functions_(std::move(functions)) {
    sort();
}

// Of several at one address the one with a size goes first, and stays.
void symbols::sort() {
    std::sort(functions_.begin(), functions_.end(), [](const function& a, const function& b) {
        return std::tuple(a.address, ~a.bytes, a.name) < std::tuple(b.address, ~b.bytes, b.name);
    });
    const auto same = [](const function& a, const function& b) { return a.address == b.address; };
    functions_.erase(std::unique(functions_.begin(), functions_.end(), same), functions_.end());
}

std::size_t symbols::at(std::uint32_t address) const {
    const auto above =
        std::upper_bound(functions_.begin(), functions_.end(), address,
                         [](std::uint32_t value, const function& f) { return value < f.address; });
    if (above == functions_.begin()) {
        return functions_.size();
    }
    const auto& found = *std::prev(above);
    const bool inside = found.bytes == 0 || address - found.address < found.bytes;
    return inside ? static_cast<std::size_t>(std::distance(functions_.begin(), above)) - 1
                  : functions_.size();
}

std::string symbols::name(std::size_t index) const {
    return index < functions_.size() ? functions_[index].name : "?";
}

std::string symbols::place(std::uint32_t address) const {
    const std::size_t index = at(address);
    return index < functions_.size()
               ? fmt::format("{}+{:#x}", functions_[index].name, address - functions_[index].address)
               : fmt::format("{:#010x}", address);
}

}  // namespace eyeriss::platform
