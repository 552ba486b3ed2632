#pragma once
// Where the values of a config were set, for messages.

#include <map>
#include <set>
#include <string>
#include <vector>

namespace convoy {

/// Keys are full ("optimizer.lr"); places are "FILE:4" or "--set KEY=VALUE".
class Origins {
 public:
  /// `file` is the place of what was set nowhere.
  explicit Origins(std::string file = "") : file_(std::move(file)) {}

  /// A later place of the same key replaces the earlier, as its value does.
  void set(const std::string& key, const std::string& place);

  bool has(const std::string& key) const { return places_.contains(key); }

  /// What stands at `key`, a key or a section, could not be read: the config
  /// holds a default in its stead, and rules about it would mislead.
  void spoil(const std::string& key);
  /// What stands elsewhere may have been meant for `key`: as if spoilt, unless
  /// the key is set too.
  void suspect(const std::string& key);
  bool is_spoilt(const std::string& key) const;

  /// The places of these keys, each once, joined by commas; the file when none
  /// of them was set.
  std::string of(const std::vector<std::string>& keys) const;

 private:
  std::string file_;
  std::map<std::string, std::string> places_;
  std::set<std::string> spoilt_;
  std::set<std::string> suspected_;
};

}  // namespace convoy
