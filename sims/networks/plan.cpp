#include "sims/networks/plan.h"

#include <utility>

namespace eyeriss::networks {

plan::extent plan::of(value_id value) const {
    if (value == 0) {
        return {channels_, side_, side_};
    }
    const plan_node& node = nodes_.at(value - 1);
    return {node.c, node.h, node.w};
}

value_id plan::add(std::string name, std::vector<value_id> in, const plan_operation& op, extent out) {
    nodes_.push_back({std::move(name), std::move(in), op, out.c, out.h, out.w});
    return nodes_.size();
}

value_id plan::conv(std::string name, value_id in, unsigned channels_out, window win, unsigned groups) {
    const extent from = of(in);
    convolution op;
    op.shape = {.groups = groups,
                .m = channels_out / groups,
                .c = from.c / groups,
                .h = from.h,
                .w = from.w,
                .r = win.kernel,
                .s = win.kernel,
                .stride_h = win.stride,
                .stride_w = win.stride,
                .pad_top = win.pad_begin,
                .pad_left = win.pad_begin,
                .pad_bottom = win.pad_end,
                .pad_right = win.pad_end};
    const extent out{channels_out, op.shape.e(), op.shape.f()};
    return add(std::move(name), {in}, op, out);
}

value_id plan::depthwise(std::string name, value_id in, window win) {
    const unsigned channels = of(in).c;
    return conv(std::move(name), in, channels, win, channels);
}

value_id plan::fc(std::string name, value_id in, unsigned channels_out, bool logits) {
    const extent from = of(in);
    convolution op;
    op.shape = {.m = channels_out, .c = from.c, .h = from.h, .w = from.w, .r = from.h, .s = from.w};
    op.fully_connected = true;
    op.logits = logits;
    return add(std::move(name), {in}, op, {channels_out, 1, 1});
}

value_id plan::pool(std::string name, value_id in, max_pool op) {
    const extent from = of(in);
    const auto side = [&op](unsigned length) {
        return (length + op.pad_begin + op.pad_end - op.kernel) / op.stride + 1;
    };
    return add(std::move(name), {in}, op, {from.c, side(from.h), side(from.w)});
}

value_id plan::average(std::string name, value_id in) {
    return add(std::move(name), {in}, global_average{}, {of(in).c, 1, 1});
}

value_id plan::concat(std::string name, std::vector<value_id> in) {
    extent out = of(in.front());
    out.c = 0;
    for (const value_id value : in) {
        out.c += of(value).c;
    }
    return add(std::move(name), std::move(in), concatenation{}, out);
}

value_id plan::probabilities(std::string name, value_id in) {
    return add(std::move(name), {in}, softmax{}, of(in));
}

std::uint64_t plan::macs() const {
    std::uint64_t sum = 0;
    for (const plan_node& node : nodes_) {
        if (const auto* op = std::get_if<convolution>(&node.op)) {
            sum += op->shape.macs();
        }
    }
    return sum;
}

}  // namespace eyeriss::networks
