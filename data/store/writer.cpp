#include "data/store/writer.h"

#include "data/store/database.h"
#include "data/store/lmdb/batch_writer.h"
#include "data/store/new_folder.h"
#include "data/store/sidecar.h"

namespace convoy {

struct Writer::State {
  NewFolder folder;
  std::unique_ptr<BatchWriter> records;
  FactsCollector facts;
  std::string bytes;

  State(const std::string& path, const WriterOptions& options)
      : folder(path, options.overwrite, "data.mdb"),
        records(std::make_unique<BatchWriter>(
            folder.path(),
            BatchWriter::Options{
                .batch_records = options.batch_records,
                .batch_bytes = options.batch_bytes,
                .map_bytes = options.map_bytes})) {}
};

Writer::Writer(const std::string& path, const WriterOptions& options)
    : state_(std::make_unique<State>(path, options)) {}

Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

void Writer::add(std::string_view key, const Datum& datum) {
  state_->facts.add(key, datum);
  serialise_datum(datum, state_->bytes);
  state_->records->add(key, state_->bytes);
}

DatasetFacts Writer::complete(const Provenance& provenance) {
  state_->records->finish();
  state_->records.reset();
  DatasetFacts facts = state_->facts.facts();
  facts.class_names = provenance.class_names;
  facts.made_by = provenance.made_by;
  // As the records are, whatever those they were made from had.
  facts.checksums = facts.records;
  facts.unlabelled = 0;
  // Opening it looks at the structure of all that was written.
  facts.identity = Database(state_->folder.path()).identity();
  write_sidecar(state_->folder.path(), facts);
  return facts;
}

void Writer::publish() {
  state_->folder.publish();
}

DatasetFacts Writer::finish(const Provenance& provenance) {
  DatasetFacts facts = complete(provenance);
  publish();
  return facts;
}

const std::string& Writer::path() const {
  return state_->folder.target();
}

}  // namespace convoy
