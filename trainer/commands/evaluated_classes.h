#pragma once
// Whether the classes of data are those that a network was trained for.

#include <string>

#include "trainer/checkpoint/restored.h"
#include "trainer/loop/run_data.h"
#include "trainer/report/log.h"

namespace convoy {

/// A weight file of others does not name its classes, nor did the data of some
/// checkpoints: they have numbers. Data of as many names them, and that the
/// order is the same has to be believed; the log says so.
void name_classes_as(const DataSource& source, Restored& restored, Log& log);

/// Throws BadData when a class has another name, or a label is none of the
/// classes. `names_file` is where the network's names are from, if not from its
/// checkpoint.
void refuse_other_classes(
    const std::string& names_file,
    const Restored& restored,
    const DataSource& source);

}  // namespace convoy
