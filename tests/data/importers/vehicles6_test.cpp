// 4,800 real photographs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/importers/import.h"
#include "data/importers/verify.h"
#include "tests/support/real_data.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Vehicles6, IsImportedWholeAsItIsSplit) {
  const auto archive = testing::vehicles6_archive();
  if (!archive) {
    GTEST_SKIP() << testing::kNoVehicles6;
  }
  const testing::TempDir dir;
  const std::string tree =
      testing::unpack_vehicles6(*archive, dir.path().string());
  const ImportReport report = import_folder(tree, {.output = dir / "db"});
  EXPECT_EQ(report.read, 4800u);
  EXPECT_EQ(report.written, 4800u);
  EXPECT_THAT(report.refused, IsEmpty());
  EXPECT_THAT(
      report.class_names,
      ElementsAre("bike", "car", "juggernaut", "minibus", "pickup", "truck"));
  ASSERT_EQ(report.parts.size(), 2u);
  EXPECT_THAT(report.parts[0].facts.class_counts(), Each(640));
  EXPECT_THAT(report.parts[1].facts.class_counts(), Each(160));
  EXPECT_EQ(report.parts[0].facts.height.min, 100);
  EXPECT_EQ(report.parts[0].facts.width.max, 100);
  const VerifyReport verified = verify(Database(report.parts[0].database));
  EXPECT_EQ(verified.checksums, 3840u);
  EXPECT_THAT(verified.bad, IsEmpty());
  EXPECT_THAT(verified.doubtful, IsEmpty());
}

}  // namespace
}  // namespace convoy
