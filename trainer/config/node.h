#pragma once
// A YAML document as a tree with places, strict where YAML is lenient: no
// anchors, aliases or tags, no second document, no duplicate keys. The only
// door to yaml-cpp.

#include <string>
#include <vector>

namespace convoy {

struct NodeEntry;

/// A scalar, a list or a map, and where it stands.
struct Node {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  std::string scalar;
  bool quoted = false;
  std::vector<Node> list;
  std::vector<NodeEntry> map;
  int line = 0;  ///< from 1; 0 on a command line

  /// "a map", "a list", "nothing" or the quoted scalar: for messages.
  std::string describe() const;
};

struct NodeEntry {
  std::string key;
  int line = 0;
  Node value;
};

/// Parses one YAML document. `problems` receives what is wrong, each with its
/// line
/// ("line 3: ..."); the tree holds what could be read.
Node parse_yaml(const std::string& text, std::vector<std::string>& problems);

}  // namespace convoy
