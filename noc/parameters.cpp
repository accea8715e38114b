#include "noc/parameters.h"
