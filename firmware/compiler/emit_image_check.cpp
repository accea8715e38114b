#include "firmware/compiler/emit_image_check.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

#include "firmware/compiler/compile_error.h"
#include "models/abi/image.h"

namespace eyeriss::compiler {

namespace {

constexpr std::size_t table_entries = 256;

template <typename... Args>
[[noreturn]] void refuse(const layer& l, fmt::format_string<Args...> text, Args&&... args) {
    throw compile_error(
        fmt::format("layer '{}': {}", l.name, fmt::format(text, std::forward<Args>(args)...)));
}

std::string shape_text(unsigned n, unsigned c, unsigned h, unsigned w) {
    return fmt::format("{}x{}x{}x{}", n, c, h, w);
}

class graph_checker {
public:
    explicit graph_checker(const graph& g) : g_(g), made_(g.tensors.size()) {}

    void run() {
        for (const tensor& t : g_.tensors) check(t);
        if (g_.input >= made_.size() || g_.output >= made_.size()) {
            throw compile_error(fmt::format("network '{}': input or output is none of its {} tensors",
                                            g_.name, made_.size()));
        }
        made_[g_.input] = true;
        for (const layer& l : g_.layers) {
            check(l);
            made_[l.output] = true;
        }
        if (!made_[g_.output]) {
            throw compile_error(fmt::format("network '{}': no layer makes its output", g_.name));
        }
    }

private:
    static void check(const tensor& t) {
        for (const unsigned extent : {t.n, t.c, t.h, t.w}) {
            if (extent == 0 || extent > EYERISS_MAX_DIM) {
                throw compile_error(fmt::format("tensor '{}' of {}: extents go from 1 to {}", t.name,
                                                shape_text(t.n, t.c, t.h, t.w), EYERISS_MAX_DIM));
            }
        }
    }

    void check(const layer& l) {
        if (l.inputs.empty() || l.inputs.size() > EYERISS_MAX_INPUTS) {
            refuse(l, "{} inputs; a layer has 1 to {}", l.inputs.size(), EYERISS_MAX_INPUTS);
        }
        for (const tensor_id id : l.inputs) {
            if (id >= made_.size() || !made_[id]) refuse(l, "input {} is not made before it is used", id);
        }
        if (l.output >= made_.size() || made_[l.output]) {
            refuse(l, "output {} is no tensor of its own", l.output);
        }
        std::visit([&](const auto& op) { check(l, op); }, l.op);
    }

    void check(const layer& l, const conv_op& op) const {
        inputs(l, 1);
        const auto& s = op.shape;
        if (const auto wrong = s.check(); !wrong.empty()) refuse(l, "{}", wrong);
        const tensor& in = g_.tensors[l.inputs[0]];
        const tensor& out = g_.tensors[l.output];
        if (in.type == dtype::i32) refuse(l, "its input '{}' holds accumulators, not bytes", in.name);
        if (in.n != s.batch || in.c != s.channels_in() || in.h != s.h || in.w != s.w) {
            refuse(l, "input '{}' is {} where the layer reads {}", in.name,
                   shape_text(in.n, in.c, in.h, in.w), shape_text(s.batch, s.channels_in(), s.h, s.w));
        }
        if (out.n != s.batch || out.c != s.channels_out() || out.h != s.e() || out.w != s.f()) {
            refuse(l, "output '{}' is {} where the layer makes {}", out.name,
                   shape_text(out.n, out.c, out.h, out.w),
                   shape_text(s.batch, s.channels_out(), s.e(), s.f()));
        }
        if (op.accumulators != (out.type == dtype::i32)) {
            refuse(l, "output '{}' must be i32 exactly where the layer leaves its sums as they are",
                   out.name);
        }
        size(l, "weights", op.weights.size(), std::size_t{s.groups} * s.m * s.c * s.r * s.s);
        size(l, "biases", op.bias.size(), s.channels_out());
        if (!op.accumulators) size(l, "scales", op.scale.size(), s.channels_out());
    }
    void check(const layer& l, const pool_op& op) const {
        inputs(l, 1);
        if (op.kernel_h == 0 || op.kernel_w == 0 || op.stride_h == 0 || op.stride_w == 0) {
            refuse(l, "kernel and stride of a pooling must be at least 1");
        }
    }
    void check(const layer& l, const add_op&) const { inputs(l, 2); }
    void check(const layer& l, const concat_op& op) const {
        size(l, "tables", op.tables.size(), l.inputs.size());
        for (const auto& table : op.tables) {
            if (!table.empty()) size(l, "entries in a table", table.size(), table_entries);
        }
    }
    void check(const layer& l, const requant_op& op) const {
        inputs(l, 1);
        size(l, "entries in its table", op.table.size(), table_entries);
    }
    void check(const layer& l, const softmax_op& op) const {
        inputs(l, 1);
        size(l, "entries in its table", op.exp_q20.size(), table_entries);
    }
    void check(const layer& l, const reshape_op&) const {
        inputs(l, 1);
        size(l, "elements", g_.tensors[l.output].elements(), g_.tensors[l.inputs[0]].elements());
    }

    static void inputs(const layer& l, std::size_t count) { size(l, "inputs", l.inputs.size(), count); }
    static void size(const layer& l, const char* what, std::size_t is, std::size_t should) {
        if (is != should) refuse(l, "{} {} where there must be {}", is, what, should);
    }

    const graph& g_;
    std::vector<bool> made_;
};

}  // namespace

void check_graph(const graph& g) {
    graph_checker(g).run();
}

}  // namespace eyeriss::compiler
