#pragma once
// Which program wrote a database, told from a look at a few of its records.

#include <string>
#include <string_view>

#include "data/store/database.h"

namespace convoy {

enum class Flavour {
  empty,
  convoy,  ///< Datums with our checksums
  digits,  ///< Datums under keys of index and label
  caffe,   ///< Datums under keys of index and path, as convert_imageset writes
  datum,   ///< Datums under other keys
  caffe2,  ///< TensorProtos
  pickle,  ///< Python objects, as many PyTorch scripts keep
  pictures,  ///< bare JPEG or PNG files
  unknown
};

Flavour sniff_flavour(const Database& database);

/// Whether records of this flavour can be trained on.
bool is_readable(Flavour flavour);

/// What it is, and for an unreadable one what to do, in a sentence.
std::string_view describe(Flavour flavour);

}  // namespace convoy
