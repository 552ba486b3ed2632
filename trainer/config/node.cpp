#include "trainer/config/node.h"

#include <fmt/format.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "trainer/config/yaml_error.h"

namespace convoy {
namespace {

constexpr std::size_t kMostDepth = 32;

/// Ends parsing; the problem is already listed.
struct Abandoned {};

/// Builds the tree from yaml-cpp's events. Events, unlike its nodes, show
/// duplicate keys, anchors and quoting.
class TreeBuilder final : public YAML::EventHandler {
 public:
  /// Both outlive it.
  TreeBuilder(const std::string& text, std::vector<std::string>& problems)
      : text_(text), problems_(problems) {}

  Node take() { return std::move(root_); }
  int first_line() const { return first_line_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    first_line_ = mark.line + 1;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    Node node;
    node.line = mark.line + 1;
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problem(mark, "aliases (*name) are not allowed: write the value out");
    throw Abandoned();
  }

  void OnScalar(
      const YAML::Mark& mark,
      const std::string& tag,
      YAML::anchor_t anchor,
      const std::string& value) override {
    refuse_anchor(mark, anchor);
    Node node;
    node.line = mark.line + 1;
    node.quoted = tag == "!";
    if (node.quoted && !ends_on_its_line(mark)) {
      problem(
          mark,
          "the text that begins with a quotation mark does not end on this "
          "line; close it, or write it on one line");
      throw Abandoned();
    }
    if (tag != "!" && tag != "?" && !tag.empty()) {
      problem(mark, fmt::format("tags ({}) are not allowed", tag));
    }
    const bool null =
        !node.quoted && (value.empty() || value == "~" || value == "null");
    node.kind = null ? Node::Kind::null : Node::Kind::scalar;
    node.scalar = value;
    add(std::move(node));
  }

  void OnSequenceStart(
      const YAML::Mark& mark,
      const std::string&,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    open(mark, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(
      const YAML::Mark& mark,
      const std::string&,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    open(mark, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end has not come; in a map, keys and values alternate.
  struct Open {
    Node node;
    bool expects_key = true;
    NodeEntry entry;
  };

  void problem(const YAML::Mark& mark, const std::string& what) {
    problems_.push_back(fmt::format("line {}: {}", mark.line + 1, what));
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) {
      problem(mark, "anchors (&name) are not allowed: write the value out");
      throw Abandoned();
    }
  }

  /// A quotation mark that is forgotten takes the lines below into the text,
  /// and the parser says nothing.
  bool ends_on_its_line(const YAML::Mark& mark) const {
    const auto begin = static_cast<std::size_t>(mark.pos);
    if (begin >= text_.size() ||
        (text_[begin] != '"' && text_[begin] != '\'')) {
      return true;
    }
    for (std::size_t i = begin + 1; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == text_[begin]) {
        return true;
      }
      i += text_[begin] == '"' && text_[i] == '\\' ? 1 : 0;
    }
    return false;
  }

  void open(const YAML::Mark& mark, Node::Kind kind) {
    if (stack_.size() == kMostDepth) {
      problem(mark, fmt::format("nested more than {} deep", kMostDepth));
      throw Abandoned();
    }
    Open next;
    next.node.kind = kind;
    next.node.line = mark.line + 1;
    stack_.push_back(std::move(next));
  }

  void close() {
    Node done = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(done));
  }

  void add(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& top = stack_.back();
    if (top.node.kind == Node::Kind::list) {
      top.node.list.push_back(std::move(node));
    } else if (top.expects_key) {
      add_key(top, std::move(node));
    } else {
      top.entry.value = std::move(node);
      if (top.entry.value.kind == Node::Kind::null) {
        top.entry.value.line = top.entry.line;  // else where the next key is
      }
      top.node.map.push_back(std::move(top.entry));
      top.expects_key = true;
    }
  }

  void add_key(Open& top, Node key) {
    for (const NodeEntry& other : top.node.map) {
      if (other.key == key.scalar) {
        problems_.push_back(fmt::format(
            "line {}: {} is set twice (first on line {}): remove one",
            key.line,
            key.scalar,
            other.line));
      }
    }
    top.entry = NodeEntry{key.scalar, key.line, {}};
    top.expects_key = false;
  }

  const std::string& text_;
  std::vector<std::string>& problems_;
  std::vector<Open> stack_;
  Node root_;
  int first_line_ = 0;
};

/// Whether a further document comes, sound or not.
bool begins_another(YAML::Parser& parser, TreeBuilder& document) {
  try {
    return parser.HandleNextDocument(document);
  } catch (const Abandoned&) {
    return true;
  }
}

/// YAML in another encoding is accepted by the parser and then misread.
bool is_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int more = lead < 0x80    ? 0
                     : lead >= 0xF0 ? 3
                     : lead >= 0xE0 ? 2
                     : lead >= 0xC2 ? 1
                                    : -1;
    if (more < 0 || lead == 0 || lead > 0xF4) {
      return false;
    }
    for (int k = 1; k <= more; ++k) {
      if (i + k >= text.size() ||
          (static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) {
        return false;
      }
    }
    i += 1 + static_cast<std::size_t>(more);
  }
  return true;
}

}  // namespace

std::string Node::describe() const {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::scalar:
      return "\"" +
             (scalar.size() > 60 ? scalar.substr(0, 57) + "..." : scalar) +
             "\"";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "";
}

Node parse_yaml(const std::string& text, std::vector<std::string>& problems) {
  if (text.size() > (1u << 20)) {
    problems.push_back(fmt::format(
        "line 1: {} bytes; a config has at most 1 MB", text.size()));
    return {};
  }
  if (!is_utf8(text)) {
    problems.push_back(
        "line 1: this is not UTF-8 text. Save the file as UTF-8 (is it a "
        "config at all?)");
    return {};
  }
  // A byte order mark would shift the parser's places.
  const std::string content =
      text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
  TreeBuilder builder(content, problems);
  try {
    std::istringstream stream(content);
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder) && parser) {
      std::vector<std::string> ignored;
      TreeBuilder second(content, ignored);
      if (begins_another(parser, second)) {
        problems.push_back(fmt::format(
            "line {}: a second document begins (--- or a stray mark); a config "
            "is one: remove it",
            second.first_line()));
      }
    }
  } catch (const YAML::Exception& e) {
    problems.push_back(explain_yaml_error(content, e.mark.line + 1, e.msg));
  } catch (const Abandoned&) {
  }
  return builder.take();
}

}  // namespace convoy
