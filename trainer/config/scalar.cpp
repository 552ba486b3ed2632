#include "trainer/config/scalar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "trainer/config/nearest.h"

namespace convoy {
namespace {

std::string want(const std::string& what, const Node& node) {
  return fmt::format("want {}, got {}", what, node.describe());
}

/// Where a text in quotation marks looks like what is wanted.
std::string want_bare(const std::string& what, const Node& node) {
  return want(what, node) +
         (node.quoted ? " in quotation marks; leave them out" : "");
}

/// 010 is 8 to one reader and 10 to another.
bool has_leading_zero(std::string_view digits) {
  if (digits.starts_with('-') || digits.starts_with('+')) {
    digits.remove_prefix(1);
  }
  return digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' &&
         digits[1] <= '9';
}

/// The whole text as a number, without regard to the locale.
template <class T>
bool parse_number(std::string_view text, T& out) {
  if (text.starts_with('+') && !text.starts_with("+-")) {
    text.remove_prefix(1);
  }
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool inside(double value, const NumberRange& range) {
  return value <= range.most &&
         (range.above_least ? value > range.least : value >= range.least);
}

template <class T>
std::string read_integer(const Node& node, const NumberRange& range, T& out) {
  T value{};
  if (node.kind != Node::Kind::scalar || node.quoted ||
      has_leading_zero(node.scalar) || !parse_number(node.scalar, value) ||
      !inside(static_cast<double>(value), range)) {
    return want_bare("an integer " + describe(range, true), node);
  }
  out = value;
  return "";
}

}  // namespace

std::string describe(const NumberRange& range, bool integer) {
  const auto number = [&](double x) {
    return integer ? fmt::format("{:.0f}", x) : fmt::format("{}", x);
  };
  const bool low = std::isfinite(range.least);
  const bool high = std::isfinite(range.most);
  if (low && high) {
    return fmt::format(
        "{}{}..{}",
        range.above_least ? "above " : "",
        number(range.least),
        number(range.most));
  }
  if (low) {
    return (range.above_least ? "above " : "of at least ") +
           number(range.least);
  }
  return high ? "of at most " + number(range.most) : "of any size";
}

std::string read_value(const Node& node, const NumberRange&, bool& out) {
  if (node.kind != Node::Kind::scalar || node.quoted ||
      (node.scalar != "true" && node.scalar != "false")) {
    return want_bare("true or false", node);
  }
  out = node.scalar == "true";
  return "";
}

std::string read_value(const Node& node, const NumberRange& range, int& out) {
  return read_integer(node, range, out);
}

std::string read_value(
    const Node& node, const NumberRange& range, std::int64_t& out) {
  return read_integer(node, range, out);
}

std::string read_value(
    const Node& node, const NumberRange& range, std::uint64_t& out) {
  return read_integer(node, {.least = std::max(0.0, range.least)}, out);
}

std::string read_value(
    const Node& node, const NumberRange& range, double& out) {
  double value = 0;
  if (node.kind != Node::Kind::scalar || node.quoted ||
      has_leading_zero(node.scalar) || !parse_number(node.scalar, value) ||
      !std::isfinite(value) || !inside(value, range)) {
    return want_bare("a number " + describe(range, false), node);
  }
  out = value;
  return "";
}

std::string read_value(const Node& node, const NumberRange&, std::string& out) {
  if (node.kind == Node::Kind::null) {
    out.clear();
    return "";
  }
  if (node.kind != Node::Kind::scalar) {
    return want("text", node);
  }
  out = node.scalar;
  return "";
}

std::string read_value(
    const Node& node, const NumberRange& range, std::vector<double>& out) {
  if (node.kind == Node::Kind::null) {
    out.clear();
    return "";
  }
  if (node.kind != Node::Kind::list) {
    return want("a list of numbers such as [1, 2]", node);
  }
  std::vector<double> values;
  for (const Node& item : node.list) {
    values.emplace_back();
    if (const auto wrong = read_value(item, range, values.back());
        !wrong.empty()) {
      return wrong;
    }
  }
  out = std::move(values);
  return "";
}

std::string read_value(
    const Node& node, const NumberRange& range, std::array<double, 2>& out) {
  std::vector<double> values;
  if (node.kind != Node::Kind::list || node.list.size() != 2) {
    return want("a list of two numbers such as [0.5, 1]", node);
  }
  if (const auto wrong = read_value(node, range, values); !wrong.empty()) {
    return wrong;
  }
  out = {values[0], values[1]};
  return "";
}

std::string read_value(
    const Node& node, const NumberRange&, std::vector<std::string>& out) {
  if (node.kind == Node::Kind::null) {
    out.clear();
    return "";
  }
  if (node.kind != Node::Kind::list) {
    return want("a list of texts such as [a, b]", node);
  }
  std::vector<std::string> texts;
  for (const Node& item : node.list) {
    if (item.kind != Node::Kind::scalar) {
      return want("a list of texts", item);
    }
    texts.push_back(item.scalar);
  }
  out = std::move(texts);
  return "";
}

std::string read_choice(
    const Node& node, const std::vector<std::string>& known, std::size_t& out) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (node.kind == Node::Kind::scalar && node.scalar == known[i]) {
      out = i;
      return "";
    }
  }
  const std::string near = nearest(node.scalar, known);
  return want(fmt::format("one of {}", fmt::join(known, ", ")), node) +
         (near.empty() ? "" : "; did you mean " + near + "?");
}

}  // namespace convoy
