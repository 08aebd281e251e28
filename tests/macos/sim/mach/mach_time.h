#include "../sim.h"
