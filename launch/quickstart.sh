#!/usr/bin/env bash
# From a fresh machine to a trained network: installs what is missing, builds, makes a
# database, trains on 2 ranks (or one a GPU), evaluates, and says where everything is.
#   launch/quickstart.sh                       on the built-in rendered vehicle set
#   launch/quickstart.sh PHOTOS [--epochs N]   on a folder of photographs, a class a folder
# Run it again at any time: what is done already is not done twice.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

photos='' epochs=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --epochs)
      epochs=${2:-}
      [[ $epochs =~ ^[1-9][0-9]*$ ]] || fail "--epochs wants a number such as 30, got \"$epochs\"" 64
      shift ;;
    -*) fail "unknown option $1. Known: --epochs N, --help." 64 ;;
    *) [ -z "$photos" ] || fail "one folder of photographs, please; got \"$photos\" and \"$1\"" 64
      photos=$1 ;;
  esac
  shift
done
if [ -n "$photos" ]; then
  [ -d "$photos" ] || fail "there is no folder $photos. It should hold one folder of JPEG or PNG files for each class." 66
  photos=$(cd "$photos" && pwd)
fi

"$here/launch/setup.sh"
cd "$here"
convoy=$(find_convoy)

# One rank a GPU that convoy sees (CUDA_VISIBLE_DEVICES may hide some); without one, or with
# one that is of no use, two ranks that share the processor's cores.
machine=$("$convoy" doctor || true)
gpus=$(grep -c '^ok  *GPU [0-9]' <<<"$machine" || true)
unusable=$(sed -n 's/^BAD  *GPU   *//p' <<<"$machine")
[ -z "$unusable" ] || gpus=0
ranks=$((gpus > 0 ? gpus : 2))

# import_photos FOLDER DATA: small pictures train quickly; a fifth is kept for validation.
import_photos() {
  if [ -e "$2/train.lmdb" ]; then
    say "    already in $2"
    if [ -n "$(find "$1" -newer "$2/train.lmdb" -print -quit)" ]; then
      say "    note: $1 has changed since. To begin anew with what it holds now: rm -r $(dirname "$2")"
    fi
    return
  fi
  local split=(--val 0.2)
  # Split already; a lone folder "train" is a class.
  if [ -d "$1/train" ] && { [ -d "$1/val" ] || [ -d "$1/test" ]; }; then split=(); fi
  "$convoy" import folder "$1" "$2" "${split[@]}" --resize half_crop --size 128
}

records() {
  local facts
  facts=$("$convoy" dataset info "$1" --json)
  [[ $facts =~ \"records\":\ *([0-9]+) ]]
  echo "${BASH_REMATCH[1]}"
}

# epochs_for PICTURES BATCH: on a processor as many as some three minutes allow, 30 at most;
# on GPUs 30. Of few pictures more, until there are 100 steps: a network learns nothing in a
# handful of them.
epochs_for() {
  local seen=16000 most=30 least_steps=100 epochs steps=$((($1 + $2 - 1) / $2))
  epochs=$((gpus > 0 ? most : seen / $1))
  epochs=$((epochs < 1 ? 1 : epochs > most ? most : epochs))
  echo $((epochs * steps < least_steps ? (least_steps + steps - 1) / steps : epochs))
}

announce "Pictures" "an LMDB database is what training reads: one file, in any order, at full speed"
if [ -z "$photos" ]; then
  data=runs/quickstart/data run=runs/quickstart config=configs/quickstart.yaml
  if [ -e "$data/val.lmdb" ]; then
    say "    already in $data"
  else
    "$convoy" dataset render "$data" --train 88 --val 20 --overwrite
  fi
  settings=()
  [ -z "$epochs" ] || { run=$run/epochs-$epochs; settings=(--set "run.dir=$run" --set "run.epochs=$epochs"); }
else
  # Folders of one name lie in many places: a few digits of the path's hash tell them apart.
  name=$(basename "$photos" | tr -c 'A-Za-z0-9._\n-' _)-$(printf %s "$photos" | sha256sum | cut -c1-6)
  data=runs/$name/data config=configs/photos.yaml
  import_photos "$photos" "$data"
  val=$data/val.lmdb
  [ -e "$val" ] || val=$data/test.lmdb
  [ -e "$val" ] || fail "no picture of $photos is left for validation: there are too few. Add some, or put those to validate on into $photos/val/CLASS and the others into $photos/train/CLASS." 65
  count=$(records "$data/train.lmdb")
  batch=$((count < 32 ? count : 32))
  epochs=${epochs:-$(epochs_for "$count" "$batch")}
  run=runs/$name/epochs-$epochs
  every=$(((epochs + 29) / 30))
  settings=(--set "run.evaluate_every_epochs=$every" --set "run.checkpoint_every_epochs=$every"
    --set "run.dir=$run" --set "run.epochs=$epochs"
    --set "data.train=$data/train.lmdb" --set "data.val=$val" --set "batch.global=$batch")
fi

if [ -n "$unusable" ]; then
  say "    note: there is a GPU, but $unusable. Training on the CPU; convoy doctor tells more."
  settings+=(--set run.device=cpu)
fi
announce "Training" "ResNet-18 from scratch on $ranks rank$( ((ranks == 1)) || echo s), gradients all-reduced at every step"
run_ranks -np "$ranks" "$convoy" train "$config" "${settings[@]}"

announce "Evaluation" "the best checkpoint, every validation picture once; the same figures on any number of ranks"
run_ranks -np "$ranks" "$convoy" evaluate "$config" "${settings[@]}"

best=$run/checkpoints/best.safetensors
announce "Where everything is" "in $here"
say "    $run/log.txt         what was printed above; metrics.jsonl and summary.csv are for plots
    $run/passport.json   versions, hardware, data and seeds of this run
    $best   the network
    $data   the database; convoy dataset info shows it
    $config   the recipe, to copy and change: docs/configuration.md

    Classify pictures:   $convoy predict --checkpoint $best FILE..."
if [ -n "$photos" ]; then
  say "    Train for longer:    launch/quickstart.sh $photos --epochs $((epochs * 3))"
else
  say "    Your own pictures:   launch/quickstart.sh PHOTOS    (one folder a class)"
fi
