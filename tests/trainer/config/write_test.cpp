#include "trainer/config/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/config/fields.h"
#include "trainer/config/read.h"

namespace convoy {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Pair;

/// Changes every field of a section to another value that it may have.
class Disturb {
 public:
  template <class T>
  void operator()(
      std::string_view, T& field, std::string_view, NumberRange range = {}) {
    if constexpr (std::is_enum_v<T>) {
      field = static_cast<T>(names(T{}).size() - 1);
    } else if constexpr (std::is_same_v<T, bool>) {
      field = !field;
    } else if constexpr (std::is_same_v<T, std::string>) {
      field = texts_[next_++ % texts_.size()];
    } else if constexpr (std::is_same_v<T, std::vector<double>>) {
      field = {number(range), number(range), number(range)};
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      field = texts_;
    } else if constexpr (std::is_same_v<T, std::array<double, 2>>) {
      field = {number(range), number(range)};
    } else if constexpr (std::is_integral_v<T>) {
      field = static_cast<T>(std::max(1.0, number(range)));
    } else if constexpr (std::is_floating_point_v<T>) {
      field = number(range);
    } else {
      for_each_field(field, *this);
    }
  }

 private:
  /// Somewhere inside, with digits that a short form would lose.
  double number(const NumberRange& range) {
    const double least = std::isfinite(range.least) ? range.least : 0;
    const double most = std::isfinite(range.most) ? range.most : least + 90000;
    step_ = step_ < 0.9 ? step_ + 0.1 / 3 : 0.05;
    return least + (most - least) * step_;
  }

  std::vector<std::string> texts_{
      "a/plain-path_1.2",
      "with blank: and # and \"quotes\" \\ and 'more'",
      "line\nfeed\tand tab\x01",
      "null",
      "NULL",
      "Null",
      "true",
      "010",
      "-dash",
      "~",
      "{brace}",
      "[bracket]",
      "&anchor",
      "*alias",
      "!tag",
      "%percent",
      "@at",
      "...",
      "---",
      "münchen/データ",
      " leading and trailing "};
  std::size_t next_ = 0;
  double step_ = 0.05;
};

TEST(WriteConfig, ReadsBackIdenticalInEveryField) {
  Disturb disturb;
  for (int round = 0; round < 6; ++round) {  // every text in some field
    Config original;
    for_each_field(original, disturb);
    Config back;
    const LoadedConfig loaded = read_config(to_yaml(original), "printed");
    EXPECT_THAT(loaded.problems, IsEmpty());
    back = loaded.config;
    EXPECT_EQ(flatten(back), flatten(original));
    EXPECT_EQ(back.run.dir, original.run.dir);
    EXPECT_EQ(back.data.train, original.data.train);
    EXPECT_EQ(back.optimizer.lr, original.optimizer.lr);
    EXPECT_EQ(back.augment.scale, original.augment.scale);
    EXPECT_EQ(back.schedule.milestones, original.schedule.milestones);
  }
}

TEST(WriteConfig, FlattensToKeysAsSetTakesThem) {
  Config c;
  c.optimizer.lr = 0.25;
  const auto flat = flatten(c);
  EXPECT_THAT(flat, Contains(Pair("optimizer.lr", "0.25")));
  EXPECT_THAT(flat, Contains(Pair("augment.jitter.hue", "0")));
  EXPECT_THAT(flat, Contains(Pair("precision", "auto")));
  for (const auto& [key, value] : flat) {
    LoadedConfig back;
    apply_overrides({key + "=" + value}, back);
    EXPECT_THAT(back.problems, IsEmpty()) << key;
  }
}

}  // namespace
}  // namespace convoy
