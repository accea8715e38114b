#include "platform/cpu/execution_fan_out.h"

#include <algorithm>

namespace eyeriss::platform {

void execution_fan_out::add(execution_observer& observer) {
    observers_.push_back(&observer);
    hart_.observe(this);
}

void execution_fan_out::remove(const execution_observer& observer) {
    std::erase(observers_, &observer);
    if (observers_.empty()) hart_.observe(nullptr);
}

bool execution_fan_out::each_instruction() const {
    return std::any_of(observers_.begin(), observers_.end(),
                       [](const auto* o) { return o->each_instruction(); });
}

void execution_fan_out::executed(const executed_block& block) {
    for (auto* o : observers_) o->executed(block);
}

}  // namespace eyeriss::platform
