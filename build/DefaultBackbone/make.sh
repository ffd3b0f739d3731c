#!/bin/sh
# Makes DefaultBackbones.Text: make.sh WORK DEBIAN [WORDNET]
#   WORK     a folder for what is made on the way; the teacher's vectors are kept there, so a run that was stopped goes on
#   DEBIAN   the index Translation-en of Debian's package descriptions
#   WORDNET  the folder of WordNet's data files; default: /usr/share/wordnet, of the package wordnet-base
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1 debian=$2 wordnet=${3:-/usr/share/wordnet}
make() { dotnet run -c Release --project "$here" -- "$@"; }
distill() { dotnet run -c Release -f net10.0 --project "$here/../../src/MLTransfer.Cli" -- distill "$@"; }

make texts "$work" --wordnet "$wordnet" --debian "$debian"
make start "$work"
# All texts once; then short ones, which are more like what is compared.
distill "$work/texts.txt" --teacher all-minilm-l6-v2 --student "$work/start" --fine-tune all --losses cosine:1,similarity:1:0.05 \
    --epochs 2 --batch-size 512 --learning-rate 0.001 --weight-decay 0 --beta2 0.98 --hold-out 0.01 --seed 1 --cache "$work/cache" --output "$work/first"
distill "$work/short.txt" --teacher all-minilm-l6-v2 --student "$work/first" --fine-tune all --losses cosine:1,similarity:1:0.05 \
    --epochs 2 --batch-size 256 --learning-rate 0.0005 --weight-decay 0 --beta2 0.98 --hold-out 0.01 --seed 2 --cache "$work/cache" --output "$work/learnt"
make finish "$work" --wordnet "$wordnet" --debian "$debian"
