#pragma once
// Which parts of a network are trained, for people.

#include <string>

#include "trainer/loop/model.h"

namespace convoy {

/// "all 11689512 parameters", or "8401924 of 11181642 parameters: layer4.0 to
/// fc". Stages in a row are named by the first and the last of them.
std::string describe_trained(const Model& model);

}  // namespace convoy
