#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/arch/machine.h"
#include "models/energy/actions.h"
#include "models/faults/fault.h"
#include "models/pe/contents.h"

namespace eyeriss::glb {

/// A GLB cluster: iact banks that feed the iact routers, psum banks beside the psum routers, and the off-chip
/// port through which weights pass to the weight routers without being stored (JETCAS 9(2), 2019).
///
/// Banks have the machine's sizes; what does not fit is refused, never made room for. An iact bank is two
/// halves, so that one is filled while the other is read, or one whole where a layer says so.
class glb_cluster : public sc_core::sc_module {
public:
    sc_core::sc_vector<noc::stream_out<glb_cluster>> iact_out;    ///< one an iact bank
    sc_core::sc_vector<noc::stream_out<glb_cluster>> weight_out;  ///< one a PE row
    sc_core::sc_vector<noc::stream_out<glb_cluster>> psum_out;    ///< one a PE column: bank to router
    sc_core::sc_vector<noc::stream_in<glb_cluster>> psum_in;      ///< router to bank

    glb_cluster(sc_core::sc_module_name name, const arch::machine& m);

    void begin_layer(bool single_buffer);

    /// Empties a half of the iact banks (0 or 1; always 0 with a single buffer).
    void clear_iacts(unsigned half);
    /// Puts a row into a bank's half. False when the bank is too small.
    [[nodiscard]] bool load_iacts(unsigned half, unsigned bank, std::shared_ptr<pe::iact_row> row,
                                  std::uint32_t pes);
    /// A row in the banks and the PEs of a cluster that it goes to.
    struct stored_row {
        unsigned bank = 0;
        std::shared_ptr<pe::iact_row> row;
        std::uint32_t pes = 0;
        unsigned first_word = 0;  ///< within the bank
    };
    [[nodiscard]] const std::vector<stored_row>& rows(unsigned half) const { return halves_[half].rows; }

    /// Sends a stored row over its bank's router; the burst comes back with the PEs that took it, without its
    /// content, and is good until the next one is sent.
    const noc::burst& send_iacts(const stored_row& row);
    /// Sends a weight tile that arrived off-chip to PEs of a row and their copies in the neighbouring
    /// clusters; the burst comes back likewise.
    const noc::burst& send_weights(unsigned pe_row, std::shared_ptr<pe::weight_load> tile, std::uint32_t pes);
    /// Starts a chain at a PE column with these psums. Where it starts from zero nothing is sent: `words` is
    /// 0.
    void send_psums(unsigned column, std::shared_ptr<pe::psum_row> psums, std::uint64_t words);
    /// Psums that came out of a chain at this column's bank port since the last call.
    [[nodiscard]] std::shared_ptr<pe::psum_row> take_psums(unsigned column);

    /// Keeps unfinished psums under a number; false when the bank is too small.
    [[nodiscard]] bool store_psums(unsigned column, std::uint64_t slot, std::shared_ptr<pe::psum_row> psums);
    /// Takes them out again; null when there are none.
    [[nodiscard]] std::shared_ptr<pe::psum_row> fetch_psums(unsigned column, std::uint64_t slot);

    /// Inverts a bit of a bank's word in what is next read from there (faults::check; A-UPSET). Psum words
    /// are numbered in the order of the slots that the bank holds.
    void upset(faults::glb_bank memory, unsigned bank, unsigned word, unsigned bit) {
        upsets_.push_back({memory, bank, word, bit});
    }
    /// To be called before a half is read: what upsets and, with glb.ecc, check bits make of its rows.
    void strike_iacts(unsigned half);
    /// Bank in which check bits found an error that they could not correct, since begin_layer; psum banks
    /// count on from the iact banks.
    [[nodiscard]] std::optional<unsigned> uncorrectable_bank() const { return uncorrectable_; }
    /// Words that check bits corrected, and the bank of the last one, since begin_layer.
    [[nodiscard]] std::uint64_t corrected() const { return corrected_; }
    [[nodiscard]] unsigned corrected_bank() const { return corrected_bank_; }

    /// Bytes read from and written to the banks since begin_layer.
    [[nodiscard]] std::uint64_t read_bytes() const { return (read_bits_ + 7) / 8; }
    [[nodiscard]] std::uint64_t write_bytes() const { return (write_bits_ + 7) / 8; }
    /// Words of banks and of the off-chip port since begin_layer.
    [[nodiscard]] const energy::action_counts& actions() const { return actions_; }

protected:
    void end_of_elaboration() override;

private:
    const noc::burst& send(noc::stream_target& beyond, std::shared_ptr<noc::burst_content> content,
                           std::uint64_t words, std::uint32_t pes);
    void receive_psums(int column, noc::burst& b, sc_core::sc_time& delay);
    void strike_psums(unsigned column, std::uint64_t slot);
    /// Bits that are wrong in what is read of a bank's word, after correction; the word's upsets are over.
    [[nodiscard]] std::uint64_t take_wrong_bits(faults::glb_bank memory, unsigned bank, unsigned word,
                                                unsigned data_bits);

    struct pending_upset {
        faults::glb_bank memory;
        unsigned bank, word, bit;
    };
    struct half_buffer {
        std::vector<unsigned> used_words;  ///< of each bank
        std::vector<stored_row> rows;
    };
    struct psum_bank {
        std::uint64_t used_psums = 0;
        struct kept_row {
            std::uint64_t slot = 0;
            std::shared_ptr<pe::psum_row> psums;
        };
        std::vector<kept_row> rows;  ///< in the order of slots
        std::shared_ptr<pe::psum_row> arrived;
    };

    arch::machine m_;
    std::vector<noc::stream_target*> iact_targets_, weight_targets_, psum_targets_;  ///< of the ports
    noc::burst burst_;  ///< the last one sent; keeps the memory of its arrivals
    bool single_buffer_ = false;
    std::array<half_buffer, 2> halves_;
    std::vector<psum_bank> psum_banks_;
    std::uint64_t read_bits_ = 0, write_bits_ = 0;
    energy::action_counts actions_;
    std::vector<pending_upset> upsets_;
    std::optional<unsigned> uncorrectable_;
    std::uint64_t corrected_ = 0;
    unsigned corrected_bank_ = 0;
};

}  // namespace eyeriss::glb
