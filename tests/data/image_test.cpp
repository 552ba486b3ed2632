#include "data/image/image.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(Image, RowsLieOneBehindTheOther) {
  Image image;
  image.resize(2, 3, 3);
  EXPECT_EQ(image.row(1) - image.row(0), 9);
  EXPECT_EQ(image.pixels.size(), 18u);
}

}  // namespace
}  // namespace convoy
