#include "data/image/image.h"
