#pragma once
// What every `convoy import` may be told, whatever the source.

#include <string>

#include "data/importers/options.h"
#include "trainer/commands/command_line.h"

namespace convoy {

struct ImportArguments {
  std::string source;  ///< folder or list file, or what else SOURCE reads
  std::string root;
  std::string names;
  std::string resize;
  std::string size;
  std::string store_as = "file";
  std::string group;
  bool keep_order = false;
  bool json = false;
  ImportOptions options;
};

/// Declares the options that all sources share.
CommandLine& add_import_options(CommandLine& line, ImportArguments& a);

/// Makes `options` of the words. Throws UsageError.
void complete(ImportArguments& a);

}  // namespace convoy
