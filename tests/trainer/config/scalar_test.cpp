#include "trainer/config/scalar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::ElementsAre;

Node scalar(const std::string& text, bool quoted = false) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  node.quoted = quoted;
  return node;
}

template <class T>
std::string problem(const Node& node, NumberRange range = {}) {
  T ignored{};
  return read_value(node, range, ignored);
}

TEST(Scalar, ReadsNumbersInRangeWholeOrNotAtAll) {
  int n = 5;
  EXPECT_EQ(read_value(scalar("-12"), {}, n), "");
  EXPECT_EQ(n, -12);
  EXPECT_EQ(read_value(scalar("+7"), {}, n), "");
  EXPECT_EQ(n, 7);
  EXPECT_NE(read_value(scalar("8x"), {}, n), "");
  EXPECT_EQ(n, 7) << "a refused value changes nothing";
  EXPECT_EQ(
      problem<int>(scalar("0"), between(1, 9)),
      "want an integer 1..9, got \"0\"");
  EXPECT_EQ(
      problem<double>(scalar("0"), above(0)),
      "want a number above 0, got \"0\"");
}

TEST(Scalar, RefusesWhatOtherReadersTakeForNumbers) {
  for (const char* text :
       {"010", "-010", "+-5", "+", "-", "", "0x10", "1_000", "1 2", "1.0"}) {
    EXPECT_NE(problem<int>(scalar(text)), "") << text;
  }
  for (const char* text :
       {".inf", "inf", "-inf", "nan", ".nan", "1e999", "01.5", "+-1", "1,5"}) {
    EXPECT_NE(problem<double>(scalar(text)), "") << text;
  }
  EXPECT_NE(problem<int>(scalar("5", /*quoted=*/true)), "");
}

TEST(Scalar, HoldsTheExtremesOfItsTypes) {
  std::int64_t low = 0;
  EXPECT_EQ(read_value(scalar("-9223372036854775808"), {}, low), "");
  EXPECT_EQ(low, std::numeric_limits<std::int64_t>::min());
  std::uint64_t high = 0;
  EXPECT_EQ(read_value(scalar("18446744073709551615"), {}, high), "");
  EXPECT_EQ(high, std::numeric_limits<std::uint64_t>::max());
  EXPECT_NE(problem<std::uint64_t>(scalar("18446744073709551616")), "");
  EXPECT_NE(problem<std::uint64_t>(scalar("-1")), "");
  double tiny = 0;
  EXPECT_EQ(read_value(scalar("1e-300"), {}, tiny), "");
  EXPECT_EQ(tiny, 1e-300);
}

TEST(Scalar, KnowsTwoTruthValues) {
  bool value = false;
  EXPECT_EQ(read_value(scalar("true"), {}, value), "");
  EXPECT_TRUE(value);
  for (const char* text : {"yes", "on", "True", "1", "y"}) {
    EXPECT_NE(problem<bool>(scalar(text)), "") << text;
  }
}

TEST(Scalar, ReadsListsOfNumbers) {
  Node list;
  list.kind = Node::Kind::list;
  list.list = {scalar("1"), scalar("2.5")};
  std::vector<double> values;
  EXPECT_EQ(read_value(list, {}, values), "");
  EXPECT_THAT(values, ElementsAre(1, 2.5));
  std::array<double, 2> pair{};
  EXPECT_EQ(read_value(list, {}, pair), "");
  EXPECT_THAT(pair, ElementsAre(1, 2.5));
  list.list.push_back(scalar("x"));
  EXPECT_NE(read_value(list, {}, values), "");
  EXPECT_THAT(values, ElementsAre(1, 2.5));
  EXPECT_EQ(
      read_value(list, {}, pair),
      "want a list of two numbers such as [0.5, 1], got a list");
}

TEST(Scalar, NamesTheNearestChoice) {
  std::size_t index = 9;
  EXPECT_EQ(read_choice(scalar("adam"), {"sgd", "adam"}, index), "");
  EXPECT_EQ(index, 1u);
  EXPECT_EQ(
      read_choice(scalar("sdg"), {"sgd", "adam"}, index),
      "want one of sgd, adam, got \"sdg\"; did you mean sgd?");
}

TEST(Scalar, SaysRangesInWords) {
  EXPECT_EQ(describe(between(1, 100), true), "1..100");
  EXPECT_EQ(describe(between(0, 0.5), false), "0..0.5");
  EXPECT_EQ(describe(above(0), false), "above 0");
  EXPECT_EQ(describe(at_least(1), true), "of at least 1");
  EXPECT_EQ(describe({.most = 3}, true), "of at most 3");
  EXPECT_EQ(describe({}, true), "of any size");
}

}  // namespace
}  // namespace convoy
