#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {

std::vector<topic> topics() {
    return {networks_topic(),  scaled_v1_topic(),   scaling_topic(),     v1_chip_topic(), energy_topic(),
            bandwidth_topic(), memory_path_topic(), sensitivity_topic(), floors_topic()};
}

}  // namespace eyeriss::sims::validate
