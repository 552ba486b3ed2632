#pragma once
// A configuration without a fault, for tests to spoil.

#include "trainer/config/config.h"

namespace convoy::testing {

inline Config sound() {
  Config c;
  c.run.epochs = 2;
  c.data.train = c.data.val = "/";  // anything that exists
  c.batch.global = 8;
  return c;
}

}  // namespace convoy::testing
