// Pictures from a CSV file whose first line is "path,label,group".

#include <convoy/data/errors.h>
#include <convoy/data/importers/source.h>

#include <fstream>
#include <sstream>

namespace {

std::vector<convoy::PictureRow> rows_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != "path,label,group") {
    throw convoy::BadData(
        path + ": want a CSV file whose first line is path,label,group");
  }
  std::vector<convoy::PictureRow> rows;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    convoy::PictureRow row;
    std::getline(fields, row.path, ',');
    std::getline(fields, row.label, ',');
    std::getline(fields, row.group, ',');
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

convoy::PictureSource csv_source() {
  return {"csv", "FROM is a CSV file of path,label,group.", rows_of};
}
