#pragma once
// What nets/weights/ throws when a file, not the code, is at fault, and foreign
// bytes made fit for its sentences.

#include <stdexcept>
#include <string>
#include <string_view>

namespace convoy {

/// A weight file can't be used. The message names the file, what was seen and
/// what was wanted.
class WeightError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The weight file is not there, or may not be read.
class WeightFileMissing : public WeightError {
 public:
  using WeightError::WeightError;
};

/// Weights could not be written.
class WeightWriteError : public WeightError {
 public:
  using WeightError::WeightError;
};

/// `bytes` in quotation marks, cut after 80 of them; all that is not printable
/// ASCII appears as \xNN.
std::string in_quotes(std::string_view bytes);

/// Whether `bytes` are valid UTF-8 without control characters.
bool is_plain_text(std::string_view bytes);

}  // namespace convoy
