#pragma once
// What a config leaves to the network: sizes of pictures, and their
// preparation.

#include "trainer/config/read.h"

namespace convoy {

/// Fills in what was not set: augment.crop_px is what the network was made for;
/// eval.crop_px is augment.crop_px, since a network is measured at the size it
/// is trained at; eval.resize_px is to eval.crop_px as where the network's
/// accuracy was published; net.transform_input is what the network's ImageNet
/// weights demand, if there are weights; normalize.mean and .std, of the style
/// torchvision, are what the network was made for, unless one of them is set.
/// An unknown network leaves the defaults.
void adopt_sizes(LoadedConfig& loaded);

}  // namespace convoy
