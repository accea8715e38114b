#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "firmware/compiler/mapper.h"
#include "firmware/compiler/mapper_search.h"
#include "firmware/compiler/predict.h"

namespace eyeriss::compiler {

/// How much of each mapping is timed. A pass of a large array does more, and a layer has fewer of them:
/// beyond 256 PEs fewer passes are looked at, and beyond 1024 fewer candidates, so that a search takes about
/// as long on any array.
struct search_effort {
    explicit search_effort(unsigned pes);
    std::uint64_t first_look, second_look, final_look;  ///< passes
    std::size_t candidates;                             ///< that are looked at
};

/// Times candidates by the accelerator's cycle functions (predict.h, predict_actions.h), all roughly and the
/// best ones well, and keeps the one of the least score.
class contest {
public:
    /// Keeps references to the arguments.
    contest(const conv_op& op, const arch::machine& m, const calibration& data, const search_goal& goal);

    /// Compares candidates, in the order of their estimates, with the best so far; so many of them on all
    /// passes.
    void enter(const std::vector<ranked_mapping>& candidates, std::size_t finalists);
    /// Compares the mapping that another search chose.
    void enter(const mapping_choice& other);

    /// The best so far; one must have been entered. Its counts are empty.
    [[nodiscard]] const mapping_choice& choice() const { return best_; }
    /// No mapping that is bound to score as much can be better. An extrapolated score is no exact one and
    /// leaves a margin.
    [[nodiscard]] double limit() const;

private:
    static constexpr double unknown = std::numeric_limits<double>::infinity();

    /// A candidate under comparison.
    struct entrant {
        double score = 0;
        std::size_t index = 0;  ///< among the candidates
        prediction time;
        double picojoules = 0;
        bool whole = false;  ///< every pass was looked at
    };

    [[nodiscard]] bool is_open(const ranked_mapping& candidate) const;
    /// Looks at so many passes of a candidate, unless all of them have been. Gives up where all of them count
    /// and add up to more than `limit`; the score is then above it.
    void look(entrant& e, const ranked_mapping& candidate, std::uint64_t passes, double limit);
    [[nodiscard]] std::vector<entrant> look_at_all(const std::vector<ranked_mapping>& candidates,
                                                   std::size_t keep);
    void take(const entrant& e, const ranked_mapping& candidate);

    const conv_op& op_;
    const arch::machine& m_;
    const calibration& data_;
    const search_goal& goal_;
    search_effort effort_;
    mapping_choice best_;
    double best_score_ = unknown;
};

}  // namespace eyeriss::compiler
