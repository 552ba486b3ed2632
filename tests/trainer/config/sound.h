#pragma once
// A configuration without a fault, for tests to spoil.

#include <string>
#include <vector>

#include "trainer/config/config.h"
#include "trainer/config/problems.h"

namespace convoy::testing {

inline Config sound() {
  Config c;
  c.run.epochs = 2;
  c.data.train = c.data.val = "/";  // anything that exists
  c.batch.global = 8;
  return c;
}

inline std::vector<std::string> texts(const std::vector<Problem>& problems) {
  std::vector<std::string> all;
  for (const Problem& problem : problems) {
    all.push_back(problem.text());
  }
  return all;
}

}  // namespace convoy::testing
