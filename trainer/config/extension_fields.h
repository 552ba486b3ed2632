#pragma once
// Keys of the section extensions (see fields.h). Where the other sections'
// keys are known to the compiler, these are known when the program starts.

#include <concepts>
#include <type_traits>

#include "trainer/config/config.h"
#include "trainer/config/number_range.h"

namespace convoy {

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, Augmentation>
void for_each_field(O& o, V&& visit) {
  visit(
      "probability",
      o.probability,
      "of being applied to a training sample; 0: never",
      between(0, 1));
  for (auto& key : o.keys) {
    visit(key.name, key.value, key.help, between(key.least, key.most));
  }
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, NetKeys>
void for_each_field(O& o, V&& visit) {
  for (auto& key : o.keys) {
    visit(key.name, key.value, key.help, between(key.least, key.most));
  }
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, ExtensionOptions>
void for_each_field(O& o, V&& visit) {
  for (auto& net : o.nets) {
    visit(net.net, net, "keys of a network");
  }
  for (auto& augmentation : o.augmentations) {
    visit(augmentation.name, augmentation, augmentation.help);
  }
}

}  // namespace convoy
